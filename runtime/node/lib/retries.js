'use strict';

/** @import { Trouble } from './trouble.js' */

const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;
/** Attempts that failed by no fault of KMS: a freeze in the middle of one. They are not counted, but they have an end. */
const MOST_UNCOUNTED = 5;

/** Decides about the attempts of one call. */
class Retries {
  #failed = 0;
  #uncounted = 0;
  #renewed = false;

  /**
   * @param {Trouble} trouble why an attempt failed
   * @returns {number | undefined} milliseconds until the next; undefined if there is to be none
   */
  after({ again }) {
    if (again === 'later') return ++this.#failed < ATTEMPTS ? this.#pause() : undefined;
    if (again === 'now') return ++this.#uncounted <= MOST_UNCOUNTED ? 0 : undefined;
    if (again === 'renewed' && !this.#renewed) {
      this.#renewed = true;
      return forgetCredentials() ? 0 : undefined;
    }
    return undefined;
  }

  /** Full jitter: callers that failed together do not come back together. */
  #pause() {
    return Math.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.#failed - 1));
  }
}

/** Those that were kept; the ones of the environment are read at each attempt. */
const forgetCredentials = () => {
  const container = require('./container-credentials.js').forget();
  const chain = require('./sdk-credentials.js').forget();
  return container || chain;
};

module.exports = { Retries };
