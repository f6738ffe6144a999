'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { CALLER } = require('../../plugin/caller.js');
const { Report } = require('../../plugin/report.js');
const { fakeService, KEYS } = require('./fake-serverless.js');

const BAKES = [
  'after:package:cleanup',
  'after:deploy:function:initialize',
  'before:esbuild-package:package',
  'before:invoke:local:loadEnvVars',
  'before:offline:start',
  'before:offline:start:init',
  'before:dev:dev',
  'after:dev-build:build',
];

for (const event of BAKES) {
  test(`${event}: hands the config over as it is, and bakes`, async (t) => {
    const secretBaker = ['A', { name: 'B', path: '/b:2' }, { C: '/c' }, 5];
    const service = fakeService({ custom: { secretBaker } });
    t.after(service.remove);
    await service.run(event);
    assert.equal(service.core.requests.length, 1);
    const { config, region, credentials } = service.core.requests[0] ?? assert.fail();
    assert.deepEqual(
      { config, region, credentials },
      { config: JSON.stringify(secretBaker), region: 'eu-central-1', credentials: KEYS },
    );
  });

  test(`${event}: without custom.secretBaker does nothing and loads no core`, async (t) => {
    for (const custom of [undefined, null, {}, { secretBakerOptions: null }]) {
      const service = fakeService({ service: { custom, package: { patterns: ['a'] } } });
      t.after(service.remove);
      await service.run('initialize', event, 'finalize');
      assert.equal(service.core.loads, 0);
      assert.equal(service.file(), undefined);
      assert.deepEqual(service.serverless.service.package, { patterns: ['a'] });
      assert.deepEqual(service.log.lines, []);
    }
  });
}

for (const [text, secretBaker] of Object.entries({ null: null, '[]': [], '{}': {} })) {
  test(`after:package:cleanup: an empty config, ${text}, is baked`, async (t) => {
    const service = fakeService({ custom: { secretBaker } });
    t.after(service.remove);
    await service.run('after:package:cleanup');
    assert.equal(service.core.requests[0]?.config, text);
  });
}

test('after:package:cleanup: enabled: false does nothing and says so once', async (t) => {
  const service = fakeService({ custom: { secretBaker: ['A'], secretBakerOptions: { enabled: false } } });
  t.after(service.remove);
  await service.run('initialize', 'before:offline:start', 'before:offline:start:init', 'finalize');
  assert.equal(service.core.loads, 0);
  assert.equal(service.file(), undefined);
  assert.deepEqual(service.log.lines, ['notice: secret-baker: nothing is baked: custom.secretBakerOptions.enabled is false']);
});

test('after:package:cleanup: shows progress and, with --verbose, name, path and version of each secret', async (t) => {
  const service = fakeService();
  t.after(service.remove);
  await service.run('after:package:cleanup');
  assert.deepEqual(service.log.lines, [
    `progress secret-baker ${service.serverless.serviceDir}: Baking secrets`,
    `progress secret-baker ${service.serverless.serviceDir}: Baking secrets (1 of 1)`,
    `progress secret-baker ${service.serverless.serviceDir} removed`,
    'verbose: secret-baker: baked MY_SECRET from /my/secret, version 3',
  ]);
});

test("after:package:cleanup: the core's failure is the framework's error, its progress ends", async (t) => {
  const failure = {
    code: 'SECRET_BAKER_PARAMETER_NOT_FOUND',
    message: 'secret `A`: parameter `/a` does not exist\nhint: create it',
  };
  const service = fakeService({ core: { outcome: { failure } } });
  t.after(service.remove);
  await assert.rejects(service.run('after:package:cleanup'), (error) => {
    assert(error instanceof service.serverless.classes.Error);
    assert.deepEqual({ ...error, message: error.message }, failure);
    assert.equal(error.stack, undefined, 'serverless 4 prints the stack of any error that has one');
    return true;
  });
  assert.equal(service.file(), undefined);
  assert.equal(service.log.lines.at(-1), `progress secret-baker ${service.serverless.serviceDir} removed`);
});

test('after:package:cleanup: the notices of the core are told once its progress has ended', async (t) => {
  const service = fakeService({ core: { outcome: { notices: ['one by one'] } } });
  t.after(service.remove);
  await service.run('after:package:cleanup');
  assert.deepEqual(service.log.lines.slice(-3, -1), [
    `progress secret-baker ${service.serverless.serviceDir} removed`,
    'notice: secret-baker: one by one',
  ]);
});

test("after:package:cleanup: one session for all that a command asks of the core, in the plugin's words", async (t) => {
  const service = fakeService({ service: { functions: { a: {} } } });
  t.after(service.remove);
  await service.run('before:package:cleanup', 'after:package:cleanup', 'before:package:compileLayers');
  assert.deepEqual([service.core.loads, service.core.callers], [1, [CALLER]]);
});

test('after:package:cleanup: a failed bake is not tried again', async (t) => {
  const failure = { code: 'SECRET_BAKER_TIMEOUT', message: 'too slow' };
  const service = fakeService({ core: { outcome: { failure } } });
  t.after(service.remove);
  await assert.rejects(service.run('after:package:cleanup'), { code: 'SECRET_BAKER_TIMEOUT' });
  await assert.rejects(service.run('before:esbuild-package:package'), { code: 'SECRET_BAKER_TIMEOUT' });
  assert.equal(service.core.requests.length, 1);
});

test('after:package:cleanup: an error that nobody expects keeps its own stack', async (t) => {
  const broken = new TypeError('a bug');
  const service = fakeService({ core: { broken } });
  t.after(service.remove);
  await assert.rejects(service.run('after:package:cleanup'), broken);
});

test('a secret whose source has no versions is reported without one', (t) => {
  const { serverless, remove } = fakeService();
  t.after(remove);
  const lines = /** @type {string[]} */ ([]);
  const log = { notice: () => {}, verbose: (/** @type {string} */ line) => lines.push(line) };
  new Report(serverless, { log }).baked([{ name: 'A', from: 'a file' }]);
  assert.deepEqual(lines, ['secret-baker: baked A from a file']);
});

test('after:package:cleanup: works in a framework without log and progress', async (t) => {
  const service = fakeService({ utils: null, core: { outcome: { notices: ['a word'] } } });
  t.after(service.remove);
  await service.run('after:package:cleanup');
  assert.deepEqual(service.log.lines, ['cli: secret-baker: a word']);
});

for (const [command, label] of Object.entries({
  package: 'secret-baker-shop-qa',
  deploy: 'secret-baker-shop-qa',
  'deploy function': 'secret-baker-shop-qa',
  'invoke local': undefined,
  'offline start': undefined,
})) {
  test(`${command}: the bake is told ${label === undefined ? 'of no deployment' : 'what the deployment is called'}`, async (t) => {
    const provider = { getCredentials: async () => KEYS, getRegion: () => 'eu-central-1', getStage: () => 'qa' };
    const serverless = { processedInput: { commands: command.split(' ') } };
    const service = fakeService({ provider, serverless, service: { service: 'shop' } });
    t.after(service.remove);
    await service.run('before:invoke:local:loadEnvVars');
    assert.equal(service.core.requests[0]?.label, label);
  });
}
