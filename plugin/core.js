'use strict';

const { napi } = require('../package.json');
const { Failure, reasonOf } = require('./failure.js');

/** @import { Session } from '../binding.js' */

/** @typedef {Pick<typeof import('../binding.js'), 'Session'>} Binding the addon's door */

/**
 * Loads the addon; the only place that does.
 * @param {() => Binding} [load]
 * @returns {Binding}
 * @throws {Failure} SECRET_BAKER_NO_BINARY
 */
const loadCore = (load = () => require('../binding.js')) => {
  try {
    return load();
  } catch (error) {
    throw new Failure('SECRET_BAKER_NO_BINARY', `${lacking()}: ${firstLine(error)}`, HINT);
  }
};

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

const HINT =
  `on ${napi.targets.join(', ')} install again on this platform, without --omit=optional; ` +
  'on any other build it in a clone of the repository with Rust and Node: npm ci && npm run build';

const lacking = () => {
  const platform = [process.platform, process.arch, libc()].filter(Boolean).join(' ');
  return `the binary of serverless-secret-baker for ${platform} (Node ${process.versions.node}) cannot be loaded`;
};

/** The C library: a binary fits one only. Empty where there is no choice. */
const libc = () => {
  if (process.platform !== 'linux') return '';
  const report = /** @type {any} */ (process.report.getReport());
  const glibc = report.header.glibcVersionRuntime;
  return glibc ? `glibc ${glibc}` : 'musl';
};

/**
 * The innermost cause says why; the generated loader wraps one error for each file it tried.
 * @param {unknown} error
 * @returns {string}
 */
const firstLine = (error) => {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error) return firstLine(cause);
  return reasonOf(error instanceof Error ? error.message.split('\n')[0] : error);
};

module.exports = { loadCore, sessionOf };
