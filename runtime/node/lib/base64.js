'use strict';

const STANDARD = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * Strict standard base64, with padding. The bytes get memory of their own: small buffers of Node share one slab, which every other
 * buffer of the process shows as its `buffer`.
 * @param {unknown} text
 * @returns {Buffer | undefined} undefined for anything that is not base64
 */
const decodeBase64 = (text) => {
  if (typeof text !== 'string' || text.length % 4 !== 0 || !STANDARD.test(text)) return undefined;
  const bytes = Buffer.alloc(Buffer.byteLength(text, 'base64'));
  bytes.write(text, 'base64');
  return bytes;
};

module.exports = { decodeBase64 };
