'use strict';

const { crypto } = require('./builtin.js');
const { decodeBase64 } = require('./base64.js');
const { Trouble } = require('./trouble.js');
const { Reader, damaged } = require('./reader.js');

/**
 * @typedef {object} Suite
 * @property {1 | 2} version of the message that may use it
 * @property {16 | 24 | 32} key bytes of the AES key
 * @property {string} [kdf] the digest of HKDF; without it the data key itself is used
 * @property {Curve} [signature]
 *
 * @typedef {object} Curve
 * @property {string} digest
 * @property {string} prefix what comes before a compressed point in its SubjectPublicKeyInfo, hexadecimal
 *
 * @typedef {object} DataKey
 * @property {string} provider
 * @property {string} keyArn
 * @property {Buffer} ciphertext
 *
 * @typedef {object} Header
 * @property {Suite} suite
 * @property {Buffer} suiteId
 * @property {Buffer} messageId
 * @property {Map<string, string>} context
 * @property {DataKey[]} dataKeys
 * @property {number} frameLength 0: the body is one block
 * @property {Buffer} [commitment]
 * @property {Buffer} authenticated the header's bytes
 * @property {Buffer} iv of the header's tag
 * @property {Buffer} tag
 */

const P256 = { digest: 'sha256', prefix: '3039301306072a8648ce3d020106082a8648ce3d030107032200' };
const P384 = { digest: 'sha384', prefix: '3046301006072a8648ce3d020106052b81040022033200' };

/** @type {Record<number, Suite>} */
const SUITES = {
  20: { version: 1, key: 16 },
  70: { version: 1, key: 24 },
  120: { version: 1, key: 32 },
  276: { version: 1, key: 16, kdf: 'sha256' },
  326: { version: 1, key: 24, kdf: 'sha256' },
  376: { version: 1, key: 32, kdf: 'sha256' },
  532: { version: 1, key: 16, kdf: 'sha256', signature: P256 },
  838: { version: 1, key: 24, kdf: 'sha384', signature: P384 },
  888: { version: 1, key: 32, kdf: 'sha384', signature: P384 },
  1144: { version: 2, key: 32, kdf: 'sha512' },
  1400: { version: 2, key: 32, kdf: 'sha512', signature: P384 },
};

const PUBLIC_KEY = 'aws-crypto-public-key';
const FRAMED = 2;
const SINGLE = 1;
const LAST_FRAME = 0xffffffff;
const IV = 12;
const TAG = 16;

/**
 * Opens a message of the AWS Encryption SDK, as the advanced tier of Parameter Store stores it. Nothing is returned before its
 * tags, its commitment and its signature have been verified and no byte is left.
 * @param {Buffer} message
 * @param {string} arn the parameter's, which the message must name
 * @param {(ciphertext: Buffer, context: Record<string, string>) => Promise<Buffer>} decrypt asks KMS for a data key
 * @returns {Promise<Buffer>}
 * @throws {Trouble} TAMPERED, WRONG_CONTEXT, UNKNOWN_CIPHERTEXT, and what `decrypt` throws
 */
const openMessage = async (message, arn, decrypt) => {
  const reader = new Reader(message);
  const header = readHeader(reader);
  if (header.context.get('PARAMETER_ARN') !== arn) throw new Trouble('WRONG_CONTEXT', 'it was encrypted for another parameter');
  const publicKey = publicKeyOf(header);
  const dataKey = await firstDataKey(header, decrypt);
  try {
    const key = contentKey(header, dataKey);
    unseal(key, header.iv, header.tag, header.authenticated);
    const plaintext = readBody(reader, header, key);
    if (publicKey !== undefined) verify(reader, publicKey, header);
    if (reader.left > 0) throw damaged('there are bytes after its end');
    return plaintext;
  } catch (error) {
    const { key } = /** @type {any} */ (error);
    throw error instanceof Trouble ? Object.assign(error, { key: key ?? header.dataKeys[0]?.keyArn }) : error;
  } finally {
    dataKey.fill(0);
  }
};

