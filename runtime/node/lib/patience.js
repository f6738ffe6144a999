'use strict';

const TICK = 50;

/**
 * Counts down the time in which this process is awake. What Lambda freezes and a blocked event loop delays is not the fault of the
 * other side: an answer may lie in the socket already, and a plain timer would fire before it is read.
 */
class Patience {
  #left;
  #last = performance.now();
  #timer;

  /**
   * @param {number} ms
   * @param {() => void} [expired] called once when they are over
   */
  constructor(ms, expired = () => {}) {
    this.#left = ms;
    this.#timer = setInterval(() => {
      if (this.left > 0) return;
      this.stop();
      expired();
    }, TICK);
  }

  /** What is left, in milliseconds; 0 when it is over. */
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
