// `npm run bench`: sets up, builds what we ship, then measures that. Takes some minutes.

import { join } from 'node:path';
import { root } from '../__test__/aws/python.mjs';
import { run } from './run.mjs';
import { setUp, steps } from './steps.mjs';

await setUp(['packages', 'runtime', 'python', 'v3', 'bench', 'lambda', 'release', 'launcher']);
const SECRET_BAKER_BINARY = join(root, String(steps.release?.makes[0]));
const env = { ...process.env, SECRET_BAKER_BINARY };
await run(process.execPath, [join(root, 'bench/main.mjs'), ...process.argv.slice(2)], { cwd: root, env });
