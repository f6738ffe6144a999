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
for (const name of ['index.js', 'env.js']) {
  await build({
    entryPoints: [join(from, name)],
    outfile: join(to, name),
    bundle: true,
    // Of what is in both, there may be one only.
    external: ['./index.js'],
    platform: 'node',
    target: 'node20.16',
    // Names stay: they stand in stack traces.
    minifySyntax: true,
    minifyWhitespace: true,
    // Node shows the line of what nobody caught.
    lineLimit: 130,
  });
}
for (const name of ['index.mjs', 'index.d.ts', 'index.d.mts', 'env.d.ts', 'package.json', 'README.md'])
  copyFileSync(join(from, name), join(to, name));
copyFileSync(join(root, 'LICENSE'), join(to, 'LICENSE'));
