'use strict';

/** @import { Session } from '../binding.js' */

/** @typedef {Pick<typeof import('../binding.js'), 'Session' | 'stopAsking' | 'finishWriting'>} Binding the addon's door */

/**
 * Loads the addon; the only place that does.
 * @returns {Binding}
 * @throws {import('./failure.js').Failure} SECRET_BAKER_NO_BINARY
 */
const loadCore = () => require('./binary.js').loadBinary();

/**
 * The one session of a command with the core, which begins when it is first needed. It speaks the plugin's words.
 * @param {() => Binding} load
 * @returns {() => Session}
 */
const sessionOf = (load) => {
  /** @type {Session | undefined} */
  let session;
  return () => {
    if (session === undefined) {
      const { Session } = load();
      const { CALLER } = require('./caller.js');
      session = new Session(CALLER);
    }
    return session;
  };
};

module.exports = { loadCore, sessionOf };
