'use strict';

const { isUtf8 } = process.getBuiltinModule('node:buffer');
const { aws } = require('./aws/call.js');
const { trouble } = require('./error.js');
const { ownBytes } = require('./own-bytes.js');
const { Patience } = require('./patience.js');
const { settings } = require('./settings.js');
const { hiddenBytes, hiddenPromise } = require('./unprintable.js');

/**
 * @typedef {import('./aws/call.js').Aws} Aws
 * @typedef {import('./source/registry.js').Entry} Entry
 */

/**
 * A secret that somebody asks for.
 * @typedef {object} Wanted
 * @property {string} id by which it is kept
 * @property {string} name by which it is asked for, and which errors name: one secret may have several
 * @property {() => Entry} entry Throws Trouble
 * @property {(error: any) => Error} explained what the one who asks gets for whatever was thrown
 */

/** Nothing is remembered by it yet. @returns {Aws} */
const unremembered = () => (call, patience) => aws(call, patience);
exports.unremembered = unremembered;

/** Opens each secret once and keeps it, however many ask. */
exports.Memory = class {
  /** By name what is returned again and again: under way or opened, never failed. @type {Map<string, Promise<string>>} */
  #texts = new Map();
  /** @type {Map<string, Buffer>} */
  #plaintexts = new Map();
  /** Secrets that are being opened: one at a time for each. @type {Map<string, Promise<Buffer>>} */
  #flights = new Map();
  #aws;

  /** @param {Aws} by by which sources remember what serves several secrets */
  constructor(by) {
    this.#aws = by;
  }

  /** @param {Wanted} wanted @param {boolean} [fresh] ask anew @returns {Promise<string>} */
  text(wanted, fresh) {
    const known = this.#texts.get(wanted.name);
    return known && !fresh ? known : this.#textAnew(wanted, fresh);
  }

  /** @param {Wanted} wanted @param {boolean} [fresh] ask anew @returns {Promise<Buffer>} a copy each time */
  bytes(wanted, fresh) {
    const copy = async () => {
      try {
        return hiddenBytes(ownBytes(await this.#plaintextOf(wanted, fresh)));
      } catch (error) {
        throw wanted.explained(error);
      }
    };
    return hiddenPromise(copy());
  }

  /** @param {Wanted} wanted @param {boolean} [fresh] */
  #textAnew(wanted, fresh) {
    const { name } = wanted;
    // No handler of ours hangs on this promise: one that nobody awaits is to fail loudly.
    const decode = async () => {
      try {
        const plaintext = await this.#plaintextOf(wanted, fresh);
        if (!isUtf8(plaintext)) throw trouble('NOT_TEXT', `not all of its ${plaintext.length} bytes are UTF-8`);
        this.#texts.set(name, promise);
        return plaintext.toString('utf8');
      } catch (error) {
        if (this.#texts.get(name) === promise) this.#texts.delete(name);
        throw wanted.explained(error);
      }
    };
    const promise = hiddenPromise(decode());
    if (!fresh) this.#texts.set(name, promise);
    return promise;
  }

  /** @param {Wanted} wanted @param {boolean} [fresh] */
  async #plaintextOf(wanted, fresh) {
    const { id } = wanted;
    const known = (fresh ? undefined : this.#plaintexts.get(id)) ?? this.#flights.get(id);
    if (known) return known;
    const flight = open(wanted, fresh ? unremembered() : this.#aws);
    this.#flights.set(id, flight);
    try {
      this.#plaintexts.set(id, await flight);
      return flight;
    } finally {
      this.#flights.delete(id);
    }
  }
};

/** The plaintext, in memory of its own. @param {Wanted} wanted @param {Aws} by */
const open = async ({ entry }, by) => {
  const patience = new Patience(settings().timeout);
  try {
    return await entry().open(by, patience);
  } finally {
    patience.stop();
  }
};
