'use strict';

/** @import { Serverless } from './framework.js' */

/**
 * What `custom` may hold. The core reads the inside of `secretBaker` and reports its mistakes with their
 * places; here only what the framework's own messages explain as well.
 */
const SCHEMA = {
  type: 'object',
  properties: {
    secretBaker: { anyOf: [{ type: 'null' }, { type: 'array' }, { type: 'object' }] },
    secretBakerOptions: {
      type: 'object',
      properties: { enabled: { type: 'boolean' }, region: { type: 'string' }, endpoint: { type: 'string' }, env: {} },
      additionalProperties: false,
    },
  },
};

/** What a function may have: the names of the only secrets that its artefact carries. */
const FUNCTION_SCHEMA = {
  type: 'object',
  properties: { secretBaker: { anyOf: [{ type: 'null' }, { type: 'array', items: { type: 'string' } }] } },
};

/** @param {Serverless} serverless */
const defineSchema = ({ configSchemaHandler }) => {
  configSchemaHandler?.defineCustomProperties(SCHEMA);
  configSchemaHandler?.defineFunctionProperties?.('aws', FUNCTION_SCHEMA);
};

module.exports = { defineSchema };
