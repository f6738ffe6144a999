'use strict';

const { isUtf8 } = process.getBuiltinModule('node:buffer');
const { trouble } = require('../error.js');

/** Throws Trouble TAMPERED. @param {unknown} fits @param {string} what */
const check = (fits, what) => {
  if (!fits) throw trouble('TAMPERED', what);
};
exports.check = check;

/** Reads one big-endian field after the other. */
class Reader {
  at = 0;

  /** @param {Buffer} message */
  constructor(message) {
    this.message = message;
  }

  /** @param {number} length */
  bytes(length) {
    this.at += length;
    check(this.at <= this.message.length, 'it is cut off');
    return this.message.subarray(this.at - length, this.at);
  }

  /** @param {number} size up to 6 */
  number(size) {
    return this.bytes(size).readUIntBE(0, size);
  }

  field() {
    return this.bytes(this.number(2));
  }

  text() {
    const bytes = this.field();
    check(isUtf8(bytes), 'a text in its header is not UTF-8');
    return bytes.toString('utf8');
  }

  /** All up to here. */
  get read() {
    return this.message.subarray(0, this.at);
  }

  get ended() {
    return this.at === this.message.length;
  }
}
exports.Reader = Reader;
