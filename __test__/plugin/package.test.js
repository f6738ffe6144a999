'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { BUNDLE } = require('./fake-core.js');
const { fakeService } = require('./fake-serverless.js');

const FILE = 'secret-baker-secrets.json';
const LOCKS = '!secret-baker.lock*.json';

for (const event of ['after:package:cleanup', 'after:deploy:function:initialize', 'before:esbuild-package:package']) {
  test(`${event}: writes the bundle into the service's folder, whatever the current one`, async (t) => {
    const service = fakeService();
    t.after(service.remove);
    await service.run(event);
    assert.equal(service.file(), BUNDLE);
    assert.notEqual(process.cwd(), service.dir);
  });

  test(`${event}: puts the file last in the service's patterns`, async (t) => {
    const service = fakeService({ service: { package: { patterns: ['!**', 'handler.js', '!*.json'] } } });
    t.after(service.remove);
    await service.run(event);
    assert.deepEqual(service.serverless.service.package?.patterns, ['!**', 'handler.js', '!*.json', LOCKS, FILE]);
  });
}

test('after:package:cleanup: makes patterns where the service has none', async (t) => {
  const service = fakeService({ service: { package: undefined } });
  t.after(service.remove);
  await service.run('after:package:cleanup');
  assert.deepEqual(service.serverless.service.package, { patterns: [LOCKS, FILE] });
});

test("after:package:cleanup: names the file last in a function's own patterns, in a text that the framework does not drop", async (t) => {
  const functions = {
    tight: { package: { patterns: ['!**', 'handler.js'] } },
    older: { package: { include: ['!**', 'handler.js'] } },
    bare: { package: { individually: true } },
    plain: {},
  };
  const layers = { shared: { path: 'layer' } };
  const service = fakeService({ service: { functions, layers } });
  t.after(service.remove);
  await service.run('after:package:cleanup');
  assert.deepEqual(layers, { shared: { path: 'layer', package: { patterns: [`!**/${LOCKS.slice(1)}`, `!**/${FILE}`] } } });
  assert.deepEqual(functions, {
    tight: { package: { patterns: ['!**', 'handler.js', '!secret-baker.lock*.jso[n]', 'secret-baker-secrets.jso[n]'] } },
    older: {
      package: { include: ['!**', 'handler.js'], patterns: ['!secret-baker.lock*.jso[n]', 'secret-baker-secrets.jso[n]'] },
    },
    bare: { package: { individually: true } },
    plain: {},
  });
});

test('after:package:cleanup: run again, changes nothing more and bakes once', async (t) => {
  const functions = { tight: { package: { patterns: ['!**'] } } };
  const service = fakeService({ service: { functions } });
  t.after(service.remove);
  await service.run('after:package:cleanup', 'before:esbuild-package:package');
  assert.deepEqual(service.serverless.service.package?.patterns, [LOCKS, FILE]);
  assert.deepEqual(functions.tight.package.patterns, ['!**', '!secret-baker.lock*.jso[n]', 'secret-baker-secrets.jso[n]']);
  assert.equal(service.core.requests.length, 1);
});

test('before:invoke:local:loadEnvVars: leaves build contexts of images alone', async (t) => {
  const service = fakeService({ service: { provider: { ecr: { images: { one: { path: 'image' } } } } } });
  t.after(service.remove);
  fs.mkdirSync(path.join(service.dir, 'image'));
  await service.run('before:invoke:local:loadEnvVars');
  assert.equal(service.file(path.join(service.dir, 'image')), undefined);
});

test('after:package:cleanup: never sets LAMBDA_TASK_ROOT, which Lambda refuses', async (t) => {
  const functions = { one: {} };
  const service = fakeService({ service: { functions } });
  t.after(service.remove);
  const before = process.env.LAMBDA_TASK_ROOT;
  await service.run('initialize', 'after:package:cleanup', 'after:package:compileFunctions', 'finalize');
  assert.deepEqual(functions, { one: {} });
  assert.equal(process.env.LAMBDA_TASK_ROOT, before);
});

test('after:package:cleanup: keeps its lock files in a folder of this user', async (t) => {
  const service = fakeService();
  t.after(service.remove);
  await service.run('after:package:cleanup');
  const user = process.getuid?.() ?? require('node:os').userInfo().username;
  assert.equal(service.core.folder[0], `locks in secret-baker-${user}`);
});

test("after:package:cleanup: a refused write is the framework's error", async (t) => {
  const refusal = { code: 'SECRET_BAKER_FOLDER_BUSY', message: 'another process uses the folder' };
  const service = fakeService({ core: { refusal } });
  t.after(service.remove);
  const { Error: FrameworkError } = service.serverless.classes;
  await assert.rejects(service.run('after:package:cleanup'), (error) => {
    assert(error instanceof FrameworkError);
    assert.deepEqual({ ...error, message: error.message }, refusal);
    return true;
  });
});
