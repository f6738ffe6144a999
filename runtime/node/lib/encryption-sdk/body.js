'use strict';

const { check } = require('./reader.js');

const LAST_FRAME = 0xffffffff;
const IV = 12;
const TAG = 16;

/** @typedef {import('./reader.js').Reader} Reader */

/**
 * @typedef {object} Frame
 * @property {string} kind
 * @property {number} number
 * @property {Buffer} iv
 * @property {Buffer} sealed
 * @property {Buffer} tag
 */

/**
 * @typedef {object} Body
 * @property {Frame[]} frames
 * @property {Buffer} signed what the signature is of
 * @property {Buffer | undefined} signature
 */

/**
 * All of the structure, before anything is asked for: where each part lies. Throws Trouble TAMPERED.
 * @param {Reader} reader
 * @param {import('./header.js').Header} header
 * @returns {Body}
 */
exports.readBody = (reader, { frameLength, suite }) => {
  const frames = frameLength === 0 ? [single(reader)] : framed(reader, frameLength);
  const signed = reader.read;
  const signature = suite.signs ? reader.field() : undefined;
  check(!signature || isStrictDer(signature), 'its signature is malformed');
  check(reader.ended, 'bytes come after its end');
  return { frames, signed, signature };
};

/** @param {Reader} reader @returns {Frame} */
const single = (reader) => {
  const iv = reader.bytes(IV);
  const length = reader.number(2) * 2 ** 48 + reader.number(6);
  return { kind: 'Single Block', number: 1, iv, sealed: reader.bytes(length), tag: reader.bytes(TAG) };
};

/** @param {Reader} reader @param {number} frameLength @returns {Frame[]} */
const framed = (reader, frameLength) => {
  const frames = [];
  for (let number = 1, last = false; !last; number++) {
    const mark = reader.number(4);
    last = mark === LAST_FRAME;
    check((last ? reader.number(4) : mark) === number, 'its frames are not in order');
    const iv = reader.bytes(IV);
    const length = last ? reader.number(4) : frameLength;
    check(length <= frameLength, 'one of its frames is too long');
    const kind = last ? 'Final Frame' : 'Frame';
    frames.push({ kind, number, iv, sealed: reader.bytes(length), tag: reader.bytes(TAG) });
  }
  return frames;
};

// Two positive integers in their shortest form. For P-384 no length needs a second byte.
/** @param {Buffer} der */
const isStrictDer = (der) => {
  const [sequence, size = 0] = der;
  if (sequence !== 0x30 || size !== der.length - 2 || size > 0x7f) return false;
  let at = 2;
  for (let number = 0; number < 2; number++) {
    const [tag, length = 0] = der.subarray(at);
    const integer = der.subarray(at + 2, at + 2 + length);
    if (tag !== 2 || length === 0 || integer.length !== length || !isPositive(integer)) return false;
    at += 2 + length;
  }
  return at === der.length;
};

/** @param {Buffer} integer */
const isPositive = ([first = 0, second = 0]) => (first === 0 ? second >= 0x80 : first < 0x80);
