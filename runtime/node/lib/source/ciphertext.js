'use strict';

const { decodeBase64 } = require('../base64.js');
const { blobs, limits, messages } = require('../contract.js');
const { trouble } = require('../error.js');

const { blobBytes, ciphertextBytes } = limits;

/**
 * The field `ciphertext`, decoded: a blob of KMS, or a message of the Encryption SDK. Throws Trouble BUNDLE_INVALID and
 * UNKNOWN_CIPHERTEXT.
 * @param {string} text
 */
exports.ciphertextOf = (text) => {
  const ciphertext = text.length <= ciphertextBytes * 2 ? decodeBase64(text) : undefined;
  if (!ciphertext || ciphertext.length > ciphertextBytes) {
    throw trouble('BUNDLE_INVALID', `its \`ciphertext\` is not base64 of at most ${ciphertextBytes} bytes`);
  }
  const start = ciphertext.toString('hex', 0, 2);
  if (messages.includes(start)) return { ciphertext, isMessage: true };
  if (!blobs.includes(start)) {
    throw trouble('UNKNOWN_CIPHERTEXT', 'it is neither a blob of KMS nor an Encryption SDK message');
  }
  if (ciphertext.length > blobBytes) {
    throw trouble('BUNDLE_INVALID', `its \`ciphertext\` is a blob of more than ${blobBytes} bytes`);
  }
  return { ciphertext, isMessage: false };
};
