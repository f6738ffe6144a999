'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { fakeLauncher, fakeService } = require('./fake-serverless.js');
const { paged } = require('./paged.js');

const PACKAGED = ['before:package:cleanup', 'after:package:cleanup', 'before:package:compileLayers'];
const HINT = '  hint: the names are those of custom.secretBaker, [] is for none; for all of them leave the key out';

/**
 * Packages a service and tells which secrets each function was to carry.
 * @param {import('node:test').TestContext} t
 * @param {Record<string, any>} functions
 * @param {Record<string, any>} [secretBakerOptions]
 */
const narrowed = async (t, functions, secretBakerOptions) => {
  const service = fakeService({ custom: { secretBaker: ['A', 'B'], secretBakerOptions }, service: { functions } });
  t.after(service.remove);
  await service.run(...PACKAGED);
  const asked = /** @type {any[]} */ (service.core.carried.at(-1)?.functions ?? []);
  return Object.fromEntries(asked.map(({ name, only }) => [name, only]));
};

test('before:package:compileLayers: a function carries its own list, each name once, and all without one', async (t) => {
  const functions = { few: { secretBaker: ['B', 'A', 'B'] }, none: { secretBaker: [] }, all: {} };
  assert.deepEqual(await narrowed(t, functions), { few: ['B', 'A'], none: [], all: undefined });
});

test('before:package:compileLayers: default is what a function without a list of its own carries', async (t) => {
  const functions = { own: { secretBaker: ['B'] }, none: { secretBaker: [] }, other: {} };
  assert.deepEqual(await narrowed(t, functions, { default: ['A', 'A'] }), { own: ['B'], none: [], other: ['A'] });
  assert.deepEqual(await narrowed(t, functions, { default: [] }), { own: ['B'], none: [], other: [] });
});

// What a validator of the framework, a variable or a slip makes of it: never all.
for (const value of [null, undefined, false, 0, '', true, 1, 'A', 'false', {}, { A: true }, [['A']], ['A', null], [5]]) {
  test(`after:package:cleanup: functions.x.secretBaker: ${JSON.stringify(value)} is an error, not all secrets`, async (t) => {
    const empty = value == null ? 'it is empty: ' : '';
    await assert.rejects(
      narrowed(t, { x: { secretBaker: value }, y: {} }),
      paged('SECRET_BAKER_CONFIG_INVALID', `functions.x.secretBaker: ${empty}expected a list of names\n${HINT}`),
    );
  });
}

test('after:package:cleanup: the mistakes of all functions are told at once', async (t) => {
  await assert.rejects(
    narrowed(t, { x: { secretBaker: false }, y: { secretbaker: ['A'] }, z: { 'secret-baker': [] } }),
    paged(
      'SECRET_BAKER_CONFIG_INVALID',
      [
        `functions.x.secretBaker: expected a list of names\n${HINT}`,
        'functions.y.secretbaker: unknown key\n  hint: did you mean secretBaker?',
        'functions.z.secret-baker: unknown key\n  hint: did you mean secretBaker?',
      ].join('\n'),
    ),
  );
});

test('after:package:cleanup: a wrong list is told before anything is asked of AWS', async (t) => {
  const service = fakeService({ custom: { secretBaker: ['A'] }, service: { functions: { x: { secretBaker: false } } } });
  t.after(service.remove);
  await assert.rejects(service.run('after:package:cleanup'), { code: 'SECRET_BAKER_CONFIG_INVALID' });
  assert.equal(service.core.loads, 0);
});

test('a function that another plugin adds later may be named in env, and carries the default', async (t) => {
  const secretBakerOptions = { env: { warmer: ['A'] }, default: ['A'] };
  const functions = /** @type {Record<string, any>} */ ({ x: {} });
  const service = fakeService({ custom: { secretBaker: ['A', 'B'], secretBakerOptions }, service: { functions } });
  t.after(service.remove);
  await service.run('before:package:cleanup', 'after:package:cleanup');
  functions.warmer = { package: { individually: true } };
  await service.run('before:package:compileLayers');
  const asked = /** @type {any[]} */ (service.core.carried.at(-1)?.functions);
  assert.deepEqual(
    asked.map(({ name, only, env }) => [name, only, env?.names]),
    [
      ['x', ['A'], undefined],
      ['warmer', ['A'], ['A']],
    ],
  );
});

test('before:package:compileLayers: a function in env that nobody has added is told', async (t) => {
  await assert.rejects(
    narrowed(t, { x: {} }, { env: { y: true, 'evil\u001b[2J': true } }),
    paged('SECRET_BAKER_CONFIG_INVALID', 'custom.secretBakerOptions.env: there is no function y, evil...\n  hint: there are x'),
  );
});

test('before:deploy:function:deploy: one that others add for a whole package is not missed', async (t) => {
  const custom = { secretBaker: ['A'], secretBakerOptions: { env: { warmer: true } } };
  const service = fakeService({ custom, service: { functions: { x: {} } }, options: { function: 'x' } });
  t.after(service.remove);
  await service.run('initialize', 'after:deploy:function:initialize', 'before:deploy:function:deploy');
  assert.equal(service.core.carried.at(-1)?.functions.length, 1);
});

test('before:deploy:function:deploy: looks once more at what is deployed, launcher and all', async (t) => {
  const custom = { secretBaker: ['A'], secretBakerOptions: { env: true } };
  const functions = { x: {}, y: {} };
  const service = fakeService({ custom, service: { functions }, options: { function: 'x' } });
  t.after(service.remove);
  await service.run('initialize', 'after:deploy:function:initialize', 'before:deploy:function:deploy');
  const [look, ...others] = service.core.checked;
  assert.deepEqual(others, []);
  const [looked, ...more] = /** @type {any[]} */ (look?.functions ?? []);
  assert.deepEqual(more, []);
  assert.equal(looked.name, 'x');
  assert.equal(looked.env.launcher, fakeLauncher('x86_64'));
});

test('before:deploy:function:deploy: an artefact without its secrets or launcher is not deployed', async (t) => {
  const lacks = { code: 'SECRET_BAKER_ARTEFACT_WITHOUT_SECRETS', message: 'functions.x: nothing in it' };
  const service = fakeService({ service: { functions: { x: {} } }, options: { function: 'x' }, core: { lacks } });
  t.after(service.remove);
  await service.run('initialize', 'after:deploy:function:initialize');
  await assert.rejects(service.run('before:deploy:function:deploy'), lacks);
});
