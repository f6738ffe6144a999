'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { afterEach, beforeEach, test } = require('node:test');
const { BUNDLE } = require('./fake-core.js');
const { fakeService } = require('./fake-serverless.js');

const OFFLINE = ['before:offline:start', 'before:offline:start:init'];
const cwd = process.cwd();

beforeEach(() => {
  process.env.LAMBDA_TASK_ROOT = '/var/task';
});

afterEach(() => {
  process.chdir(cwd);
  delete process.env.LAMBDA_TASK_ROOT;
});

/** @param {string[]} parts of a folder to make */
const folder = (...parts) => {
  const dir = path.join(...parts);
  fs.mkdirSync(dir, { recursive: true });
  return dir;
};

test("before:invoke:local:invoke: LAMBDA_TASK_ROOT is the service's folder", async (t) => {
  const service = fakeService();
  t.after(service.remove);
  await service.run('initialize', 'before:invoke:local:loadEnvVars', 'before:invoke:local:invoke');
  assert.equal(process.env.LAMBDA_TASK_ROOT, service.dir);
  assert.equal(service.file(), BUNDLE);
});

test('before:invoke:local:invoke: with the process above the service (--config) writes nothing there', async (t) => {
  const service = fakeService();
  t.after(service.remove);
  const above = fs.realpathSync(fs.mkdtempSync(path.join(path.dirname(service.dir), 'secret-baker-above-')));
  t.after(() => fs.rmSync(above, { recursive: true }));
  process.chdir(above);
  await service.run('initialize', 'before:invoke:local:loadEnvVars', 'before:invoke:local:invoke');
  process.chdir(cwd);
  assert.equal(process.env.LAMBDA_TASK_ROOT, service.dir);
  assert.deepEqual(fs.readdirSync(above), []);
});

test('before:invoke:local:invoke: follows a bundler that changes the current folder in the same event', async (t) => {
  const service = fakeService();
  t.after(service.remove);
  const built = folder(service.dir, '.build');
  const bundler = { pluginName: 'Bundler', hook: () => process.chdir(built) };
  service.serverless.pluginManager.hooks['before:invoke:local:invoke'] = [bundler];
  await service.run('initialize', 'before:invoke:local:loadEnvVars', 'before:invoke:local:invoke');
  assert.equal(process.env.LAMBDA_TASK_ROOT, built);
  assert.equal(service.file(built), BUNDLE);
  await service.run('after:invoke:local:invoke');
  assert.equal(service.file(built), undefined);
  assert.equal(service.file(), undefined);
});

for (const moved of /** @type {const} */ (['serviceDir', 'servicePath'])) {
  test(`before:invoke:local:invoke: follows a bundler that moves ${moved}`, async (t) => {
    const service = fakeService();
    t.after(service.remove);
    const built = folder(service.dir, '.build');
    await service.run('initialize', 'before:invoke:local:loadEnvVars');
    if (moved === 'serviceDir') service.serverless.serviceDir = built;
    else service.serverless.config.servicePath = built;
    await service.run('before:invoke:local:invoke', 'after:invoke:local:invoke');
    assert.equal(process.env.LAMBDA_TASK_ROOT, built);
    assert(service.core.folder.includes(`write ${built}`));
    assert.deepEqual(fs.readdirSync(built), []);
  });
}

test('before:invoke:local:invoke: without custom.secretBaker leaves LAMBDA_TASK_ROOT alone', async (t) => {
  const service = fakeService({ custom: {} });
  t.after(service.remove);
  await service.run('initialize', 'before:invoke:local:invoke');
  assert.equal(process.env.LAMBDA_TASK_ROOT, '/var/task');
});

for (const event of OFFLINE) {
  test(`${event}: each function gets LAMBDA_TASK_ROOT, the process does not`, async (t) => {
    const functions = { one: { environment: { A: 'a' } }, two: {}, own: { environment: { LAMBDA_TASK_ROOT: '/mine' } } };
    const service = fakeService({ service: { functions } });
    t.after(service.remove);
    await service.run('initialize', event);
    assert.deepEqual(functions, {
      one: { environment: { LAMBDA_TASK_ROOT: service.dir, A: 'a' } },
      two: { environment: { LAMBDA_TASK_ROOT: service.dir } },
      own: { environment: { LAMBDA_TASK_ROOT: '/mine' } },
    });
    assert.equal(process.env.LAMBDA_TASK_ROOT, '/var/task');
    assert.equal(service.file(), BUNDLE);
  });

  test(`${event}: follows a bundler that sets the location in the same event`, async (t) => {
    /** @type {Record<string, any>} */
    const custom = { secretBaker: ['A'] };
    const functions = { one: { environment: {} } };
    const service = fakeService({ custom, service: { functions } });
    t.after(service.remove);
    const built = folder(service.dir, '.esbuild', '.build');
    const hook = () => {
      custom['serverless-offline'] = { location: '.esbuild/.build' };
    };
    service.serverless.pluginManager.hooks[event] = [{ pluginName: 'Bundler', hook }];
    await service.run('initialize', event);
    assert.deepEqual(functions.one.environment, { LAMBDA_TASK_ROOT: built });
    assert.equal(service.file(built), BUNDLE);
  });

  test(`${event}: --location wins over the setting; one that does not exist is left to serverless-offline`, async (t) => {
    const custom = { secretBaker: ['A'], 'serverless-offline': { location: 'absent' } };
    const functions = { one: { environment: {} } };
    const options = { location: 'given' };
    const service = fakeService({ custom, options, service: { functions } });
    t.after(service.remove);
    const given = folder(service.dir, 'given');
    await service.run('initialize', event);
    assert.deepEqual(functions.one.environment, { LAMBDA_TASK_ROOT: given });
    assert.equal(fs.existsSync(path.join(service.dir, 'absent')), false);
  });
}

test('after:dev-build:build: copies into the folder that dev serves from, and packaging does not end it', async (t) => {
  const service = fakeService({ serverless: { devmodeEnabled: true } });
  t.after(service.remove);
  const build = folder(service.dir, '.serverless', 'build');
  await service.run('initialize', 'before:dev:dev', 'after:package:compileFunctions', 'after:dev-build:build');
  assert.equal(service.file(build), BUNDLE);
  assert.equal(service.file(), BUNDLE);
});
