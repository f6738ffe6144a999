'use strict';

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { BUNDLE } = require('./fake-core.js');
const { fakeService } = require('./fake-serverless.js');

const FILE = 'secret-baker-secrets.json';
const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
const ENDS = [
  'after:package:compileFunctions',
  'after:deploy:function:deploy',
  'after:invoke:local:invoke',
  'before:offline:start:end',
  'finalize',
  'error',
];

for (const event of ENDS) {
  test(`${event}: removes the file`, async (t) => {
    const service = fakeService();
    t.after(service.remove);
    await service.run('after:package:cleanup');
    assert.equal(service.file(), BUNDLE);
    await service.run(event);
    assert.equal(service.file(), undefined);
  });

  test(`${event}: does nothing where nothing was written, and is harmless when repeated`, async (t) => {
    const service = fakeService();
    t.after(service.remove);
    await service.run(event, event);
    assert.equal(service.core.loads, 0);
    await service.run('after:package:cleanup', event, event);
    assert.equal(service.core.folder.filter((line) => line === 'release').length, 1);
  });

  test(`${event}: keeps the file with --no-secret-baker-cleanup`, async (t) => {
    const service = fakeService({ options: { 'secret-baker-cleanup': false } });
    t.after(service.remove);
    await service.run('after:package:cleanup', event);
    assert.equal(service.file(), BUNDLE);
  });
}

test('finalize: the plugin listens to the process no longer', async (t) => {
  const count = () => [...SIGNALS, 'exit'].map((event) => process.listenerCount(event));
  const before = count();
  const service = fakeService();
  t.after(service.remove);
  assert.deepEqual(count(), before);
  await service.run('after:package:cleanup');
  assert.deepEqual(
    count(),
    before.map((listeners) => listeners + 1),
  );
  await service.run('finalize');
  assert.deepEqual(count(), before);
});

test('finalize: takes along the copies that a bundler keeps, and no file of others', async (t) => {
  const service = fakeService({ custom: { secretBaker: ['A'], esbuild: { outputWorkFolder: 'out' } } });
  t.after(service.remove);
  await service.run('after:package:cleanup');
  const ours = ['out/.build', 'out/.build/__only_a', '.webpack/service', '.build', '.serverless/build'];
  const others = ['out/.build/node_modules/x', 'elsewhere'];
  for (const dir of [...ours, ...others]) {
    fs.mkdirSync(path.join(service.dir, dir), { recursive: true });
    fs.writeFileSync(path.join(service.dir, dir, FILE), BUNDLE);
  }
  fs.mkdirSync(path.join(service.dir, '.esbuild'));
  fs.writeFileSync(path.join(service.dir, '.esbuild', FILE), BUNDLE);
  fs.writeFileSync(path.join(service.dir, '.build', FILE), 'of another run');
  await service.run('finalize');
  const left = fs.readdirSync(service.dir, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith(FILE));
  assert.deepEqual(left.sort(), [`.build/${FILE}`, `.esbuild/${FILE}`, ...others.map((dir) => `${dir}/${FILE}`)].sort());
});

test('finalize: `dev` of serverless 4 serves on, and keeps the file until the process leaves', async (t) => {
  const service = fakeService({ serverless: { devmodeEnabled: true } });
  t.after(service.remove);
  await service.run('before:package:cleanup', 'before:dev:dev', 'after:package:compileFunctions', 'finalize');
  assert.equal(service.file(), BUNDLE);
  assert.equal(service.core.right.at(-1), 'release', 'others may package meanwhile');
  await service.run('error');
  assert.equal(service.file(), undefined);
});

test('exit: removes the file of `dev`, which is over', async (t) => {
  const end = await ended(t, { stage: 'dev' });
  assert.deepEqual(end, { code: 5, signal: null, said: 'written\n', files: [] });
});

test('before:invoke:local:loadEnvVars: after a clean-up writes the file anew, without another bake', async (t) => {
  const service = fakeService();
  t.after(service.remove);
  await service.run('after:package:cleanup', 'after:package:compileFunctions', 'before:invoke:local:loadEnvVars');
  assert.equal(service.file(), BUNDLE);
  assert.equal(service.core.requests.length, 1);
});

/**
 * Starts a process that bakes, waits until it has come to `stage`, then sends it the signal, if any.
 * @param {import('node:test').TestContext} t
 * @param {{stage: string, signal?: NodeJS.Signals, keep?: boolean, others?: boolean}} run
 * @returns {Promise<{code: number | null, signal: NodeJS.Signals | null, said: string, files: string[]}>}
 */
const ended = async (t, { stage, signal, keep = false, others = false }) => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'secret-baker-test-'));
  t.after(() => fs.rmSync(dir, { recursive: true }));
  const args = [path.join(__dirname, 'leaving.js'), JSON.stringify({ dir, stage, keep, others })];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], timeout: 20_000 });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    if (signal && said === '') child.kill(signal);
    said += text;
  });
  const [code, by] = await once(child, 'close');
  return { code, signal: by, said, files: fs.readdirSync(dir) };
};

for (const signal of SIGNALS) {
  test(`${signal}: while the file is there, removes it; the process ends by the signal`, async (t) => {
    const end = await ended(t, { stage: 'written', signal });
    assert.deepEqual(end, { code: null, signal, said: 'written\n', files: [] });
  });

  test(`${signal}: while secrets are fetched, ends the process by the signal and leaves nothing`, async (t) => {
    const end = await ended(t, { stage: 'fetching', signal });
    assert.deepEqual(end, { code: null, signal, said: 'fetching\n', files: [] });
  });

  test(`${signal}: with another listener, it decides: the bake is cancelled, nothing is written, its exit code counts`, async (t) => {
    const end = await ended(t, { stage: 'fetching', signal, others: true });
    assert.deepEqual(end, { code: 7, signal: null, said: 'fetching\nSECRET_BAKER_CANCELLED\n', files: [] });
  });

  test(`${signal}: with --no-secret-baker-cleanup, the file stays`, async (t) => {
    const end = await ended(t, { stage: 'written', signal, keep: true });
    assert.deepEqual(end, { code: null, signal, said: 'written\n', files: [FILE] });
  });
}

test('exit: a process.exit in the middle of a command removes the file and keeps its code', async (t) => {
  const end = await ended(t, { stage: 'exit' });
  assert.deepEqual(end, { code: 5, signal: null, said: 'written\n', files: [] });
});
