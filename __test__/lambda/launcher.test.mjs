// The launcher in front of what Lambda starts: a managed runtime whose wrapper it is, and a `bootstrap` in shell that it becomes.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startStandIn } from '../aws/stand-in.mjs';
import { addLauncher, noLauncher } from '../launcher.mjs';
import { bootstrapClient, nodeClients, pythonClients, startFunction } from './clients.mjs';
import { answerOf } from './runtime-api.mjs';
import { assertUnseen, baked, taskFolder } from './task.mjs';

/** @import { StandIn } from '../aws/stand-in.mjs' */
/** @import { Client, LambdaFunction } from './clients.mjs' */

const values = { ONE: 'plaintext of ONE ☃', TWO: 'plaintext of TWO ☃' };
/** Milliseconds. */
const FREEZE = 1_000;

const HANDLERS = {
  'handler.js': 'exports.hello = async () => ({ ONE: process.env.ONE, TWO: process.env.TWO });',
  'handler.py': 'import os\ndef hello(event, context):\n    return {name: os.environ[name] for name in ("ONE", "TWO")}\n',
};
const BOOTSTRAP = '#!/bin/sh\nexec "$LAMBDA_TASK_ROOT/secret-baker-launcher" "$LAMBDA_TASK_ROOT/real-bootstrap"\n';
/** A function in shell, which answers with its variables and fails where the event says so. */
const IN_SHELL = `#!/bin/sh
set -eu
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
headers=$(mktemp)
trap 'rm -f "$headers"' EXIT
while :; do
  event=$(curl -sS --fail -D "$headers" "$api/next")
  id=$(sed -n 's/[[:space:]]*$//; s/^[Ll]ambda-[Rr]untime-[Aa]ws-[Rr]equest-[Ii]d: //p' "$headers")
  case $event in
    *fail*) printf '{"errorType":"Shell.Failed","errorMessage":"as the event says"}' | curl -sS --fail -o /dev/null --data-binary @- "$api/$id/error" ;;
    *) printf '{"ONE":"%s","TWO":"%s"}' "$ONE" "$TWO" | curl -sS --fail -o /dev/null --data-binary @- "$api/$id/response" ;;
  esac
done
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

describe('the launcher', { skip: noLauncher }, () => {
  for (const client of [...nodeClients, ...pythonClients]) {
    it(`as the wrapper of ${client.name}: the handler reads its variables`, { skip: client.skip }, async (t) => {
      const folder = taskFolder(t, { ...HANDLERS, ...bundle });
      await answersTwice(await start(t, client, folder, addLauncher(folder)));
    });
  }

  const noCurl =
    spawnSync('curl', ['--version']).status === 0 ? false : 'the bootstrap in shell speaks HTTP by curl, which is not here';
  describe('that a bootstrap in shell becomes', { skip: noCurl }, () => {
    const files = { bootstrap: BOOTSTRAP, 'real-bootstrap': IN_SHELL };

    it('answers, fails and answers, with the secrets in its variables', async (t) => {
      const folder = taskFolder(t, { ...files, ...bundle });
      addLauncher(folder);
      const started = await start(t, bootstrapClient, folder);
      await answersTwice(started);
      const { kind, error } = await started.api.invoke({ fail: true });
      assert.deepEqual([kind, error.errorType], ['error', 'Shell.Failed']);
      assert.deepEqual(answerOf(await started.api.invoke()), values);
      assert.deepEqual(started.api.refused, []);
    });

    it('does not start when there is no bundle: the sentence is on stderr, and Lambda sees that it ends', async (t) => {
      const folder = taskFolder(t, files);
      addLauncher(folder);
      const started = await start(t, bootstrapClient, folder);
      assert.deepEqual(await started.end(), { code: 1, signal: null });
      assert.match(started.said.stderr, /there is no bundle.*SECRET_BAKER_BUNDLE_MISSING/);
      assert.equal(started.api.ready, undefined);
    });
  });
});

/**
 * @param {import('node:test').TestContext} t
 * @param {Client} client
 * @param {string} folder
 * @param {string} [wrapper]
 */
async function start(t, client, folder, wrapper) {
  await standIn.reset();
  const options = { folder, env: { AWS_ENDPOINT_URL: standIn.endpoint }, ...(wrapper !== undefined && { wrapper }) };
  const started = await startFunction(client, options);
  t.after(() => started.stop());
  return started;
}

/** @param {LambdaFunction} started */
async function answersTwice(started) {
  await started.api.initialised();
  assert.equal((await standIn.calls()).length, 2);
  assert.deepEqual(answerOf(await started.api.invoke()), values, started.output);
  started.freeze();
  await sleep(FREEZE);
  started.thaw();
  assert.deepEqual(answerOf(await started.api.invoke()), values, started.output);
  assert.equal((await standIn.calls()).length, 2);
  assertUnseen(started, Object.values(values));
}
