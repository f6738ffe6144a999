'use strict';

const { beforeLeaving } = require('./cleanup.js');
const { given } = require('./failure.js');
const { locksFolder } = require('./locks.js');

/** @import { Packaging, Session } from '../binding.js' */

/** The right to package a service, held from before the framework empties its folder until the command ends. */
class PackagingRight {
  #session;
  /** @type {Packaging | undefined} */
  #packaging;
  /** @type {(() => void) | undefined} */
  #forget;

  /** @param {() => Session} session */
  constructor(session) {
    this.#session = session;
  }

  /**
   * @param {string} serviceDir absolute
   * @throws {Failure} SECRET_BAKER_FOLDER_BUSY, SECRET_BAKER_FILE
   */
  claim(serviceDir) {
    this.#packaging ??= this.#session().packaging();
    given(this.#packaging.claim(serviceDir, locksFolder(serviceDir)));
    this.#forget ??= beforeLeaving(() => this.release());
  }

  /** Synchronous; harmless without `claim` and when repeated. */
  release() {
    this.#packaging?.release();
    this.#forget?.();
    this.#packaging = undefined;
    this.#forget = undefined;
  }
}

module.exports = { PackagingRight };
