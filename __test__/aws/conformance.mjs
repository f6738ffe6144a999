// Runs conformance.py against a fresh stand-in; fails unless every check passes.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { python, testFolder } from './python.mjs';
import { startStandIn } from './stand-in.mjs';

const standIn = await startStandIn();
const script = join(testFolder, 'aws', 'conformance.py');
const { status } = spawnSync(python, [script, '--endpoint', standIn.endpoint, '--faults', '--quiet'], {
  stdio: 'inherit',
  timeout: 120_000,
});
await standIn.stop();
process.exit(status ?? 1);
