'use strict';

/** @import { BakedEntry } from '../binding.js' */
/** @import { Failure } from './failure.js' */
/** @import { Serverless, Utils } from './framework.js' */

const NAME = 'secret-baker';

/** Everything that we tell the user, by the framework's own means. Never a value, nor a ciphertext. */
class Report {
  #serverless;
  #utils;

  /**
   * @param {Serverless} serverless
   * @param {Utils} [utils]
   */
  constructor(serverless, utils) {
    this.#serverless = serverless;
    this.#utils = utils;
  }

  /** @param {string} text */
  notice(text) {
    const line = `${NAME}: ${text}`;
    if (this.#utils?.log) this.#utils.log.notice(line);
    else this.#serverless.cli?.log(line);
  }

  /**
   * Shown with `--verbose` only.
   * @param {string} text
   */
  verbose(text) {
    this.#utils?.log?.verbose(`${NAME}: ${text}`);
  }

  /** @param {BakedEntry[]} entries */
  baked(entries) {
    for (const { name, from, version } of entries) {
      this.verbose(`baked ${name} from ${from}${version === undefined ? '' : `, version ${version}`}`);
    }
  }

  /**
   * A line that the framework animates while we work; remove it at the end. serverless 3 takes each name once in a
   * process, and several services may be packaged in one.
   * @returns {import('./framework.js').Progress}
   */
  progress() {
    const silent = { update() {}, remove() {} };
    const name = `${NAME} ${this.#serverless.serviceDir}`;
    return this.#utils?.progress?.create({ name, message: 'Baking secrets' }) ?? silent;
  }

  /**
   * The framework's own error. serverless 4 prints the stack even of that, where it has one.
   * @param {Failure} failure
   */
  frameworkError({ message, code }) {
    return Object.assign(new this.#serverless.classes.Error(message, code), { stack: undefined });
  }
}

module.exports = { Report };
