'use strict';

const { blobs, limits } = require('../contract.js');
const { trouble } = require('../error.js');
const { bytesOf } = require('./fields.js');

/**
 * A field that must be a blob of KMS. Throws Trouble BUNDLE_INVALID and UNKNOWN_CIPHERTEXT.
 * @param {Record<string, any>} fields
 * @param {string} name
 */
exports.blobOf = (fields, name) => {
  const blob = bytesOf(fields, name, limits.blobBytes);
  if (!blobs.includes(blob.toString('hex', 0, 2))) throw trouble('UNKNOWN_CIPHERTEXT', `its \`${name}\` is no blob of KMS`);
  return blob;
};
