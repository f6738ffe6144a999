'use strict';

const crypto = process.getBuiltinModule('node:crypto');
const { openGcm } = require('../aes.js');
const { trouble } = require('../error.js');
const { readBody } = require('./body.js');
const { readHeader } = require('./header.js');
const { check, Reader } = require('./reader.js');

const KEY = 32;

/** @typedef {import('./header.js').Header} Header */

/**
 * What the source expects of a message.
 * @typedef {object} Expected
 * @property {string} writer as an error names it
 * @property {(context: Map<string, string>) => void} check Throws Trouble for an encryption context that is not its own
 */

/**
 * Asks KMS for a data key; `key` is the ARN of the key that must open it.
 * @typedef {(ciphertext: Buffer, context: Record<string, string>, key?: string) => Promise<Buffer>} OpenDataKey
 */

/**
 * Opens a message of the AWS Encryption SDK. Nothing is asked before its structure is right, and nothing returned before its tags, its
 * commitment and its signature have been verified. Throws Trouble TAMPERED, UNKNOWN_CIPHERTEXT, and what `expected` and `decrypt` throw.
 * @param {Buffer} message
 * @param {Expected} expected
 * @param {OpenDataKey} decrypt
 */
exports.openMessage = async (message, expected, decrypt) => {
  const reader = new Reader(message);
  const header = readHeader(reader, expected.writer);
  expected.check(header.context);
  const body = readBody(reader, header);
  const dataKey = await firstDataKey(header, decrypt);
  try {
    check(dataKey.length === KEY, 'its data key has another length than its suite');
    return unsealed(header, body, contentKey(header, dataKey));
  } catch (/** @type {any} */ error) {
    // Of Node: a tag does not fit.
    throw error.kind ? error : trouble('TAMPERED', 'a tag does not fit');
  } finally {
    dataKey.fill(0);
  }
};

// The first that KMS opens. After an outage the next one would not open either.
/** @param {Header} header @param {OpenDataKey} decrypt */
const firstDataKey = async ({ dataKeys, context }, decrypt) => {
  let refusal;
  for (const { keyArn, ciphertext } of dataKeys) {
    try {
      return await decrypt(ciphertext, Object.fromEntries(context), keyArn);
    } catch (/** @type {any} */ error) {
      error.key ??= keyArn;
      if (!['ACCESS_DENIED', 'KEY_UNUSABLE', 'WRONG_CONTEXT'].includes(error.kind)) throw error;
      refusal ??= error;
    }
  }
  throw refusal;
};

/** @param {Header} header @param {Buffer} dataKey */
const contentKey = ({ suite, suiteId, messageId, commitment }, dataKey) => {
  /** HKDF. @param {Buffer | string} salt @param {Buffer[]} info */
  const derive = (salt, ...info) => Buffer.from(crypto.hkdfSync(suite.digest, dataKey, salt, Buffer.concat(info), KEY));
  if (!commitment) return derive('', suiteId, messageId);
  check(crypto.timingSafeEqual(derive(messageId, Buffer.from('COMMITKEY')), commitment), 'its key commitment does not fit');
  return derive(messageId, suiteId, Buffer.from('DERIVEKEY'));
};

/** @param {Header} header @param {import('./body.js').Body} body @param {Buffer} key */
const unsealed = ({ messageId, authenticated, iv, tag, publicKey }, { frames, signed, signature }, key) => {
  openGcm(key, iv, authenticated, Buffer.alloc(0), tag);
  // Not `Buffer.concat`: it may put a plaintext into memory that others see.
  const whole = Buffer.alloc(frames.reduce((size, { sealed }) => size + sealed.length, 0));
  let size = 0;
  for (const { kind, number, iv, sealed, tag } of frames) {
    const place = Buffer.alloc(12);
    place.writeUInt32BE(number);
    place.writeUInt32BE(sealed.length, 8);
    const bound = Buffer.concat([messageId, Buffer.from(`AWSKMSEncryptionClient ${kind}`), place]);
    size += openGcm(key, iv, bound, sealed, tag).copy(whole, size);
  }
  if (publicKey && signature) check(crypto.verify('sha384', signed, publicKey, signature), 'its signature does not fit');
  return whole;
};
