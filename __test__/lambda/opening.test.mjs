// Secrets opened at module level, in the handler and side by side, in the bootstrap of each version of Node.js and Python that
// Lambda has: how often KMS is asked, over a freeze too.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startStandIn } from '../aws/stand-in.mjs';
import { nodeClients, pythonClients, startFunction } from './clients.mjs';
import { answerOf } from './runtime-api.mjs';
import { assertUnseen, baked, nodeTask, pythonTask } from './task.mjs';

/** @import { Client } from './clients.mjs' */
/** @import { StandIn } from '../aws/stand-in.mjs' */

const values = { EARLY: 'plaintext of EARLY ☃', LATE: 'plaintext of LATE ☃', OTHER: 'plaintext of OTHER ☃' };
/** Milliseconds. */
const FREEZE = 1_000;

/** @type {StandIn} */
let standIn;
/** @type {Record<string, string>} */
let bundle;
before(async () => {
  standIn = await startStandIn();
  bundle = await baked(standIn, values);
});
after(() => standIn.stop());

const NODE_MODULE = `import { secret, secrets } from 'secret-baker';
const early = await secret('EARLY');
export const hello = async () => {
  const late = await Promise.all([secret('LATE'), secret('LATE'), secret('OTHER'), secret('LATE')]);
  const { EARLY, LATE, OTHER } = await secrets();
  console.log('opened', await secrets());
  return { early, late, all: { EARLY, LATE, OTHER } };
};
`;
const PYTHON = `from concurrent.futures import ThreadPoolExecutor
from secret_baker import secret, secrets
early = secret("EARLY")
def hello(event, context):
    with ThreadPoolExecutor() as pool:
        late = list(pool.map(secret, ["LATE", "LATE", "OTHER", "LATE"]))
    every = secrets()
    print("opened", every)
    return {"early": early, "late": late, "all": {name: every[name] for name in ("EARLY", "LATE", "OTHER")}}
`;

for (const client of nodeClients) {
  describe(client.name, { skip: client.skip }, () => {
    it('opens at module level, in the handler and side by side, each secret once in the life of a process', (t) =>
      opensOnce(t, client, nodeTask(t, { 'handler.mjs': NODE_MODULE, ...bundle })));

    it('fails one invocation with the sentence of a secret that does not open, and asks again for the next', (t) =>
      failsOnce(t, client, nodeTask(t, { 'handler.mjs': NODE_MODULE, ...bundle })));
  });
}

for (const client of pythonClients) {
  describe(client.name, { skip: client.skip }, () => {
    it('opens at module level, in the handler and side by side, each secret once in the life of a process', (t) =>
      opensOnce(t, client, pythonTask(t, { 'handler.py': PYTHON, ...bundle })));

    it('fails one invocation with the sentence of a secret that does not open, and asks again for the next', (t) =>
      failsOnce(t, client, pythonTask(t, { 'handler.py': PYTHON, ...bundle })));
  });
}

/**
 * @param {import('node:test').TestContext} t
 * @param {Client} client
 * @param {string} folder
 */
async function opensOnce(t, client, folder) {
  await standIn.reset();
  const started = await startFunction(client, { folder, env: { AWS_ENDPOINT_URL: standIn.endpoint } });
  t.after(() => started.stop());
  await started.api.initialised();
  assert.equal((await standIn.calls()).length, 1, started.output);
  const { EARLY, LATE, OTHER } = values;
  const expected = { early: EARLY, late: [LATE, LATE, OTHER, LATE], all: values };
  assert.deepEqual(answerOf(await started.api.invoke()), expected);
  assert.equal((await standIn.calls()).length, 3);
  started.freeze();
  await sleep(FREEZE);
  started.thaw();
  assert.deepEqual(answerOf(await started.api.invoke()), expected);
  assert.equal((await standIn.calls()).length, 3);
  assert.match(started.output, /opened/);
  assertUnseen(started, Object.values(values));
}

/**
 * @param {import('node:test').TestContext} t
 * @param {Client} client
 * @param {string} folder
 */
async function failsOnce(t, client, folder) {
  await standIn.reset();
  const started = await startFunction(client, { folder, env: { AWS_ENDPOINT_URL: standIn.endpoint } });
  t.after(() => started.stop());
  await started.api.initialised();
  await standIn.faults([{ target: 'TrentService.Decrypt', error: 'AccessDeniedException' }]);
  const { kind, error } = await started.api.invoke();
  assert.deepEqual([kind, error.errorType], ['error', 'SecretBakerError'], started.output);
  assert.match(error.errorMessage, /secret `(LATE|OTHER)`: KMS denies kms:Decrypt/);
  await standIn.faults();
  assert.deepEqual(answerOf(await started.api.invoke()).all, values, started.output);
  assertUnseen(started, Object.values(values));
}
