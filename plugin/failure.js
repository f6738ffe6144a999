'use strict';

const { shown } = require('./shown.js');

/** A failure that a user can mend: a sentence, a stable code, where there is one the next step, and the page that says more. */
class Failure extends Error {
  /** Without the page, which is named once however many are thrown. */
  #told;

  /**
   * @param {string} code `SECRET_BAKER_...`
   * @param {string} message what failed, where and why
   * @param {string} [hint] what to do next
   */
  constructor(code, message, hint) {
    const told = hint ? `${message}\n  hint: ${hint}` : message;
    super(`${told}\n  more: ${require('../runtime/contract.json').page}#${code.toLowerCase()}`);
    this.#told = told;
    this.name = 'Failure';
    this.code = code;
  }

  /** Message and hint, without the page. */
  get told() {
    return this.#told;
  }

  /**
   * All mistakes in one go.
   * @param {Failure[]} failures of one code
   * @throws {Failure} unless there are none
   */
  static throwAll(failures) {
    const [first] = failures;
    if (first === undefined) return;
    throw new Failure(first.code, failures.map((failure) => failure.#told).join('\n'));
  }

  /**
   * One of the core's, which names its pages itself.
   * @param {{code: string, message: string}} failure
   */
  static ofCore({ code, message }) {
    return Object.assign(new Failure(code, message), { message });
  }
}

/**
 * What the core gives; its failure is thrown as one of ours.
 * @template T
 * @param {{value?: T, failure?: {code: string, message: string}}} outcome
 * @returns {T}
 * @throws {Failure}
 */
const given = ({ value, failure }) => {
  if (failure) throw Failure.ofCore(failure);
  return /** @type {T} */ (value);
};

/**
 * The text of whatever was thrown, fit to be shown.
 * @param {unknown} error
 * @returns {string}
 */
const reasonOf = (error) => shown(error instanceof Error ? error.message : String(error));

module.exports = { Failure, given, reasonOf };
