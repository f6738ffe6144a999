'use strict';

const TICK_MS = 50;

// In milliseconds. Not by `performance`, for which Node loads a module.
const now = () => Number(process.hrtime.bigint()) / 1e6;

/**
 * Time in which this process is awake, counted down: while Lambda freezes the process or something blocks it, none is counted, for the
 * answer may lie in the socket already.
 */
class Patience {
  #left;
  #last = now();
  #timer;

  /** @param {number} ms @param {() => void} [expired] */
  constructor(ms, expired) {
    this.#left = ms;
    this.#timer = setInterval(() => {
      if (this.left > 0) return;
      this.stop();
      expired?.();
    }, TICK_MS);
  }

  /** Milliseconds; 0 when it is over. */
  get left() {
    const time = now();
    this.#left -= Math.min(time - this.#last, 4 * TICK_MS);
    this.#last = time;
    return Math.max(0, this.#left);
  }

  stop() {
    clearInterval(this.#timer);
  }

  /**
   * What the promise gives, or what `late` says when it is over before: nobody else's promise outlasts it.
   * @template Value
   * @param {Promise<Value>} promise
   * @param {() => Error} late
   * @returns {Promise<Value>}
   */
  async within(promise, late) {
    /** @type {Patience | undefined} */
    let limit;
    const end = new Promise((_, reject) => {
      limit = new Patience(this.left, () => reject(late()));
    });
    try {
      return /** @type {any} */ (await Promise.race([promise, end]));
    } finally {
      limit?.stop();
    }
  }
}
exports.Patience = Patience;
