'use strict';

const { beforeLeaving } = require('./cleanup.js');
const { given } = require('./failure.js');
const { locksFolder } = require('./locks.js');

/** @import { Bundle, Folder, Session } from '../binding.js' */

/** The service's folder while the bundle is in it, and whichever other folders need a copy. */
class ServiceFolder {
  #session;
  #keeps;
  #copies;
  /** Absolute; empty before the first `open`. Bundlers move `serverless.serviceDir` later: this is where it began. */
  path = '';
  /** @type {Folder | undefined} */
  #folder;
  /** @type {(() => void) | undefined} */
  #forget;

  /**
   * @param {() => Session} session
   * @param {() => boolean} keeps whether the user wants the files to stay
   * @param {(path: string) => string[]} copies the folders in which others may have left one
   */
  constructor(session, keeps, copies) {
    this.#session = session;
    this.#keeps = keeps;
    this.#copies = copies;
  }

  /**
   * Writes the bundle into the service's folder, or sees that it is still there.
   * @param {string} path absolute
   * @param {Bundle} bundle
   * @throws {Failure} SECRET_BAKER_FOLDER_BUSY, SECRET_BAKER_FILE
   */
  open(path, bundle) {
    this.path ||= path;
    this.#folder ??= this.#session().folder(this.path, locksFolder(this.path), bundle);
    this.#forget ??= beforeLeaving(() => this.release());
    this.write(this.path);
  }

  /**
   * Writes a copy. Only between `open` and `release`.
   * @param {string} dir absolute
   * @param {Bundle} [narrowed] another bundle: the part that the functions of an image carry
   * @throws {Failure} SECRET_BAKER_FOLDER_BUSY, SECRET_BAKER_FILE
   */
  write(dir, narrowed) {
    const done = narrowed ? this.#folder?.writeNarrowed(dir, narrowed) : this.#folder?.write(dir);
    if (done) given(done);
  }

  /** Removes what was written, unless it is to stay, and copies of it. Synchronous; harmless without `open` and when repeated. */
  release() {
    if (this.#folder) for (const dir of this.#copies(this.path)) this.#folder.adopt(dir);
    this.#folder?.release(this.#keeps());
    this.#forget?.();
    this.#folder = undefined;
    this.#forget = undefined;
  }
}

module.exports = { ServiceFolder };
