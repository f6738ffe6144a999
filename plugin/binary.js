'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { name, optionalDependencies, repository, version } = require('../package.json');
const { ANEW, INSTALL, companion, lackOf } = require('./companion.js');
const { Failure, reasonOf } = require('./failure.js');
const { machineWords, platformOf, thisMachine } = require('./platform.js');
const { shown } = require('./shown.js');

/** @import { Machine } from './platform.js' */

/** @typedef {typeof import('../binding.js')} Binding all that an addon exports */

/**
 * A binary, and what to do where it cannot be used.
 * @typedef {object} Binary
 * @property {string} file its path
 * @property {string} called as the user knows it
 * @property {string} mend where it is of another version
 * @property {string} [anew] where it is damaged, if that is mended otherwise
 */

/** Where the user's own binary lies. */
const VARIABLE = 'SECRET_BAKER_BINARY';

/**
 * Loads the binary that fits this machine: the user's own, else the one that was built in this clone, else that of the platform's
 * package.
 * @param {object} [given] what tests put in the place of their own process
 * @param {Machine} [given.machine]
 * @param {string} [given.own] the value of `SECRET_BAKER_BINARY`
 * @param {string} [given.root] the plugin's folder
 * @param {(file: string) => Binding} [given.load]
 * @returns {Binding}
 * @throws {Failure} SECRET_BAKER_NO_BINARY
 */
const loadBinary = ({
  machine = thisMachine(),
  own = process.env[VARIABLE],
  root = path.join(__dirname, '..'),
  load = require,
} = {}) => {
  const binary = own ? ownBinary(own) : (builtHere(machine, root) ?? installed(machine, root));
  const binding = loaded(binary, machine, load);
  if (binding?.VERSION === version) return binding;
  // Some other addon tells none.
  const other = typeof binding?.VERSION === 'string' ? `version ${shown(binding.VERSION)}` : 'an unknown version';
  throw lacking(`${binary.called} is of ${other}, and this plugin of ${version}`, binary.mend);
};

/**
 * @param {string} own
 * @returns {Binary}
 */
const ownBinary = (own) => {
  const file = path.resolve(own);
  const called = `${VARIABLE} (${shown(file)})`;
  const mend = `let ${VARIABLE} name a .node file that was built of version ${version} for a machine like this, or take it away`;
  if (!file.endsWith('.node')) throw lacking(`${called} does not end in .node`, mend);
  if (!isFile(file)) throw lacking(`${called}: there is no such file`, mend);
  return { file, called, mend };
};

/**
 * @param {Machine} machine
 * @param {string} root
 * @returns {Binary | undefined}
 */
const builtHere = (machine, root) => {
  const file = path.join(root, `secret-baker.${platformOf(machine)}.node`);
  return isFile(file) ? { file, called: `the binary that was built here (${shown(file)})`, mend: 'npm run build' } : undefined;
};

/**
 * @param {Machine} machine
 * @param {string} root
 * @returns {Binary}
 */
const installed = (machine, root) => {
  const platform = platformOf(machine);
  const found = companion(platform, root);
  if (found === undefined) throw unsupported(machine);
  if (found.folder === undefined) throw lacking(...lackOf(found, `the binary for ${here(machine)}`));
  const called = `the binary of ${found.name}`;
  const file = path.join(found.folder, `secret-baker.${platform}.node`);
  if (!isFile(file)) throw lacking(`${called}: there is no such file (${shown(file)})`, ANEW);
  return { file, called, mend: INSTALL, anew: ANEW };
};

/** @param {Machine} machine */
const unsupported = (machine) => {
  const supported = Object.keys(optionalDependencies)
    .filter((dependency) => dependency !== `${name}-launcher`)
    .map((dependency) => dependency.slice(name.length + 1));
  return lacking(`there is no binary of ${name} for ${here(machine)}, only for ${supported.join(', ')}`, BUILD);
};

/**
 * @param {Binary} binary
 * @param {Machine} machine
 * @param {(file: string) => Binding} load
 * @returns {Binding}
 * @throws {Failure}
 */
const loaded = ({ file, called, mend, anew = mend }, machine, load) => {
  try {
    return load(file);
  } catch (error) {
    const needed = misfit(error, machine);
    const what = `${called} cannot be loaded on ${here(machine)}`;
    if (needed === undefined) throw lacking(`${what}: ${reasonOf(error)}`, anew);
    throw lacking(`${what}: it needs ${needed}`, BUILD);
  }
};

/**
 * Whether a binary is for another C library.
 * @param {unknown} error of the loader
 * @param {Machine} machine
 * @returns {string | undefined} what it needs
 */
const misfit = (error, { platform, glibc }) => {
  if (platform !== 'linux' || !(error instanceof Error)) return undefined;
  const [, newer] = /version `GLIBC_(\d+(?:\.\d+)+)' not found/.exec(error.message) ?? [];
  if (newer !== undefined) return `glibc ${newer} or newer`;
  if (glibc !== undefined) return /\b(?:libc|ld)[.-]musl-/.test(error.message) ? 'musl instead of glibc' : undefined;
  return /\b(?:ld-linux-[\w-]+\.so|libc\.so\.6)\b/.test(error.message) ? 'glibc instead of musl' : undefined;
};

/** @param {Machine} machine */
const here = (machine) => `${machineWords(machine)} (Node ${process.versions.node})`;

/**
 * Whether a file can be seen there: not where a folder of its path is none, a link leads round, or it must not be looked at.
 * @param {string} file
 */
const isFile = (file) => {
  try {
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
};

/**
 * @param {string} message
 * @param {string} hint
 */
const lacking = (message, hint) => new Failure('SECRET_BAKER_NO_BINARY', message, hint);

const BUILD =
  `build it on this machine, with Rust, and let ${VARIABLE} name the .node file that this makes: ` +
  `git clone --branch v${version} ${repository.url.replace(/^git\+/, '')} && cd ${name} && npm ci && npm run build`;

module.exports = { loadBinary };
