// `npx serverless ...`: osls 4, which the walks install.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../aws/python.mjs';

const [, , program, ...args] = process.argv;
if (program !== 'serverless') throw new Error(`nobody has said what \`npx ${program}\` does in a walk`);
const require = createRequire(import.meta.url);
require('../../e2e/compiled.cjs');
const cli = join(process.cwd(), '../node_modules/osls/bin/serverless.js');
process.argv = [process.argv0, cli, ...args];
require(join(root, '__test__/frameworks/osls4/node_modules/osls/bin/serverless.js'));
