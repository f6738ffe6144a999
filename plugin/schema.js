'use strict';

/** @import { Serverless } from './framework.js' */

/**
 * What `custom` and a function may have. Without types on purpose: the framework's validator bends a value to the type that it is told
 * (`false`, 0 and '' become null, 'false' becomes false, x becomes [x]) before any hook sees it, and with `configValidationMode`
 * `warn` or `off` goes on with what it made of it. The settings check themselves, in every mode and in the same words.
 */
const SCHEMA = { type: 'object', properties: { secretBaker: {}, secretBakerOptions: {} } };
const FUNCTION_SCHEMA = { type: 'object', properties: { secretBaker: {} } };

/** @param {Serverless} serverless */
const defineSchema = ({ configSchemaHandler }) => {
  configSchemaHandler?.defineCustomProperties(SCHEMA);
  configSchemaHandler?.defineFunctionProperties?.('aws', FUNCTION_SCHEMA);
};

module.exports = { defineSchema };
