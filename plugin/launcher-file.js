'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { version } = require('../package.json');
const { INSTALL, companion, lackOf } = require('./companion.js');
const { Failure } = require('./failure.js');
const { shown, shownKey } = require('./shown.js');

/** @import { InstalledLauncher } from '../binding.js' */
/** @import { Companion } from './companion.js' */

/**
 * The launcher for a processor of Lambda: the one that was built in this clone, else that of its package. The machine that deploys
 * may have another processor.
 * @param {string} processor `x86_64` or `arm64`
 * @param {string} [root] the plugin's folder
 * @returns {string} the path of a gzip file
 * @throws {Failure} SECRET_BAKER_NO_LAUNCHER
 */
const findLauncher = (processor, root = path.join(__dirname, '..')) => {
  const file = `secret-baker-launcher-${processor}.gz`;
  const builtHere = path.join(root, 'launcher');
  if (filesIn(builtHere).includes(file)) return path.join(builtHere, file);
  const found = /** @type {Companion} */ (companion('launcher', root));
  if (found.folder === undefined) throw lacking(...lackOf(found, `the launcher for ${shownKey(processor)}`));
  if (found.version !== version) {
    const other = shown(String(found.version));
    throw lacking(`the installed ${found.name} is of version ${other}, and this plugin of ${version}`, INSTALL);
  }
  const files = filesIn(found.folder);
  if (files.includes(file)) return path.join(found.folder, file);
  const there = files.flatMap((each) => /^secret-baker-launcher-(\w+)\.gz$/.exec(each)?.[1] ?? []).join(', ');
  const lacks = `${found.name}@${version} has no launcher for ${shownKey(processor)}, only for ${there || 'none'}`;
  throw lacking(lacks, 'set `architecture` of the function to one of these');
};

/**
 * Those for all processors of Lambda, for a command that may want them.
 * @returns {InstalledLauncher[]}
 */
const installedLaunchers = () =>
  ['x86_64', 'arm64'].map((processor) => {
    try {
      return { processor, path: findLauncher(processor) };
    } catch (error) {
      if (error instanceof Failure) return { processor, lack: error.message };
      throw error;
    }
  });

/**
 * @param {string} message
 * @param {string} hint
 */
const lacking = (message, hint) => new Failure('SECRET_BAKER_NO_LAUNCHER', message, hint);

/** @param {string} folder */
const filesIn = (folder) => (fs.existsSync(folder) ? fs.readdirSync(folder) : []);

module.exports = { findLauncher, installedLaunchers };
