// `npm run demo`: the main job, visibly, against the local stand-in for AWS. `npm run demo -- --local`: without any AWS, real or not.
// Nothing leaves this machine.

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../__test__/aws/python.mjs';
import { setUp } from './steps.mjs';

const { values, positionals } = parseArgs({ options: { local: { type: 'boolean' } }, allowPositionals: true });
// The tests run it with an example that has a mistake in it.
const example = positionals[0] ?? join(root, 'examples/node');

await setUp(values.local ? ['packages', 'addon', 'runtime', 'v3'] : ['packages', 'python', 'addon', 'v3']);
const { demo } = values.local ? await import('./demo-local.mjs') : await import('./demo-aws.mjs');
if (!(await demo(example))) process.exitCode = 1;
