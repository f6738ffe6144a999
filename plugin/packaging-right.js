'use strict';

const { beforeLeaving } = require('./cleanup.js');
const { Failure } = require('./failure.js');
const { locksFolder } = require('./locks.js');

/** @import { Core, Packaging } from './core.js' */

/** The right to package a service, held from before the framework empties its folder until the command ends. */
class PackagingRight {
  #core;
  /** @type {Packaging | undefined} */
  #packaging;
  /** @type {(() => void) | undefined} */
  #forget;

  /** @param {() => Core} core */
  constructor(core) {
    this.#core = core;
  }

  /**
   * @param {string} serviceDir absolute
   * @throws {Failure} SECRET_BAKER_FOLDER_BUSY, SECRET_BAKER_FILE
   */
  claim(serviceDir) {
    const { Packaging } = this.#core();
    this.#packaging ??= new Packaging();
    const failure = this.#packaging.claim(serviceDir, locksFolder(serviceDir));
    if (failure) throw new Failure(failure.code, failure.message);
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
