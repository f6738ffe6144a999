'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { version } = require('../package.json');
const { FORGOTTEN, companion } = require('./companion.js');
const { Failure } = require('./failure.js');
const { shown, shownKey } = require('./shown.js');

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
  const { name, folder, version: other, install } = /** @type {Companion} */ (companion('launcher', root));
  if (folder === undefined) {
    const missing = `the package ${name}@${version} is not installed: it has the launcher for ${shownKey(processor)}`;
    throw new Failure('SECRET_BAKER_NO_LAUNCHER', missing, `${install}; ${FORGOTTEN}`);
  }
  if (other !== version) {
    const differs = `the installed ${name} is of version ${shown(String(other))}, and this plugin of ${version}`;
    throw new Failure('SECRET_BAKER_NO_LAUNCHER', differs, install);
  }
  if (filesIn(folder).includes(file)) return path.join(folder, file);
  const there = filesIn(folder).flatMap((each) => /^secret-baker-launcher-(\w+)\.gz$/.exec(each)?.[1] ?? []);
  const lacks = `${name}@${version} has no launcher for ${shownKey(processor)}, only for ${there.join(', ') || 'none'}`;
  throw new Failure('SECRET_BAKER_NO_LAUNCHER', lacks, 'set `architecture` of the function to one of these');
};

/** @param {string} folder */
const filesIn = (folder) => (fs.existsSync(folder) ? fs.readdirSync(folder) : []);

module.exports = { findLauncher };
