// Lambda freezes a function whenever it likes, in the middle of a call to KMS too. The time for which it stands still is nobody's.

import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startStandIn } from '../aws/stand-in.mjs';
import { until } from '../e2e/harness.mjs';
import { nodeClients, pythonClients, startFunction } from './clients.mjs';
import { answerOf } from './runtime-api.mjs';
import { addLauncher, assertUnseen, bundleOf, nodeTask, noLauncher, pythonTask } from './task.mjs';

/** @import { StandIn } from '../aws/stand-in.mjs' */
/** @import { Client, LambdaFunction } from './clients.mjs' */

const value = 'plaintext of ONE ☃';
/** Milliseconds: of an answer of KMS, and of a freeze, which outlasts what an attempt, a wish and the launcher are given. */
const [SLOW, FREEZE] = [1_500, 9_000];
/** Milliseconds for all of them: the first is frozen until the last one asks. */
const PATIENCE = 300_000;

const NODE = `const { configure, secret } = require('secret-baker');
configure({ timeout: 7_000 });
exports.hello = async () => ({ one: await secret('ONE') });`;
const NODE_ENV = "require('secret-baker/env');\nexports.hello = async () => ({ one: process.env.ONE });";
const PLAIN = 'exports.hello = async () => ({ one: process.env.ONE });';
const PYTHON = `from secret_baker import configure, secret
configure(timeout=7)
def hello(event, context):
    return {"one": secret("ONE")}
`;

/** @type {StandIn} */
let standIn;
/** @type {Record<string, string>} */
let bundle;
before(async () => {
  standIn = await startStandIn();
  await standIn.putSecret('/app/ONE', value);
  bundle = await bundleOf(standIn, { ONE: '/app/ONE' });
});
after(() => standIn.stop());

it('a freeze during a call to KMS counts for nothing: the answer that came meanwhile is taken', async (t) => {
  const cases = functions(t);
  await standIn.reset();
  await standIn.faults([{ target: 'TrentService.Decrypt', latency_ms: SLOW }]);
  const env = { AWS_ENDPOINT_URL: standIn.endpoint };
  const frozen = /** @type {{started: LambdaFunction, answered: Promise<any>}[]} */ ([]);
  for (const { client, ...options } of cases) {
    const started = await startFunction(client, { ...options, env, patience: PATIENCE });
    t.after(() => started.stop());
    const answered = started.api.invoke();
    answered.catch(() => {});
    frozen.push({ started, answered });
    await until(`${client.name} asks KMS`, async () => (await standIn.calls()).length === frozen.length);
    started.freeze();
  }
  await sleep(FREEZE);
  for (const { started } of frozen) started.thaw();
  for (const { started, answered } of frozen) {
    assert.deepEqual(answerOf(await answered), { one: value }, started.output);
    assertUnseen(started, [value]);
  }
  assert.equal((await standIn.calls()).length, frozen.length);
});

/** @typedef {{client: Client, folder: string, wrapper?: string}} Case */

/** @param {import('node:test').TestContext} t @returns {Case[]} */
function functions(t) {
  const had = (/** @type {Client[]} */ clients) => clients.filter(({ name, skip }) => !skip || t.diagnostic(`${name}: ${skip}`));
  const nodes = had(nodeClients).flatMap((client) =>
    [NODE, NODE_ENV].map((code) => ({ client, folder: nodeTask(t, { 'handler.js': code, ...bundle }) })),
  );
  const pythons = had(pythonClients).map((client) => ({ client, folder: pythonTask(t, { 'handler.py': PYTHON, ...bundle }) }));
  const [{ client } = {}] = nodes;
  if (!client || noLauncher) return [...nodes, ...pythons];
  const folder = nodeTask(t, { 'handler.js': PLAIN, ...bundle });
  return [...nodes, ...pythons, { client, folder, wrapper: addLauncher(folder) }];
}
