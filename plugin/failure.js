'use strict';

const { shown } = require('./shown.js');

/** @typedef {{code: string, message: string, hint?: string | undefined}} Problem */

/**
 * All of it for the user, and the page that says more.
 * @param {string} code
 * @param {Problem[]} problems
 */
const withPage = (code, problems) => {
  const told = problems.map(({ message, hint }) => (hint ? `${message}\n  hint: ${hint}` : message));
  return `${told.join('\n')}\n  more: ${require('../runtime/contract.json').page}#${code.toLowerCase()}`;
};

/** A failure that a user can mend: a sentence, a stable code, where there is one the next step, and the page that says more. */
class Failure extends Error {
  /** @type {Problem[]} without the page, which is named once however many are thrown */
  #problems;

  /**
   * @param {string} code `SECRET_BAKER_...`
   * @param {string} message what failed, where and why
   * @param {string} [hint] what to do next
   */
  constructor(code, message, hint) {
    const problem = { code, message, hint };
    super(withPage(code, [problem]));
    this.#problems = [problem];
    this.name = 'Failure';
    this.code = code;
  }

  /** What has failed, one by one. */
  get problems() {
    return this.#problems;
  }

  /**
   * All mistakes in one go.
   * @param {Failure[]} failures of one code
   * @throws {Failure} unless there are none
   */
  static throwAll(failures) {
    const [first] = failures;
    if (first === undefined) return;
    const all = new Failure(first.code, first.message);
    all.#problems = failures.flatMap((failure) => failure.#problems);
    throw Object.assign(all, { message: withPage(first.code, all.#problems) });
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
