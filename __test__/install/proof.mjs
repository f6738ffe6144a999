// What the tests of this folder find already there: the packages, and the registry that has them.

import { readFileSync } from 'node:fs';
import { PROOF } from './packages.mjs';

/** @import { Packages } from './packages.mjs' */

const path = process.env[PROOF];
if (path === undefined) throw new Error('these tests need packages and a registry: npm test -- install');

/** @type {{registry: string, packages: Packages}} */
export const { registry, packages } = JSON.parse(readFileSync(path, 'utf8'));
