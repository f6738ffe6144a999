// A process that Lambda freezes and thaws: stopped and continued by signals.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { parameter, startAws } from './fake-aws.mjs';
import { FILE, folderWith, keysAsEnv, script, start } from './workshop.mjs';

const one = parameter('/frozen/one', 'plaintext of one');
const two = parameter('/frozen/two', 'plaintext of two');
const cwd = folderWith({ [FILE]: { A: one.entry, B: two.entry } });

/** @type {Awaited<ReturnType<typeof startAws>>} */
let kms;
// One for each test, so that none counts the calls of another.
beforeEach(async () => {
  kms = await startAws([one.rule, two.rule]);
});
afterEach(() => kms.stop());

/** Opens a secret for each line of its input, and says what came of it and how long it took. */
const program = script(`
  baker.configure(JSON.parse(process.env.CONFIG));
  for await (const line of require('node:readline').createInterface({ input: process.stdin })) {
    print({ asking: line });
    const started = performance.now();
    const text = await baker.secret(line).catch((error) => error.message);
    print({ text, took: performance.now() - started });
  }`);

/**
 * It ends with the test, whatever becomes of that.
 * @param {import('node:test').TestContext} t
 * @param {object} [config]
 */
function startFunction(t, config = {}) {
  const env = { ...keysAsEnv, AWS_ENDPOINT_URL: kms.endpoint, CONFIG: JSON.stringify(config) };
  const { child, ended } = start(['-e', program], { cwd, env });
  t.after(() => child.kill('SIGKILL'));
  let seen = '';
  child.stdout.on('data', (chunk) => {
    seen += chunk;
  });
  const line = async (/** @type {number} */ number) => {
    while (seen.split('\n').length <= number + 1) {
      assert.equal(child.exitCode, null, 'the function ended');
      await sleep(5);
    }
    return JSON.parse(seen.split('\n')[number] ?? '');
  };
  return { child, ended, line, ask: (/** @type {string} */ name) => child.stdin.write(`${name}\n`) };
}

for (const [what, behaviour] of /** @type {[string, () => void][]} */ ([
  ['closes', () => kms.closeConnections()],
  [
    'resets',
    () => {
      for (const socket of kms.sockets) socket.resetAndDestroy();
    },
  ],
])) {
  test(`the kept connection, which the server ${what} during the freeze, costs nothing`, async (t) => {
    const { child, ended, line, ask } = startFunction(t);
    ask('A');
    assert.equal((await line(1)).text, 'plaintext of one');
    child.kill('SIGSTOP');
    await sleep(50);
    behaviour();
    // The next event is there when it wakes, perhaps before it learns of the connection's end.
    ask('B');
    await sleep(200);
    child.kill('SIGCONT');
    const { text, took } = await line(3);
    assert.equal(text, 'plaintext of two');
    assert.ok(took < 2_500, `${took}`);
    child.stdin.end();
    assert.equal((await ended).code, 0);
  });
}

test('frozen in the middle of a call for longer than its time: the answer is there, and is read', async (t) => {
  const { child, ended, line, ask } = startFunction(t, { timeout: 600, attemptTimeout: 500, connectTimeout: 500 });
  kms.next((_call, _response, ordinary) => {
    child.kill('SIGSTOP');
    setTimeout(ordinary, 50);
    setTimeout(() => child.kill('SIGCONT'), 1_500);
  });
  ask('A');
  const { text, took } = await line(1);
  assert.equal(text, 'plaintext of one');
  assert.ok(took > 1_000, `${took}`);
  assert.equal(kms.calls.length, 1);
  child.stdin.end();
  assert.equal((await ended).code, 0);
});

test('frozen in the middle of a call, and the connection is gone: asks again, signed anew', async (t) => {
  const { child, ended, line, ask } = startFunction(t, { timeout: 600, attemptTimeout: 500 });
  kms.next((_call, response) => {
    child.kill('SIGSTOP');
    setTimeout(() => response.socket?.destroy(), 50);
    setTimeout(() => child.kill('SIGCONT'), 1_500);
  });
  ask('A');
  assert.equal((await line(1)).text, 'plaintext of one');
  assert.equal(kms.calls.length, 2);
  assert.notEqual(kms.calls[0]?.headers['x-amz-date'], kms.calls[1]?.headers['x-amz-date']);
  child.stdin.end();
  assert.equal((await ended).code, 0);
});
