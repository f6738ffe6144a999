// A handler in one of the forms that it may have: it answers two invocations, asks once for each secret, and shows none.

import assert from 'node:assert/strict';
import { startFunction } from './clients.mjs';
import { answerOf } from './runtime-api.mjs';
import { assertUnseen } from './task.mjs';

/**
 * @param {import('node:test').TestContext} t
 * @param {import('./clients.mjs').Client} client
 * @param {import('../aws/stand-in.mjs').StandIn} standIn
 * @param {{folder: string, env: NodeJS.ProcessEnv, values: Record<string, string>}} handler `values`: what it opens and answers
 */
export async function answersTwice(t, client, standIn, { folder, env, values }) {
  await standIn.reset();
  const started = await startFunction(client, { folder, env: { AWS_ENDPOINT_URL: standIn.endpoint, ...env } });
  t.after(() => started.stop());
  await started.api.initialised();
  assert.deepEqual(answerOf(await started.api.invoke()), values, started.output);
  assert.deepEqual(answerOf(await started.api.invoke()), values, started.output);
  assert.equal((await standIn.calls()).length, Object.keys(values).length);
  assertUnseen(started, Object.values(values));
  assert.deepEqual(started.api.refused, []);
}
