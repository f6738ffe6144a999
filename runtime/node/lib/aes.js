'use strict';

const { createDecipheriv } = process.getBuiltinModule('node:crypto');

const TAG = 16;
// The number 1 in 16 bytes.
const FIRST_COUNTER = Buffer.from('01'.padStart(32, '0'), 'hex');

/** @typedef {import('node:crypto').CipherKey} Key of 32 bytes */

/**
 * AES-256-GCM with a tag of 16 bytes. What it opens is in memory of its own. Throws Node's error where the tag does not fit.
 * @param {Key} key
 * @param {Buffer} iv of 1 to 128 bytes
 * @param {Buffer} authenticated additional data
 * @param {Buffer} sealed
 * @param {Buffer} tag
 */
exports.openGcm = (key, iv, authenticated, sealed, tag) => {
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG });
  const plaintext = decipher.setAAD(authenticated).setAuthTag(tag).update(sealed);
  decipher.final();
  return plaintext;
};

/**
 * AES-256 in counter mode, from the counter block 1 on, as credstash and serverless-secrets wrote. Nothing proves the integrity.
 * @param {Key} key
 * @param {Buffer} sealed
 */
exports.openCounterMode = (key, sealed) => createDecipheriv('aes-256-ctr', key, FIRST_COUNTER).update(sealed);
