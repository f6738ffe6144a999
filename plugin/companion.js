'use strict';

const { createRequire } = require('node:module');
const path = require('node:path');
const { name: plugin, optionalDependencies, version } = require('../package.json');

/**
 * A package that is published with the plugin, in the same version: a platform's binary, or the launchers.
 * @typedef {object} Companion
 * @property {string} name
 * @property {string} [folder] where it is installed; absent: it is not
 * @property {string} [version] that which is installed
 * @property {string} install the command that brings the right one
 */

/**
 * @param {string} part the last of its name
 * @param {string} root the plugin's folder, from which it is looked for
 * @returns {Companion | undefined} undefined where none is published
 */
const companion = (part, root) => {
  const name = `${plugin}-${part}`;
  if (!Object.hasOwn(optionalDependencies, name)) return undefined;
  const found = { name, install: `npm install --save-optional ${name}@${version}` };
  const require = createRequire(path.join(root, 'package.json'));
  try {
    const file = require.resolve(`${name}/package.json`);
    return { ...found, folder: path.dirname(file), version: String(require(file).version) };
  } catch {
    return found;
  }
};

/** Why one is missing that npm should have installed. */
const FORGOTTEN =
  'npm leaves it out with --omit=optional, and where package-lock.json or node_modules comes from another platform';

module.exports = { FORGOTTEN, companion };
