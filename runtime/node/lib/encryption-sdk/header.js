'use strict';

const { createPublicKey } = process.getBuiltinModule('node:crypto');
const { parseKeyArn } = require('../arn.js');
const { decodeBase64 } = require('../base64.js');
const { limits, suites } = require('../contract.js');
const { trouble } = require('../error.js');
const { check } = require('./reader.js');

// What comes before a compressed point of P-384 in its SubjectPublicKeyInfo.
const POINT = Buffer.from('3046301006072a8648ce3d020106052b81040022033200', 'hex');
const PUBLIC_KEY = 'aws-crypto-public-key';
const IV = 12;

/** @typedef {import('./reader.js').Reader} Reader */

/**
 * @typedef {object} Suite
 * @property {number} version
 * @property {string} digest of HKDF
 * @property {boolean} commits
 * @property {boolean} signs
 */

/**
 * @typedef {object} Header
 * @property {Suite} suite
 * @property {Buffer} suiteId
 * @property {Buffer} messageId
 * @property {Map<string, string>} context
 * @property {{keyArn: string, ciphertext: Buffer}[]} dataKeys those of KMS
 * @property {number} frameLength 0: the body is one block
 * @property {Buffer | undefined} commitment
 * @property {Buffer} authenticated
 * @property {Buffer} iv
 * @property {Buffer} tag
 * @property {import('node:crypto').KeyObject | undefined} publicKey
 */

/**
 * Throws Trouble TAMPERED and UNKNOWN_CIPHERTEXT.
 * @param {Reader} reader
 * @param {string} writer of the message, as an error names it
 * @returns {Header}
 */
exports.readHeader = (reader, writer) => {
  const version = reader.number(1);
  if (version === 1) reader.number(1);
  const suiteId = reader.bytes(2);
  const suite = suiteOf(suiteId.toString('hex'), version, writer);
  const messageId = reader.bytes(version === 1 ? 16 : 32);
  const context = readContext(reader);
  const dataKeys = readDataKeys(reader);
  const framed = reader.number(1);
  check(framed === 1 || framed === 2, 'its content type is unknown');
  if (version === 1) check(reader.number(4) === 0 && reader.number(1) === IV, 'its header is not right');
  const frameLength = reader.number(4);
  check((framed === 2) === frameLength > 0, 'its frame length does not fit its content type');
  const commitment = suite.commits ? reader.bytes(32) : undefined;
  const authenticated = reader.read;
  const iv = version === 1 ? reader.bytes(IV) : Buffer.alloc(IV);
  const tag = reader.bytes(16);
  const publicKey = publicKeyOf(context, suite);
  if (dataKeys.length === 0) throw trouble('UNKNOWN_CIPHERTEXT', 'its Encryption SDK message has no data key of KMS');
  return { suite, suiteId, messageId, context, dataKeys, frameLength, commitment, authenticated, iv, tag, publicKey };
};

/** @param {string} id @param {number} version @param {string} writer */
const suiteOf = (id, version, writer) => {
  const suite = Object.hasOwn(suites, id) ? /** @type {Record<string, Suite>} */ (suites)[id] : undefined;
  if (suite?.version === version) return suite;
  throw trouble('UNKNOWN_CIPHERTEXT', `it has the Encryption SDK's suite ${id}, which ${writer} does not write`);
};

/** @param {Reader} reader */
const readContext = (reader) => {
  const length = reader.number(2);
  const end = reader.at + length;
  const count = length > 0 ? reader.number(2) : 0;
  check(length === 0 || count > 0, 'its encryption context is not right');
  /** @type {Map<string, string>} */
  const context = new Map();
  for (let pair = 0; pair < count; pair++) context.set(reader.text(), reader.text());
  check(reader.at === end && context.size === count, 'its encryption context is not right');
  return context;
};

// Bounded before anything is asked: each costs a call of KMS.
/** @param {Reader} reader */
const readDataKeys = (reader) => {
  const count = reader.number(2);
  check(count > 0 && count <= limits.dataKeys, `it has ${count} data keys`);
  const found = [];
  for (let each = 0; each < count; each++) {
    const [provider, keyArn, ciphertext] = [reader.text(), reader.text(), reader.field()];
    if (provider !== 'aws-kms') continue;
    check(parseKeyArn(keyArn), 'a data key of KMS names no key');
    check(ciphertext.length > 0 && ciphertext.length <= limits.blobBytes, 'a data key of KMS is empty or too long');
    found.push({ keyArn, ciphertext });
  }
  return found;
};

/** @param {Map<string, string>} context @param {Suite} suite */
const publicKeyOf = (context, suite) => {
  const text = context.get(PUBLIC_KEY);
  check((text !== undefined) === suite.signs, 'its public key does not fit its suite');
  if (text === undefined) return undefined;
  const point = decodeBase64(text);
  check(point?.length === 49 && (point[0] === 2 || point[0] === 3), 'its public key is no compressed point');
  try {
    return createPublicKey({ key: Buffer.concat([POINT, point ?? POINT]), format: 'der', type: 'spki' });
  } catch {
    throw trouble('TAMPERED', 'its public key is no point of P-384');
  }
};
