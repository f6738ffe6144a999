// Lambda freezes a function whenever it likes, in the middle of a call too. The time for which it stands still is nobody's.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { after, before, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { credentials, startStandIn } from '../aws/stand-in.mjs';
import { until } from '../e2e/harness.mjs';
import { addLauncher, noLauncher } from '../launcher.mjs';
import { nodeClients, pythonClients, startFunction } from './clients.mjs';
import { answerOf } from './runtime-api.mjs';
import { assertUnseen, baked, nodeTask, pythonTask } from './task.mjs';

/** @import { StandIn } from '../aws/stand-in.mjs' */
/** @import { Client, LambdaFunction } from './clients.mjs' */

const value = 'plaintext of ONE ☃';
/** Milliseconds: of an answer, and of a freeze, which outlasts what an attempt, a wish and the launcher are given. */
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
  bundle = await baked(standIn, { ONE: value });
});
after(() => standIn.stop());

/**
 * @typedef {object} Slow what a function waits for
 * @property {NodeJS.ProcessEnv} env
 * @property {() => Promise<number>} asked how many functions wait, or have waited
 */

/** @type {Record<string, (t: import('node:test').TestContext) => Promise<Slow>>} */
const states = {
  'before KMS answers': async () => {
    await standIn.faults([{ target: 'TrentService.Decrypt', latency_ms: SLOW }]);
    return { env: { AWS_ENDPOINT_URL: standIn.endpoint }, asked: async () => (await standIn.calls()).length };
  },
  'between two parts of the answer of KMS': async (t) => {
    const { url, asked } = await startSlow(t, async ({ headers, body }) => {
      const { authorization, 'x-amz-target': target, 'content-type': type } = headers;
      const own = { authorization: String(authorization), 'x-amz-target': String(target), 'content-type': String(type) };
      const answer = await fetch(standIn.endpoint, { method: 'POST', headers: own, body });
      return answer.text();
    });
    return { env: { AWS_ENDPOINT_URL: url }, asked };
  },
  'between two parts of the answer of the container': async (t) => {
    const keys = { AccessKeyId: credentials.accessKeyId, SecretAccessKey: credentials.secretAccessKey, Token: 'a-session-token' };
    const Expiration = new Date(Date.now() + 3_600_000).toISOString();
    const { url, asked } = await startSlow(t, async () => JSON.stringify({ ...keys, Expiration }));
    const none = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, AWS_SESSION_TOKEN: undefined };
    const container = { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/keys`, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'a-token' };
    return { env: { ...none, ...container, AWS_ENDPOINT_URL: standIn.endpoint }, asked };
  },
};

for (const [state, prepare] of Object.entries(states)) {
  it(`a freeze ${state} counts for nothing: the answer that came meanwhile is taken`, async (t) => {
    await standIn.reset();
    const { env, asked } = await prepare(t);
    const frozen = /** @type {{started: LambdaFunction, answered: Promise<any>}[]} */ ([]);
    for (const { client, ...options } of functions(t)) {
      const started = await startFunction(client, { ...options, env, patience: PATIENCE });
      t.after(() => started.stop());
      const answered = started.api.invoke();
      answered.catch(() => {});
      frozen.push({ started, answered });
      await until(`${client.name} asks`, async () => (await asked()) === frozen.length);
      started.freeze();
    }
    await sleep(FREEZE);
    for (const { started } of frozen) started.thaw();
    for (const { started, answered } of frozen) {
      assert.deepEqual(answerOf(await answered), { one: value }, started.output);
      assertUnseen(started, [value]);
    }
    assert.deepEqual([await asked(), (await standIn.calls()).length], [frozen.length, frozen.length]);
  });
}

/** @typedef {{headers: http.IncomingHttpHeaders, body: Buffer}} Request */

/**
 * A server whose answers come in two parts.
 * @param {import('node:test').TestContext} t
 * @param {(request: Request) => Promise<string>} answer
 */
async function startSlow(t, answer) {
  let count = 0;
  const server = http.createServer(async (request, response) => {
    const text = await answer({ headers: request.headers, body: Buffer.concat(await request.toArray()) });
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
    response.write(text.slice(0, 10));
    count += 1;
    await sleep(SLOW);
    response.end(text.slice(10));
  });
  server.keepAliveTimeout = 0;
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${port}`, asked: async () => count };
}

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
