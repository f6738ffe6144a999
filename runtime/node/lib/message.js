'use strict';

const { crypto } = require('./builtin.js');
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
// After an outage the next data key would not open either.
const REFUSALS = ['ACCESS_DENIED', 'WRONG_CONTEXT', 'KEY_UNUSABLE', 'SERVICE_ERROR'];

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
    if (this.at > this.message.length) throw damaged('it is cut off');
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
const openMessage = async (message, arn, decrypt) => {
  const reader = new Reader(message);
  const header = readHeader(reader);
  if (header.context.get('PARAMETER_ARN') !== arn) throw trouble('WRONG_CONTEXT', 'it was encrypted for another parameter');
  const key = contentKey(header, await firstDataKey(header, decrypt));
  unseal(key, header.iv, header.authenticated, Buffer.alloc(0), header.tag);
  const plaintext = readBody(reader, header, key);
  verify(reader, header);
  if (reader.at < message.length) throw damaged('there are bytes after its end');
  return plaintext;
};

/** @param {Reader} reader @returns {T.Header} */
const readHeader = (reader) => {
  const version = reader.number(1);
  // The type was looked at when the ciphertext was classified.
  if (version === 1) reader.number(1);
  const suiteId = reader.bytes(2);
  const suite = SUITES[suiteId.readUInt16BE()];
  if (suite?.[0] !== version)
    throw trouble('UNKNOWN_CIPHERTEXT', `an Encryption SDK message of suite ${suiteId.toString('hex')}`);
  const messageId = reader.bytes(version === 1 ? 16 : 32);
  const context = readContext(reader);
  const dataKeys = Array.from({ length: reader.number(2) }, () => [reader.field(), reader.field(), reader.field()]);
  const framed = reader.number(1) === 2;
  if (version === 1 && reader.number(5) !== IV) throw damaged('its header');
  const frameLength = reader.number(4);
  if (framed !== frameLength > 0) throw damaged('its frame length');
  const commitment = version === 2 ? reader.bytes(32) : undefined;
  const authenticated = reader.read;
  const iv = version === 1 ? reader.bytes(IV) : Buffer.alloc(IV);
  return { suite, suiteId, messageId, context, dataKeys, frameLength, commitment, authenticated, iv, tag: reader.bytes(TAG) };
};

/** @param {Reader} reader @returns {Map<string, string>} */
const readContext = (reader) => {
  const length = reader.number(2);
  const end = reader.at + length;
  const count = length > 0 ? reader.number(2) : 0;
  const context = new Map(Array.from({ length: count }, () => [`${reader.field()}`, `${reader.field()}`]));
  if (reader.at !== end || context.size < count) throw damaged('its encryption context');
  return context;
};

/** @param {T.Header} header @param {T.OpenDataKey} decrypt */
const firstDataKey = async ({ dataKeys, context }, decrypt) => {
  let refusal;
  for (const [provider, keyArn, ciphertext] of dataKeys) {
    if (!ciphertext || String(provider) !== 'aws-kms') continue;
    try {
      return await decrypt(ciphertext, Object.fromEntries(context));
    } catch (/** @type {any} */ error) {
      // It is not authenticated yet.
      error.key ??= /^arn:[\w:/-]+$/.exec(String(keyArn))?.[0];
      if (!REFUSALS.includes(error.kind)) throw error;
      refusal ??= error;
    }
  }
  throw refusal ?? trouble('UNKNOWN_CIPHERTEXT', 'an Encryption SDK message without a data key of KMS');
};

/** @param {T.Header} header @param {Buffer} dataKey @returns {Buffer} */
const contentKey = ({ suite: [, size, kdf], suiteId, messageId, commitment }, dataKey) => {
  if (dataKey.length !== size) throw damaged('its data key does not fit its suite');
  if (!kdf) return dataKey;
  /** @type {T.Derive} */
  const derive = (salt, length, ...info) => Buffer.from(crypto().hkdfSync(kdf, dataKey, salt, Buffer.concat(info), length));
  if (!commitment) return derive('', size, suiteId, messageId);
  if (!crypto().timingSafeEqual(derive(messageId, 32, Buffer.from('COMMITKEY')), commitment)) throw damaged('its commitment');
  return derive(messageId, size, suiteId, Buffer.from('DERIVEKEY'));
};

/** @param {Reader} reader @param {T.Header} header @param {Buffer} key */
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
  const frames = [];
  for (let number = 1, last = false; !last; number++) {
    const mark = reader.number(4);
    last = mark === LAST_FRAME;
    if ((last ? reader.number(4) : mark) !== number) throw damaged('the order of its frames');
    const iv = reader.bytes(IV);
    const length = last ? reader.number(4) : frameLength;
    if (length > frameLength) throw damaged('its last frame');
    frames.push(open(last ? 'Final Frame' : 'Frame', number, iv, length));
  }
  // Not `Buffer.concat`: it may put a plaintext into memory that others see.
  const whole = Buffer.alloc(frames.reduce((sum, { length }) => sum + length, 0));
  frames.reduce((at, frame) => at + frame.copy(whole, at), 0);
  return whole;
};

/** @type {T.Unseal} */
const unseal = (key, iv, authenticated, sealed, tag) => {
  const algorithm = /** @type {'aes-256-gcm'} */ (`aes-${key.length * 8}-gcm`);
  const decipher = crypto().createDecipheriv(algorithm, key, iv, { authTagLength: TAG });
  const plaintext = decipher.setAAD(authenticated).setAuthTag(tag).update(sealed);
  try {
    decipher.final();
  } catch {
    throw damaged('a tag');
  }
  return plaintext;
};

/** @param {Reader} reader at the signature @param {T.Header} header */
const verify = (reader, { suite: [, , , prefix], context }) => {
  const point = context.get('aws-crypto-public-key');
  if (!point !== !prefix) throw damaged('its public key and its suite do not fit');
  if (!point || !prefix) return;
  const key = Buffer.concat([Buffer.from(prefix, 'hex'), Buffer.from(point, 'base64')]);
  let valid = false;
  try {
    valid = crypto().verify(
      prefix === P256 ? 'sha256' : 'sha384',
      reader.read,
      { key, format: 'der', type: 'spki' },
      reader.field(),
    );
  } catch {
    // No point of the curve.
  }
  if (!valid) throw damaged('its signature');
};

/** @param {string} what */
const damaged = (what) => trouble('TAMPERED', `its Encryption SDK message is damaged: ${what}`);

module.exports = { openMessage };