/**
 * @param {Reader} reader
 * @returns {Header}
 */
const readHeader = (reader) => {
  const version = reader.u8();
  if (version === 1) reader.u8(); // the message type, which was looked at when the ciphertext was classified
  const suiteId = reader.bytes(2);
  const suite = SUITES[suiteId.readUInt16BE()];
  if (suite?.version !== version) {
    throw new Trouble('UNKNOWN_CIPHERTEXT', `it is an Encryption SDK message of the suite ${suiteId.toString('hex')}`);
  }
  const messageId = reader.bytes(version === 1 ? 16 : 32);
  const context = readContext(reader);
  const dataKeys = Array.from({ length: reader.u16() }, () => readDataKey(reader));
  const frameLength = readContentType(reader, version);
  const commitment = version === 2 ? reader.bytes(32) : undefined;
  const authenticated = reader.since(0);
  const iv = version === 1 ? reader.bytes(IV) : Buffer.alloc(IV);
  return { suite, suiteId, messageId, context, dataKeys, frameLength, commitment, authenticated, iv, tag: reader.bytes(TAG) };
};

/** @param {Reader} reader */
const readContext = (reader) => {
  const context = /** @type {Map<string, string>} */ (new Map());
  const pairs = new Reader(reader.bytes(reader.u16()));
  if (pairs.left === 0) return context;
  const count = pairs.u16();
  for (let at = 0; at < count; at++) context.set(pairs.text(pairs.u16()), pairs.text(pairs.u16()));
  if (pairs.left > 0 || context.size !== count) throw damaged('its encryption context');
  return context;
};

/**
 * @param {Reader} reader
 * @returns {DataKey}
 */
const readDataKey = (reader) => ({
  provider: reader.bytes(reader.u16()).toString('latin1'),
  keyArn: reader.bytes(reader.u16()).toString('latin1'),
  ciphertext: reader.bytes(reader.u16()),
});

/**
 * @param {Reader} reader
 * @param {number} version
 * @returns {number} the frame length
 */
const readContentType = (reader, version) => {
  const type = reader.u8();
  if (version === 1 && (reader.u32() !== 0 || reader.u8() !== IV)) throw damaged('its header');
  const frameLength = reader.u32();
  if (type !== (frameLength > 0 ? FRAMED : SINGLE)) throw damaged('its content type');
  return frameLength;
};

/**
 * @param {Header} header
 * @returns {import('node:crypto').KeyObject | undefined} undefined for a suite that does not sign
 */
const publicKeyOf = ({ suite: { signature }, context }) => {
  const point = context.get(PUBLIC_KEY);
  if ((point !== undefined) !== (signature !== undefined)) throw damaged('its signature and its suite do not fit');
  if (signature === undefined) return undefined;
  const key = Buffer.concat([Buffer.from(signature.prefix, 'hex'), decodeBase64(point) ?? Buffer.alloc(0)]);
  try {
    return crypto().createPublicKey({ key, format: 'der', type: 'spki' });
  } catch {
    throw damaged('its public key');
  }
};

/**
 * The first data key that KMS opens.
 * @param {Header} header
 * @param {(ciphertext: Buffer, context: Record<string, string>) => Promise<Buffer>} decrypt
 */
const firstDataKey = async ({ dataKeys, context }, decrypt) => {
  let first;
  for (const { provider, keyArn, ciphertext } of dataKeys) {
    if (provider !== 'aws-kms') continue;
    try {
      return await decrypt(ciphertext, Object.fromEntries(context));
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      error.key ??= sayableArn(keyArn);
      if (!REFUSALS.includes(error.code)) throw error;
      first ??= error;
    }
  }
  throw first ?? new Trouble('UNKNOWN_CIPHERTEXT', 'it is an Encryption SDK message without a data key of KMS');
};

/** After these another data key may still open; after an outage it would not. */
const REFUSALS = ['ACCESS_DENIED', 'WRONG_CONTEXT', 'KEY_UNUSABLE', 'SERVICE_ERROR'].map((code) => `SECRET_BAKER_${code}`);

