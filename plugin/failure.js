'use strict';

/** A failure that a user can mend: a sentence, a stable code and, where there is one, the next step. */
class Failure extends Error {
  /**
   * @param {string} code `SECRET_BAKER_...`
   * @param {string} message what failed, where and why
   * @param {string} [hint] what to do next
   */
  constructor(code, message, hint) {
    super(hint ? `${message}\n  hint: ${hint}` : message);
    this.name = 'Failure';
    this.code = code;
  }
}

/**
 * The text of whatever was thrown.
 * @param {unknown} error
 * @returns {string}
 */
const reasonOf = (error) => (error instanceof Error ? error.message : String(error));

module.exports = { Failure, reasonOf };
