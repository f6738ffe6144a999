// The package for Node.js as npm gets it, in runtime/node/dist: one file of code, because a cold start pays for each file that is
// loaded, without comments.

import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from '../__test__/aws/python.mjs';

const from = join(root, 'runtime/node');
const to = join(from, 'dist');

rmSync(to, { recursive: true, force: true });
mkdirSync(to);
await build({
  entryPoints: [join(from, 'index.js')],
  outfile: join(to, 'index.js'),
  bundle: true,
  platform: 'node',
  target: 'node20.16',
  // Names stay: they stand in stack traces.
  minifySyntax: true,
  minifyWhitespace: true,
});
const asTheyAre = [
  'index.mjs',
  'index.d.ts',
  'index.d.mts',
  'env.js',
  'env.mjs',
  'env.d.ts',
  'env.d.mts',
  'package.json',
  'README.md',
];
for (const name of asTheyAre) copyFileSync(join(from, name), join(to, name));
copyFileSync(join(root, 'LICENSE'), join(to, 'LICENSE'));
