'use strict';

// It has no `cause`: errors of Node's HTTP parser carry the bytes of the answer.
class SecretBakerError extends Error {
  /** @param {T.Code} code @param {string} message @param {T.About} [about] */
  constructor(code, message, { secret, problems = [{ code, secret, message }] } = {}) {
    super(message);
    this.code = code;
    this.secret = secret;
    this.problems = problems;
    // The message tells them; printed twice, they would hide it.
    Object.defineProperty(this, 'problems', { enumerable: false });
  }
}
Object.defineProperty(SecretBakerError.prototype, 'name', { value: 'SecretBakerError' });

/** @type {T.MakeTrouble} */
const trouble = (kind, detail, more) => Object.assign(new Error(detail), { kind, ...more });

module.exports = { SecretBakerError, trouble };
