'use strict';

const crypto = process.getBuiltinModule('node:crypto');
const { trouble } = require('./error.js');

// What comes before a compressed point in its SubjectPublicKeyInfo.
const P256 = '3039301306072a8648ce3d020106082a8648ce3d030107032200';
const P384 = '3046301006072a8648ce3d020106052b81040022033200';
/** @type {Record<number, T.Suite>} */
const SUITES = {
  20: [1, 16],
  70: [1, 24],
  120: [1, 32],
  276: [1, 16, 'sha256'],
  326: [1, 24, 'sha256'],
  376: [1, 32, 'sha256'],
  532: [1, 16, 'sha256', P256],
  838: [1, 24, 'sha384', P384],
  888: [1, 32, 'sha384', P384],
  1144: [2, 32, 'sha512'],
  1400: [2, 32, 'sha512', P384],
};
const LAST_FRAME = 0xffffffff;
const IV = 12;
const TAG = 16;

// Reads one big-endian field after the other.
class Reader {
  at = 0;

  /** @param {Buffer} message */
  constructor(message) {
    this.message = message;
  }

  /** @param {number} length */
  bytes(length) {
    this.at += length;
    check(this.at <= this.message.length, 'cut off');
    return this.message.subarray(this.at - length, this.at);
  }

  /** @param {number} size up to 6 */
  number(size) {
    return this.bytes(size).readUIntBE(0, size);
  }

  field() {
    return this.bytes(this.number(2));
  }

  get read() {
    return this.message.subarray(0, this.at);
  }
}

/** @type {T.OpenMessage} */
exports.openMessage = async (message, arn, decrypt) => {
  const reader = new Reader(message);
  const header = readHeader(reader);
  if (header.context.get('PARAMETER_ARN') !== arn) throw trouble('WRONG_CONTEXT', 'it is of another parameter');
  const dataKey = await firstDataKey(header, decrypt);
  try {
    const key = contentKey(header, dataKey);
    unseal(key, header.iv, header.authenticated, Buffer.alloc(0), header.tag);
    const plaintext = readBody(reader, header, key);
    verify(reader, header);
    check(reader.at === message.length, 'bytes after its end');
    return plaintext;
  } catch (/** @type {any} */ error) {
    // Of Node: a tag does not fit, or the public key is no point of the curve.
    check(error.kind, 'authentication');
    throw error;
  } finally {
    dataKey.fill(0);
  }
};

/** @type {T.ReadHeader} */
const readHeader = (reader) => {
  const version = reader.number(1);
  if (version === 1) reader.number(1);
  const suiteId = reader.bytes(2);
  const suite = SUITES[suiteId.readUInt16BE()];
  if (suite?.[0] !== version) throw trouble('UNKNOWN_CIPHERTEXT', `it has the Encryption SDK's suite ${suiteId.toString('hex')}`);
  const messageId = reader.bytes(version === 1 ? 16 : 32);
  const context = readContext(reader);
  const dataKeys = Array.from({ length: reader.number(2) }, () => [reader.field(), reader.field(), reader.field()]);
  const framed = reader.number(1) === 2;
  check(version === 2 || reader.number(5) === IV, 'header');
  const frameLength = reader.number(4);
  check(framed === frameLength > 0, 'header');
  const commitment = version === 2 ? reader.bytes(32) : undefined;
  const authenticated = reader.read;
  const iv = version === 1 ? reader.bytes(IV) : Buffer.alloc(IV);
  return { suite, suiteId, messageId, context, dataKeys, frameLength, commitment, authenticated, iv, tag: reader.bytes(TAG) };
};

/** @type {T.ReadContext} */
const readContext = (reader) => {
  const length = reader.number(2);
  const end = reader.at + length;
  const count = length > 0 ? reader.number(2) : 0;
  const context = new Map(Array.from({ length: count }, () => [`${reader.field()}`, `${reader.field()}`]));
  check(reader.at === end && context.size === count, 'encryption context');
  return context;
};

