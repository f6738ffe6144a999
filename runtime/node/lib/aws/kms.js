'use strict';

const { decodeBase64 } = require('../base64.js');
const { trouble } = require('../error.js');

/**
 * What KMS is asked to open.
 * @typedef {object} Sealed
 * @property {string} partition
 * @property {string} region
 * @property {Buffer} ciphertext
 * @property {Record<string, string>} context
 * @property {string} [key] the ARN of the key that must open it, where it is known: any key may open that of an alias
 */

/** @type {import('./call.js').Action} */
const DECRYPT = { service: 'kms', target: 'TrentService.Decrypt' };
exports.DECRYPT = DECRYPT;

/**
 * The plaintext, in memory of its own. Throws Trouble.
 * @param {import('./call.js').Aws} aws
 * @param {Sealed} sealed
 * @param {import('../patience.js').Patience} patience
 */
exports.decrypt = (aws, { partition, region, ciphertext, context, key }, patience) => {
  const body = { CiphertextBlob: ciphertext.toString('base64'), EncryptionContext: context };
  return aws({ ...DECRYPT, partition, region, body, read: (content) => plaintextOf(content, key && named(key)) }, patience);
};

/** An alias does not tell which key it is. @param {string} arn */
const named = (arn) => (arn.includes(':alias/') ? undefined : arn);

/** @param {Record<string, any>} content @param {string | undefined} key */
const plaintextOf = ({ Plaintext, KeyId }, key) => {
  const plaintext = decodeBase64(Plaintext);
  if (!plaintext || !key || KeyId === key) return plaintext;
  plaintext.fill(0);
  throw trouble('WRONG_CONTEXT', 'KMS opened it by another key than the one that it names', { key });
};
