'use strict';

const { buffer } = require('./builtin.js');
const { Trouble } = require('./trouble.js');

/** Reads big-endian fields one after the other; every method throws TAMPERED where the bytes end. */
class Reader {
  #bytes;
  #at = 0;

  /** @param {Buffer} bytes */
  constructor(bytes) {
    this.#bytes = bytes;
  }

  get left() {
    return this.#bytes.length - this.#at;
  }

  /** @param {number} length */
  bytes(length) {
    if (length > this.left) throw damaged('it is cut off');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  u8() {
    return this.bytes(1).readUInt8();
  }

  u16() {
    return this.bytes(2).readUInt16BE();
  }

  u32() {
    return this.bytes(4).readUInt32BE();
  }

  /** @param {number} length */
  text(length) {
    const bytes = this.bytes(length);
    if (!buffer().isUtf8(bytes)) throw damaged('a text in it is not UTF-8');
    return bytes.toString('utf8');
  }

  /** @param {number} start */
  since(start) {
    return this.#bytes.subarray(start, this.#at);
  }
}

/** @param {string} what */
const damaged = (what) => new Trouble('TAMPERED', `its Encryption SDK message is damaged: ${what}`);

module.exports = { Reader, damaged };
