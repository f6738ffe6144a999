'use strict';

const { createRequire } = require('node:module');
const path = require('node:path');
const { name: plugin, optionalDependencies, version } = require('../package.json');
const { reasonOf } = require('./failure.js');

/**
 * A package that is published with the plugin, in the same version: a platform's binary, or the launchers.
 * @typedef {object} Companion
 * @property {string} name
 * @property {string} [folder] where it is installed
 * @property {string} [version] that which is installed
 * @property {string} [damage] what is wrong with the installed one
 */

/**
 * @param {string} part the last of its name
 * @param {string} root the plugin's folder, from which it is looked for
 * @returns {Companion | undefined} undefined where none is published
 */
const companion = (part, root) => {
  const name = `${plugin}-${part}`;
  if (!Object.hasOwn(optionalDependencies, name)) return undefined;
  const require = createRequire(path.join(root, 'package.json'));
  try {
    const file = require.resolve(`${name}/package.json`);
    return { name, folder: path.dirname(file), version: String(require(file).version) };
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND';
    return isMissing ? { name } : { name, damage: reasonOf(error) };
  }
};

/**
 * Why one without a folder cannot be used.
 * @param {Companion} companion
 * @param {string} holds what it has for the user
 * @returns {[string, string]} message and hint
 */
const lackOf = ({ name, damage }, holds) => {
  if (damage !== undefined) return [`the package ${name}, which has ${holds}, cannot be read: ${damage}`, ANEW];
  const why = 'npm leaves it out with --omit=optional, and where package-lock.json or node_modules comes from another platform';
  return [`the package ${name}@${version} is not installed: it has ${holds}`, `${INSTALL}; ${why}`];
};

/**
 * What brings one that is missing, and the right version. Not the package by its name: it would become a dependency of the user's own,
 * which the framework packs into artefacts.
 */
const INSTALL = `npm install --save-dev --include=optional ${plugin}@${version}`;

/** What mends one that is damaged: npm leaves it as it is where its version is right. */
const ANEW = 'npm ci, which installs it anew';

module.exports = { ANEW, INSTALL, companion, lackOf };
