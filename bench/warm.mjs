// A secret that is open already: how long an awaited call takes, and what a value that is kept takes in memory.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../__test__/aws/python.mjs';
import { credentials, region } from '../__test__/aws/stand-in.mjs';

const PROGRAM = `
const { secret } = require(process.env.RUNTIME);
(async () => {
  const name = process.env.NAME;
  for (let i = 0; i < 2e5; i += 1) await secret(name);
  global.gc();
  const before = process.memoryUsage().heapUsed;
  const kept = [];
  for (let i = 0; i < 1000; i += 1) kept.push(await secret(name));
  global.gc();
  const bytes = (process.memoryUsage().heapUsed - before) / 1000;
  const started = process.hrtime.bigint();
  for (let i = 0; i < 1e6; i += 1) await secret(name);
  console.log(JSON.stringify({ warmNs: Number(process.hrtime.bigint() - started) / 1e6, warmBytes: Math.max(0, bytes), kept: kept.length }));
})();
`;

/**
 * @param {string} endpoint of KMS
 * @param {string} bundle path
 * @param {string} name of a secret in it
 * @returns {Promise<{warmNs: number, warmBytes: number}>}
 */
export async function measureWarm(endpoint, bundle, name) {
  const env = {
    RUNTIME: join(root, 'runtime/node/dist'),
    NAME: name,
    SECRET_BAKER_FILE: bundle,
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', '-e', PROGRAM], { env });
  const { warmNs, warmBytes } = JSON.parse(stdout);
  return { warmNs, warmBytes };
}
