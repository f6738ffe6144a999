'use strict';

const { tooLate } = require('./aws/queue.js');

/**
 * @typedef {import('./aws/call.js').Aws} Aws
 * @typedef {import('./patience.js').Patience} Patience
 */

/**
 * A memory for what serves several entries: it is asked for once, however many want it, and kept. A failure goes to all who waited for it
 * and is not kept. Whoever waits does so for as long as their own patience lasts; where the one who asked had less, another asks anew.
 * @template Value
 */
exports.Once = class {
  /** Another `aws` has nothing in it yet. @type {WeakMap<Aws, Map<string, {value: Promise<Value>, patience: Patience}>>} */
  #asked = new WeakMap();

  /**
   * @param {Aws} aws
   * @param {string} what
   * @param {Patience} patience
   * @param {() => Promise<Value>} ask within that patience
   * @returns {Promise<Value>}
   */
  async get(aws, what, patience, ask) {
    const asked = this.#asked.get(aws) ?? new Map();
    this.#asked.set(aws, asked);
    for (;;) {
      const known = asked.get(what);
      if (!known) break;
      try {
        return await patience.within(known.value, tooLate);
      } catch (error) {
        if (patience.left === 0 || known.patience.left > 0) throw error;
      }
    }
    const value = ask();
    asked.set(what, { value, patience });
    value.catch(() => asked.delete(what));
    return value;
  }
};
