// A function without keys in its environment, as with SnapStart: it fetches them from an endpoint, under a token, and after a restore
// those of before count no longer.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startStandIn } from '../aws/stand-in.mjs';
import { addLauncher, noLauncher } from '../launcher.mjs';
import { nodeClients, pythonClients, startFunction } from './clients.mjs';
import { answerOf } from './runtime-api.mjs';
import { assertUnseen, baked, nodeTask, pythonTask } from './task.mjs';

/** @import { StandIn } from '../aws/stand-in.mjs' */
/** @import { Client } from './clients.mjs' */

const values = { EARLY: 'plaintext of EARLY ☃', LATE: 'plaintext of LATE ☃', HOOK: 'plaintext of HOOK ☃' };
const TOKEN = 'token-of-the-container';
const [BEFORE, AFTER] = ['AKIABEFORETHESNAPSHOT', 'AKIAAFTERTHERESTORE00'];

const NODE = `import { secret } from 'secret-baker';
const early = await secret('EARLY');
export const hello = async () => ({ early, late: await secret('LATE') });`;
const PYTHON = `from secret_baker import secret
early = secret("EARLY")
def hello(event, context):
    return {"early": early, "late": secret("LATE")}
`;
const HOOKS = `from secret_baker import secret
from snapshot_restore_py import register_after_restore, register_before_snapshot
opened = {}
@register_before_snapshot
def before():
    opened["early"] = secret("EARLY")
@register_after_restore
def after():
    opened["hook"] = secret("HOOK")
    opened["fresh"] = secret("EARLY", fresh=True)
def hello(event, context):
    return {**opened, "late": secret("LATE")}
`;

/** @type {StandIn} */
let standIn;
/** @type {Record<string, string>} */
let bundle;
before(async () => {
  standIn = await startStandIn();
  bundle = await baked(standIn, values);
});
after(() => standIn.stop());

for (const client of nodeClients) {
  describe(client.name, { skip: client.skip }, () => {
    const task = (/** @type {import('node:test').TestContext} */ t) => nodeTask(t, { 'handler.mjs': NODE, ...bundle });
    exchangesKeys(client, task);
  });
}

for (const client of pythonClients) {
  describe(client.name, { skip: client.skip }, () => {
    const task = (/** @type {import('node:test').TestContext} */ t) => pythonTask(t, { 'handler.py': PYTHON, ...bundle });
    exchangesKeys(client, task);

    it('opens in the hooks of a snapshot: before it with the keys of then, after the restore with those of now', async (t) => {
      const { started, container } = await startWithContainer(t, client, pythonTask(t, { 'handler.py': HOOKS, ...bundle }));
      await started.api.initialised();
      started.freeze();
      container.keys = AFTER;
      await refuseOnce();
      started.thaw();
      await started.api.restore();
      const { EARLY, LATE, HOOK } = values;
      assert.deepEqual(answerOf(await started.api.invoke()), { early: EARLY, hook: HOOK, fresh: EARLY, late: LATE });
      assert.deepEqual(await keysOfCalls(), [BEFORE, BEFORE, AFTER, AFTER, AFTER]);
      assertUnseen(started, [...Object.values(values), ...container.secrets]);
    });

    it('tells Lambda why a hook after the restore fails', async (t) => {
      const { started, container } = await startWithContainer(t, client, pythonTask(t, { 'handler.py': HOOKS, ...bundle }));
      await started.api.initialised();
      await standIn.faults([{ target: 'TrentService.Decrypt', error: 'AccessDeniedException' }]);
      await started.api.restore();
      assert.equal((await started.end()).code, 65);
      assert.equal(started.api.restoreError?.errorType, 'Runtime.AfterRestoreError');
      assert.match(
        started.api.restoreError?.error.errorMessage,
        /SECRET_BAKER_ACCESS_DENIED: secret `HOOK`: KMS denies kms:Decrypt/,
      );
      assertUnseen(started, [...Object.values(values), ...container.secrets]);
    });
  });
}