/** @param {string} arn as the message has it, not yet authenticated */
const sayableArn = (arn) => (/^arn:[\w:/-]+$/.test(arn) ? arn : undefined);

/**
 * @param {Header} header
 * @param {Buffer} dataKey
 * @returns {Buffer}
 */
const contentKey = ({ suite, suiteId, messageId, commitment }, dataKey) => {
  if (dataKey.length !== suite.key) throw damaged('its data key does not fit its suite');
  const { kdf } = suite;
  if (kdf === undefined) return dataKey;
  const derive = (/** @type {Buffer} */ salt, /** @type {(Buffer | string)[]} */ info, /** @type {number} */ length) =>
    Buffer.from(crypto().hkdfSync(kdf, dataKey, salt, Buffer.concat(info.map((part) => Buffer.from(part))), length));
  if (commitment === undefined) return derive(Buffer.alloc(0), [suiteId, messageId], suite.key);
  if (!crypto().timingSafeEqual(derive(messageId, ['COMMITKEY'], 32), commitment)) throw damaged('its key commitment');
  return derive(messageId, [suiteId, 'DERIVEKEY'], suite.key);
};

/**
 * @param {Reader} reader
 * @param {Header} header
 * @param {Buffer} key
 */
const readBody = (reader, { messageId, frameLength }, key) => {
  const open = (
    /** @type {string} */ kind,
    /** @type {number} */ number,
    /** @type {number} */ length,
    iv = reader.bytes(IV),
  ) => {
    const sealed = reader.bytes(length);
    const place = Buffer.alloc(12);
    place.writeUInt32BE(number);
    place.writeUInt32BE(length, 8);
    const authenticated = Buffer.concat([messageId, Buffer.from(`AWSKMSEncryptionClient ${kind}`), place]);
    return unseal(key, iv, reader.bytes(TAG), authenticated, sealed);
  };
  if (frameLength === 0) {
    const iv = reader.bytes(IV);
    if (reader.u32() !== 0) throw damaged('its length');
    return open('Single Block', 1, reader.u32(), iv);
  }
  const frames = [];
  for (let number = 1; ; number++) {
    const found = reader.u32();
    const last = found === LAST_FRAME;
    if ((last ? reader.u32() : found) !== number) throw damaged('the order of its frames');
    if (!last) {
      frames.push(open('Frame', number, frameLength));
      continue;
    }
    const iv = reader.bytes(IV);
    const length = reader.u32();
    if (length > frameLength) throw damaged('its last frame');
    frames.push(open('Final Frame', number, length, iv));
    return joined(frames);
  }
};

/**
 * Not `Buffer.concat`, which may put a plaintext into memory that others see.
 * @param {Buffer[]} frames
 */
const joined = (frames) => {
  const whole = Buffer.alloc(frames.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const frame of frames) {
    at += frame.copy(whole, at);
    frame.fill(0);
  }
  return whole;
};

/**
 * AES-GCM.
 * @param {Buffer} key
 * @param {Buffer} iv
 * @param {Buffer} tag
 * @param {Buffer} authenticated
 * @param {Buffer} [sealed]
 */
const unseal = (key, iv, tag, authenticated, sealed = Buffer.alloc(0)) => {
  const algorithm = /** @type {import('node:crypto').CipherGCMTypes} */ (`aes-${key.length * 8}-gcm`);
  const decipher = crypto().createDecipheriv(algorithm, key, iv, { authTagLength: TAG });
  decipher.setAAD(authenticated);
  decipher.setAuthTag(tag);
  const plaintext = decipher.update(sealed);
  try {
    decipher.final();
  } catch {
    throw damaged('a tag');
  }
  return plaintext;
};

/**
 * @param {Reader} reader at the footer
 * @param {import('node:crypto').KeyObject} publicKey
 * @param {Header} header
 */
const verify = (reader, publicKey, { suite: { signature } }) => {
  const content = reader.since(0);
  const der = reader.bytes(reader.u16());
  if (!crypto().verify(signature?.digest, content, publicKey, der)) throw damaged('its signature');
};

module.exports = { openMessage };
