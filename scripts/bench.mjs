// `npm run bench`: sets up, builds what we ship, then measures. Takes some minutes.

import { join } from 'node:path';
import { root } from '../__test__/aws/python.mjs';
import { run } from './run.mjs';
import { setUp } from './steps.mjs';

await setUp(['packages', 'runtime', 'python', 'v3', 'bench', 'addon', 'launcher']);
console.log('set-up: the Rust core as we ship it (cargo build --release) ...');
await run('npm', ['run', 'build:release', '--', '--', '--locked'], { cwd: root, quiet: true });
await run(process.execPath, [join(root, 'bench/main.mjs'), ...process.argv.slice(2)], { cwd: root });