describe('the launcher', { skip: noLauncher || nodeClients[0]?.skip }, () => {
  it('opens with the keys of the container', async (t) => {
    const folder = nodeTask(t, { 'handler.js': 'exports.hello = async () => ({ early: process.env.EARLY });', ...bundle });
    const { started, container } = await startWithContainer(t, /** @type {Client} */ (nodeClients[0]), folder, {
      wrapper: addLauncher(folder),
    });
    assert.deepEqual(answerOf(await started.api.invoke()), { early: values.EARLY });
    assert.deepEqual(await keysOfCalls(), [BEFORE, BEFORE, BEFORE]);
    assertUnseen(started, [...Object.values(values), ...container.secrets]);
  });
});

/**
 * @param {Client} client
 * @param {(t: import('node:test').TestContext) => string} task
 */
function exchangesKeys(client, task) {
  it('takes its keys from the container, and others after a restore, for which those of before have expired', async (t) => {
    const { started, container } = await startWithContainer(t, client, task(t));
    await started.api.initialised();
    started.freeze();
    container.keys = AFTER;
    await refuseOnce();
    await sleep(500);
    started.thaw();
    if (client.kind === 'python') await started.api.restore();
    assert.deepEqual(answerOf(await started.api.invoke()), { early: values.EARLY, late: values.LATE });
    assert.deepEqual(await keysOfCalls(), [BEFORE, BEFORE, AFTER]);
    assert.equal(container.asked, 2);
    assertUnseen(started, [...Object.values(values), ...container.secrets]);
  });

  it('asks the container again when the end is near that it told', async (t) => {
    const { started, container } = await startWithContainer(t, client, task(t), { seconds: 30 });
    await started.api.initialised();
    container.keys = AFTER;
    if (client.kind === 'python') await started.api.restore();
    assert.deepEqual(answerOf(await started.api.invoke()), { early: values.EARLY, late: values.LATE });
    assert.deepEqual(await keysOfCalls(), [BEFORE, AFTER]);
    assertUnseen(started, [...Object.values(values), ...container.secrets]);
  });
}

/** The next call is signed by keys that have expired. */
function refuseOnce() {
  return standIn.faults([{ target: 'TrentService.Decrypt', times: 1, error: 'ExpiredTokenException' }]);
}

async function keysOfCalls() {
  return (await standIn.calls()).map(({ accessKeyId }) => accessKeyId);
}

/**
 * @param {import('node:test').TestContext} t
 * @param {Client} client
 * @param {string} folder
 * @param {{snapStart?: boolean, wrapper?: string, seconds?: number}} [options] `seconds`: how long keys last
 */
async function startWithContainer(t, client, folder, { snapStart = client.kind === 'python', wrapper, seconds = 3_600 } = {}) {
  await standIn.reset();
  const container = await startContainer(t, seconds);
  const env = {
    AWS_ENDPOINT_URL: standIn.endpoint,
    ...{ AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, AWS_SESSION_TOKEN: undefined },
    AWS_CONTAINER_CREDENTIALS_FULL_URI: container.url,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: TOKEN,
  };
  const started = await startFunction(client, { folder, env, snapStart, ...(wrapper !== undefined && { wrapper }) });
  t.after(() => started.stop());
  return { started, container };
}

/** @param {string} accessKeyId */
const secretKey = (accessKeyId) => `secret-key-of-${accessKeyId}`;

/**
 * What gives keys to those who know the token.
 * @param {import('node:test').TestContext} t
 * @param {number} seconds that they last
 */
async function startContainer(t, seconds) {
  const container = { url: '', keys: BEFORE, asked: 0, secrets: [TOKEN, secretKey(BEFORE), secretKey(AFTER)] };
  const server = http.createServer((request, response) => {
    container.asked += 1;
    const known = request.headers.authorization === TOKEN && request.url === '/2021-03-01/credentials';
    const Expiration = new Date(Date.now() + seconds * 1_000).toISOString();
    const keys = {
      AccessKeyId: container.keys,
      SecretAccessKey: secretKey(container.keys),
      Token: `token-of-${container.keys}`,
      Expiration,
    };
    response.writeHead(known ? 200 : 403, { 'content-type': 'application/json' }).end(known ? JSON.stringify(keys) : '{}');
  });
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  container.url = `http://127.0.0.1:${port}/2021-03-01/credentials`;
  return container;
}
