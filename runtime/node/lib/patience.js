'use strict';

const TICK = 50;

// While Lambda freezes the process or something blocks it, no time is counted: the answer may lie in the socket already.
class Patience {
  #left;
  #last = performance.now();
  #timer;

  /** @param {number} ms @param {() => void} [expired] */
  constructor(ms, expired) {
    this.#left = ms;
    this.#timer = setInterval(() => {
      if (this.left > 0) return;
      this.stop();
      expired?.();
    }, TICK);
  }

  get left() {
    const now = performance.now();
    this.#left -= Math.min(now - this.#last, 4 * TICK);
    this.#last = now;
    return Math.max(0, this.#left);
  }

  stop() {
    clearInterval(this.#timer);
  }
}

module.exports = { Patience };
