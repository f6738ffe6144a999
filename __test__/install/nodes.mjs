// The versions of Node.js that a project may have: those that the tests with Lambda's clients bring.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { nodeFolder, VERSIONS } from '../lambda/nodes.mjs';

/** Their programs by major version, or why there is none. @type {Record<string, {node?: string, skip?: string}>} */
export const nodes = Object.fromEntries(VERSIONS.map((version) => [version, nodeOf(version)]));

/** @param {string} version */
function nodeOf(version) {
  const node = join(nodeFolder(version), 'bin/node');
  if (existsSync(node)) return { node };
  // The one that runs the tests is as good.
  if (process.versions.node.split('.')[0] === version) return { node: process.execPath };
  return { skip: `the package with Node.js ${version} is for Linux on x64` };
}
