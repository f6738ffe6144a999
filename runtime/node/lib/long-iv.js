'use strict';

// AES-256-GCM, as NIST SP 800-38D has it, with an IV that is longer than OpenSSL takes: GHASH is had from OpenSSL's own tags.

const { createCipheriv, timingSafeEqual } = process.getBuiltinModule('node:crypto');

const BLOCK = 16;
const NO_IV = Buffer.alloc(12);

/** @typedef {import('node:crypto').CipherKey} Key */

/** As `openGcm` of aes.js. @param {Key} key @param {Buffer} iv @param {Buffer} authenticated @param {Buffer} sealed @param {Buffer} tag */
exports.openGcm = (key, iv, authenticated, sealed, tag) => {
  const first = ghash(key, Buffer.alloc(0), iv);
  const own = xor(ghash(key, authenticated, sealed), keyStream(key, first, BLOCK));
  if (!timingSafeEqual(own, tag)) throw new Error('the tag does not fit');
  return counted(key, first, sealed);
};

/** What a tag is made of. @param {Key} key @param {Buffer} authenticated @param {Buffer} sealed */
const ghash = (key, authenticated, sealed) => {
  const cipher = createCipheriv('aes-256-gcm', key, NO_IV).setAAD(authenticated);
  // What becomes `sealed` when it is encrypted.
  cipher.update(xor(sealed, keyStream(key, counter(NO_IV, 2), sealed.length)));
  cipher.final();
  return xor(cipher.getAuthTag(), keyStream(key, counter(NO_IV, 1), BLOCK));
};

// GCM counts in the last four bytes only, which OpenSSL's counter mode would carry beyond.
/** @param {Key} key @param {Buffer} first @param {Buffer} sealed */
const counted = (key, first, sealed) => {
  const next = first.readUInt32BE(12) + 1;
  const prefix = first.subarray(0, 12);
  const before = Math.min(sealed.length, (2 ** 32 - next) * BLOCK);
  const stream = Buffer.alloc(sealed.length);
  if (before > 0) keyStream(key, counter(prefix, next), before).copy(stream);
  keyStream(key, counter(prefix, 0), sealed.length - before).copy(stream, before);
  return xor(sealed, stream);
};

/** @param {Buffer} prefix @param {number} number */
const counter = (prefix, number) => {
  const block = Buffer.alloc(BLOCK);
  prefix.copy(block);
  block.writeUInt32BE(number, prefix.length);
  return block;
};

/** @param {Key} key @param {Buffer} from @param {number} length */
const keyStream = (key, from, length) => createCipheriv('aes-256-ctr', key, from).update(Buffer.alloc(length));

/** In memory of its own. @param {Buffer} left @param {Buffer} right of the same length */
const xor = (left, right) => {
  const both = Buffer.alloc(left.length);
  for (let at = 0; at < left.length; at++) both[at] = (left[at] ?? 0) ^ (right[at] ?? 0);
  return both;
};
