'use strict';

const { napi } = require('../package.json');
const { Failure, reasonOf } = require('./failure.js');

/**
 * The core's door, as the addon has it.
 *
 * @typedef {object} BakeRequest
 * @property {string} config `custom.secretBaker` as JSON
 * @property {string} [written] the same as the user wrote it, with `${...}` where variables stand; absent: any text of it may be a secret
 * @property {string} [region]
 * @property {string} [endpoint] URL
 * @property {string} [stsEndpoint] URL
 * @property {boolean} [allowInsecureEndpoint] plain HTTP beyond loopback
 * @property {import('./framework.js').Keys} [credentials] absent: the core's default chain
 * @property {string} [profile] for the default chain only
 * @property {string} [proxy] URL; absent: HTTPS_PROXY, HTTP_PROXY and NO_PROXY of the environment
 * @property {string[]} [certificates] PEM texts trusted beside the platform's roots
 *
 * @typedef {{name: string, path: string, version: number, arn: string}} BakedEntry
 * @typedef {{code: string, message: string}} CoreFailure the message holds every problem
 * @typedef {{bundle?: Buffer, entries: BakedEntry[], notices: string[], failure?: CoreFailure}} Outcome
 * @typedef {{done: number, total: number}} Count of secrets
 *
 * @typedef {object} Bake
 * @property {(progress?: (count: Count) => void) => Promise<Outcome>} run never rejects for an expected failure
 * @property {() => void} cancel `run` then resolves with SECRET_BAKER_CANCELLED
 *
 * @typedef {object} Folder
 * @property {(dir: string) => CoreFailure | null} write
 * @property {(dir: string, bundle: Buffer) => CoreFailure | null} writeNarrowed
 * @property {(dir: string) => boolean} adopt whether a copy in there holds our bytes: it counts as written by us then
 * @property {(keep: boolean) => string[]} release the paths that it removed, not the service's own if told to keep it; synchronous, any number of times
 *
 * @typedef {object} Packaging
 * @property {(serviceDir: string, locksDir: string) => CoreFailure | null} claim
 * @property {() => void} release
 *
 * @typedef {object} FunctionToCarry
 * @property {string} name
 * @property {string} [zip] path or address; relative paths start from the service's folder
 * @property {string} [context] the build context of its image; with neither of the two somebody else builds it
 * @property {string[]} [only] the only secrets that it carries; absent: all
 * @property {string[]} [written] parallel to `only`, as the user wrote it; absent: any of it may be a secret
 * @property {{names?: string[], written?: string[], place: string, launcher: string}} [env] the secrets that become its environment variables, in the launcher's own words
 *
 * @typedef {object} Carried
 * @property {string[]} functions that are deployed from it
 * @property {string} path of the zip to deploy, or of the folder to write the bundle into; absolute
 * @property {Buffer} bundle of these functions
 * @property {string} digest its SHA-256 in hexadecimal
 * @property {'right' | 'missing' | 'other'} found what was there before
 * @property {string[]} strays bundles that lay deeper in it and are gone
 * @property {boolean} changed for any of these or for the launcher
 *
 * @typedef {object} Core
 * @property {(functions: FunctionToCarry[], bundle: Buffer, serviceDir: string, folder: string) => Promise<{carried: Carried[], failure?: CoreFailure}>} carry
 * @property {(functions: FunctionToCarry[], config: string, bundle: Buffer | undefined, serviceDir: string, digests?: Record<string, string>) => Promise<CoreFailure | null>} check without a bundle: against the SHA-256 of what each function carried when it was packaged
 * @property {new (request: BakeRequest) => Bake} Bake
 * @property {new (serviceDir: string, locksDir: string, bundle: Buffer) => Folder} Folder
 * @property {new () => Packaging} Packaging
 */

// A generated file, absent from a fresh clone: a variable keeps the type checker from looking for it.
const BINDING = '../binding.js';

/**
 * Loads the addon; the only place that does.
 * @param {() => Core} [load]
 * @returns {Core}
 * @throws {Failure} SECRET_BAKER_NO_BINARY
 */
const loadCore = (load = () => require(BINDING)) => {
  try {
    return load();
  } catch (error) {
    throw new Failure('SECRET_BAKER_NO_BINARY', `${lacking()}: ${firstLine(error)}`, HINT);
  }
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

module.exports = loadCore;
