'use strict';

// It has no `cause`: errors of Node's HTTP parser carry the bytes of the answer.
class SecretBakerError extends Error {
  #problems;

  /** @param {T.Code} code @param {string} message @param {T.About} [about] */
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

/** @type {T.MakeTrouble} */
exports.trouble = (kind, detail, more) => Object.assign(new Error(detail), { kind, ...more });