/** @type {T.FirstDataKey} */
const firstDataKey = async ({ dataKeys, context }, decrypt) => {
  let refusal;
  for (const [provider, keyArn, ciphertext] of dataKeys) {
    if (!ciphertext || `${provider}` !== 'aws-kms') continue;
    try {
      return await decrypt(ciphertext, Object.fromEntries(context));
    } catch (/** @type {any} */ error) {
      error.key ??= /^arn:[\w:/-]+$/.exec(`${keyArn}`)?.[0];
      // After an outage the next one would not open either.
      if (error.again || error.kind === 'CREDENTIALS') throw error;
      refusal ??= error;
    }
  }
  throw refusal ?? trouble('UNKNOWN_CIPHERTEXT', 'its Encryption SDK message has no data key of KMS');
};

/** @type {T.ContentKey} */
const contentKey = ({ suite: [, size, kdf], suiteId, messageId, commitment }, dataKey) => {
  check(dataKey.length === size, 'data key');
  if (!kdf) return dataKey;
  /** @type {T.Derive} */
  const derive = (salt, length, ...info) => Buffer.from(crypto.hkdfSync(kdf, dataKey, salt, Buffer.concat(info), length));
  if (!commitment) return derive('', size, suiteId, messageId);
  check(crypto.timingSafeEqual(derive(messageId, 32, Buffer.from('COMMITKEY')), commitment), 'key commitment');
  return derive(messageId, size, suiteId, Buffer.from('DERIVEKEY'));
};

/** @type {T.ReadBody} */
const readBody = (reader, { messageId, frameLength }, key) => {
  /** @type {T.OpenFrame} */
  const open = (kind, number, iv, length) => {
    const sealed = reader.bytes(length);
    const place = Buffer.alloc(12);
    place.writeUInt32BE(number);
    place.writeUInt32BE(length, 8);
    const authenticated = Buffer.concat([messageId, Buffer.from(`AWSKMSEncryptionClient ${kind}`), place]);
    return unseal(key, iv, authenticated, sealed, reader.bytes(TAG));
  };
  if (frameLength === 0) return open('Single Block', 1, reader.bytes(IV), reader.number(2) * 2 ** 48 + reader.number(6));
  // Not `Buffer.concat`: it may put a plaintext into memory that others see.
  const whole = Buffer.alloc(reader.message.length);
  let size = 0;
  for (let number = 1, last = false; !last; number++) {
    const mark = reader.number(4);
    last = mark === LAST_FRAME;
    check((last ? reader.number(4) : mark) === number, 'frames');
    const iv = reader.bytes(IV);
    const length = last ? reader.number(4) : frameLength;
    check(length <= frameLength, 'frames');
    size += open(last ? 'Final Frame' : 'Frame', number, iv, length).copy(whole, size);
  }
  return whole.subarray(0, size);
};

/** @type {T.Unseal} */
const unseal = (key, iv, authenticated, sealed, tag) => {
  const algorithm = /** @type {'aes-256-gcm'} */ (`aes-${key.length * 8}-gcm`);
  const decipher = crypto.createDecipheriv(algorithm, key, iv, { authTagLength: TAG });
  const plaintext = decipher.setAAD(authenticated).setAuthTag(tag).update(sealed);
  decipher.final();
  return plaintext;
};

/** @type {T.Verify} */
const verify = (reader, { suite: [, , , prefix], context }) => {
  const point = context.get('aws-crypto-public-key');
  check(!point === !prefix, 'public key');
  if (!point || !prefix) return;
  const key = Buffer.concat([Buffer.from(prefix, 'hex'), Buffer.from(point, 'base64')]);
  const digest = prefix === P256 ? 'sha256' : 'sha384';
  check(crypto.verify(digest, reader.read, { key, format: 'der', type: 'spki' }, reader.field()), 'signature');
};

/** @type {T.Check} */
const check = (fits, what) => {
  if (!fits) throw trouble('TAMPERED', `its Encryption SDK message is damaged: ${what}`);
};
