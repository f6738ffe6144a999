'use strict';

/** @import { SecretBakerErrorCode } from '../index.js' */

/**
 * Why something failed, before anybody knows for which secret. It never leaves this package: `sentences.js` makes the
 * error out of it.
 */
class Trouble extends Error {
  /**
   * @param {string} code without `SECRET_BAKER_`
   * @param {string} detail what was seen; no plaintext, no credentials
   * @param {{key?: string, again?: 'later' | 'now' | 'renewed'}} [about] `key`: the KMS key, where it is known. `again`: whether
   * the same call may succeed after a pause, at once, or with newer credentials
   */
  constructor(code, detail, { key, again } = {}) {
    super(detail);
    this.code = /** @type {SecretBakerErrorCode} */ (`SECRET_BAKER_${code}`);
    this.key = key;
    this.again = again;
  }
}

module.exports = { Trouble };
