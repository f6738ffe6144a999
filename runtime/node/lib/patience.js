'use strict';

const TICK_MS = 50;

// In milliseconds. Not by `performance`, for which Node loads a module.
const now = () => Number(process.hrtime.bigint()) / 1e6;

// While Lambda freezes the process or something blocks it, no time is counted: the answer may lie in the socket already.
exports.Patience = class {
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

  get left() {
    const time = now();
    this.#left -= Math.min(time - this.#last, 4 * TICK_MS);
    this.#last = time;
    return Math.max(0, this.#left);
  }

  stop() {
    clearInterval(this.#timer);
  }

  // Nobody else's promise outlasts it.
  /** @type {T.Patience['within']} */
  async within(promise, late) {
    /** @type {T.Patience | undefined} */
    let limit;
    const end = new Promise((_, reject) => {
      limit = new exports.Patience(this.left, () => reject(late()));
    });
    try {
      return /** @type {any} */ (await Promise.race([promise, end]));
    } finally {
      limit?.stop();
    }
  }
};
