'use strict';

/** @import { Problem, SecretBakerErrorCode } from '../index.js' */

/**
 * What every function of this package throws when a secret cannot be opened. It holds no plaintext, no data key and no
 * credentials, and has no `cause`: the errors of Node's HTTP parser carry the bytes of the answer.
 */
class SecretBakerError extends Error {
  /**
   * @param {SecretBakerErrorCode} code
   * @param {string} message
   * @param {{secret?: string, problems?: readonly Problem[]}} [about] `problems`: where several secrets failed
   */
  constructor(code, message, { secret, problems } = {}) {
    super(message);
    this.code = code;
    /** @type {string | undefined} */
    this.secret = secret;
    /** @type {readonly Problem[]} */
    this.problems = problems ?? [{ code, secret, message }];
    // The message tells them already; printed twice, they would hide it.
    Object.defineProperty(this, 'problems', { enumerable: false });
  }
}
Object.defineProperty(SecretBakerError.prototype, 'name', { value: 'SecretBakerError', configurable: true, writable: true });

module.exports = { SecretBakerError };
