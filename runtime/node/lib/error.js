'use strict';

/**
 * Why something failed, before anybody knows for which secret: an error of this package's own, which never leaves it. Its message is
 * what was seen: no plaintext, no credentials.
 * @typedef {Error & Symptom & {kind: string}} Trouble `kind` is the code without its prefix `SECRET_BAKER_`
 */

/**
 * @typedef {object} Symptom
 * @property {string} [key] the KMS key, where it is known
 * @property {Again} [again] the same call may succeed
 * @property {string} [hint] which of the code's hints; without it the usual one
 * @property {string} [variable] the environment variable that the hint names
 * @property {string[]} [names] the secrets that the hint lists
 */

/**
 * After a pause; all else at once and once in a call, since something was mended.
 * @typedef {'later' | 'connection' | 'credentials' | 'clock' | 'signature'} Again
 */

// It has no `cause`: errors of Node's HTTP parser carry the bytes of the answer.
class SecretBakerError extends Error {
  #problems;

  /**
   * @param {import('../index.js').SecretBakerErrorCode} code
   * @param {string} message
   * @param {{secret?: string | undefined, problems?: readonly import('../index.js').Problem[]}} [about]
   */
  constructor(code, message, { secret, problems = [{ code, secret, message }] } = {}) {
    super(message);
    this.code = code;
    this.secret = secret;
    this.#problems = problems;
  }

  // No property: printed twice, they would hide the message.
  get problems() {
    return this.#problems;
  }
}
// A bundler may call the class otherwise, and Node prints that name.
Object.defineProperty(SecretBakerError, 'name', { value: 'SecretBakerError' });
Object.defineProperty(SecretBakerError.prototype, 'name', { value: 'SecretBakerError' });
exports.SecretBakerError = SecretBakerError;

/** @param {string} kind @param {string} detail @param {Symptom} [more] @returns {Trouble} */
exports.trouble = (kind, detail, more) => Object.assign(new Error(detail), { kind, ...more });
