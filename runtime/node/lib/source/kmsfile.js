'use strict';

// A file that serverless-secrets sealed in 2016: a data key of KMS, and no proof of integrity.

const { openCounterMode } = require('../aes.js');
const { DECRYPT } = require('../aws/kms.js');
const { limits } = require('../contract.js');
const { blobOf } = require('./blob.js');
const { openDataKey } = require('./data-key.js');
const { bytesOf } = require('./fields.js');
const { keyOf } = require('./key.js');

const KEY_BYTES = 32;

/**
 * @typedef {import('../aws/call.js').Aws} Aws
 * @typedef {import('../patience.js').Patience} Patience
 */

/** Throws Trouble BUNDLE_INVALID and UNKNOWN_CIPHERTEXT. @param {Record<string, any>} fields */
exports.parse = (fields) => {
  const ciphertext = blobOf(fields, 'key');
  const contents = bytesOf(fields, 'contents', limits.ciphertextBytes);
  const key = keyOf(fields, 'arn');
  return {
    describe: () => ({ place: `KMS file, key ${key.key}, region ${key.region}`, context: '', action: DECRYPT }),
    open: async (/** @type {Aws} */ aws, /** @type {Patience} */ patience) => {
      const dataKey = await openDataKey(aws, { ...key, ciphertext, context: {} }, KEY_BYTES, patience);
      const plaintext = openCounterMode(dataKey, contents);
      dataKey.fill(0);
      return plaintext;
    },
  };
};
