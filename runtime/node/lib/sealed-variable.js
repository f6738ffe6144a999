'use strict';

// What may stand in an environment variable: an entry of a bundle, or a ciphertext of KMS as its console and `aws kms encrypt` give it.

const { DECRYPT, decrypt } = require('./aws/kms.js');
const { sealed: PREFIX } = require('./contract.js');
const { trouble } = require('./error.js');
const { readJson } = require('./json.js');
const { ownRegion, placeOf } = require('./region.js');
const { blobOf } = require('./source/blob.js');
const { contextWords } = require('./source/context.js');
const registry = require('./source/registry.js');

/**
 * @typedef {import('./aws/call.js').Aws} Aws
 * @typedef {import('./patience.js').Patience} Patience
 * @typedef {import('./source/registry.js').Entry} Entry
 */

/**
 * Throws Trouble VARIABLE_INVALID, and what a source throws but for BUNDLE_INVALID.
 * @param {string} value of the variable; empty where it is not set
 * @returns {Entry}
 */
exports.parse = (value) => {
  if (value === '') throw trouble('VARIABLE_INVALID', 'it is not set, or empty', { hint: 'unset' });
  try {
    return value.startsWith(PREFIX) ? sealedEntry(value.slice(PREFIX.length)) : bareCiphertext(value);
  } catch (/** @type {any} */ error) {
    throw error.kind === 'BUNDLE_INVALID' ? trouble('VARIABLE_INVALID', error.message) : error;
  }
};

/** @param {string} text */
const sealedEntry = (text) => {
  const fields = readJson(Buffer.from(text));
  if (!fields)
    throw trouble('VARIABLE_INVALID', `what follows \`${PREFIX}\` is not a JSON object by the rules of docs/bundle.md`);
  return registry.parse(fields);
};

/** @param {string} value @returns {Entry} */
const bareCiphertext = (value) => {
  const ciphertext = blobOf({ value }, 'value');
  const place = placeOf(ownRegion() ?? '');
  if (!place) throw trouble('VARIABLE_INVALID', 'neither AWS_REGION nor AWS_DEFAULT_REGION names the region of its key');
  const { AWS_LAMBDA_FUNCTION_NAME: own } = process.env;
  return {
    describe: () => ({
      place: `KMS ciphertext, region ${place.region}`,
      context: own ? `${contextWords({ LambdaFunctionName: own })} or {}` : '',
      action: DECRYPT,
    }),
    open: async (/** @type {Aws} */ aws, /** @type {Patience} */ patience) => {
      /** @param {import('./source/context.js').Context} context */
      const ask = (context) => decrypt(aws, { ...place, ciphertext, context }, patience);
      if (!own) return ask({});
      try {
        // As Lambda's console encrypts.
        return await ask({ LambdaFunctionName: own });
      } catch (/** @type {any} */ error) {
        if (error.kind !== 'WRONG_CONTEXT') throw error;
        return ask({});
      }
    },
  };
};
