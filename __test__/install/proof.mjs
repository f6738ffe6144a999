// What the tests of this folder find already there: the packages, and the registry that has them.

import { readFileSync } from 'node:fs';
import { platformOf, thisMachine } from '../../plugin/platform.js';
import { PROOF } from './packages.mjs';

/** @import { Packages } from './packages.mjs' */

const path = process.env[PROOF];
if (path === undefined) throw new Error('these tests need packages and a registry: npm test -- install');

/** @type {{registry: string, packages: Packages}} */
export const { registry, packages } = JSON.parse(readFileSync(path, 'utf8'));

export const PLUGIN = 'serverless-secret-baker';
export const LAUNCHER = `${PLUGIN}-launcher`;
/** What has this machine's binary. */
export const BINARY = `${PLUGIN}-${platformOf(thisMachine())}`;

/** @param {string} name of a package for npm */
export function packed(name) {
  const found = packages.npm.find((one) => one.name === name);
  if (!found) throw new Error(`${name} was not packed`);
  return found;
}
