// Lambda's versions of Node.js, and its runtime interface client. Only Node's own modules: set-up uses it.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../scripts/run.mjs';
import { root } from '../aws/python.mjs';

/** Lambda's versions of Node.js. */
export const VERSIONS = /** @type {const} */ (['20', '22', '24']);

const packages = join(root, '__test__/lambda/node_modules');

/** The client's JavaScript, which Lambda has as `/var/runtime/index.mjs`. */
export const CLIENT = join(packages, 'aws-lambda-ric/index.mjs');

/** The client's addon, which set-up builds. */
export const NATIVE_CLIENT = join(packages, 'aws-lambda-ric/rapid-client.node');

/** @param {string} version */
export const nodeFolder = (version) => join(packages, `node${version}`);

/**
 * Why the client cannot be built here.
 * @returns {string | undefined}
 */
export function missingForNode() {
  if (!existsSync(nodeFolder('22'))) return 'the packages with Node.js 20, 22 and 24 are for Linux on x64';
  const tools = [
    ['make', '--version'],
    ['xz', '--version'],
    ['tar', '--version'],
    ['c++', '--version'],
  ];
  const missing = tools.filter(([tool = '', ...args]) => !run.works(tool, args)).map(([tool]) => tool);
  return missing.length > 0 ? `aws-lambda-ric cannot be built without ${missing.join(', ')}` : undefined;
}
