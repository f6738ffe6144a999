// The functions of the cold starts, each in a folder of its own, as a tool would put it into Lambda.

import { copyFileSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** @import { Client } from '../__test__/lambda/clients.mjs' */

const here = fileURLToPath(new URL('.', import.meta.url));

/** Where a function's code is: `index`, whose `handler` is called. */
export const HANDLER = 'index.handler';

/**
 * Node's are one file made by esbuild: minified, for Node.js, all else as it does by default. What is left out of that file lies
 * beside it, as the SDK lies in Lambda's runtime.
 * @param {string} folder where it is put
 * @param {string} name in `cold/`, without its end
 * @param {Client['kind']} kind
 * @param {string[]} external packages that are not put into the one file
 */
export async function makeFunction(folder, name, kind, external) {
  mkdirSync(folder, { recursive: true });
  if (kind === 'python') {
    copyFileSync(join(here, 'cold/loopback.py'), join(folder, 'loopback.py'));
    return copyFileSync(join(here, 'cold', `${name}.py`), join(folder, 'index.py'));
  }
  if (external.length > 0) symlinkSync(join(here, 'node_modules'), join(folder, 'node_modules'));
  await build({
    entryPoints: [join(here, 'cold', `${name}.mjs`)],
    outfile: join(folder, 'index.js'),
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    external,
  });
}
