'use strict';

// A ciphertext of KMS that stood in the config.

const { DECRYPT, decrypt } = require('../aws/kms.js');
const { blobOf } = require('./blob.js');
const { contextOf, contextWords } = require('./context.js');
const { keyOf } = require('./key.js');

/**
 * @typedef {import('../aws/call.js').Aws} Aws
 * @typedef {import('../patience.js').Patience} Patience
 */

/** Throws Trouble BUNDLE_INVALID and UNKNOWN_CIPHERTEXT. @param {Record<string, any>} fields */
exports.parse = (fields) => {
  const ciphertext = blobOf(fields, 'ciphertext');
  const key = keyOf(fields, 'key');
  const context = contextOf(fields);
  return {
    describe: () => ({
      place: `KMS ciphertext, key ${key.key}, region ${key.region}`,
      context: contextWords(context),
      action: DECRYPT,
    }),
    open: (/** @type {Aws} */ aws, /** @type {Patience} */ patience) => decrypt(aws, { ...key, ciphertext, context }, patience),
  };
};
