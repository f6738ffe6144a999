'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Failure } = require('../../plugin/failure.js');
const { fakeLauncher, fakeService } = require('./fake-serverless.js');
const { paged } = require('./paged.js');

const WRAPPER = '/var/task/secret-baker-launcher';
const PLACE = 'custom.secretBakerOptions.env';

/**
 * Packages with an `env`; tells what the core was asked to carry, and the environment of each function.
 * @param {import('node:test').TestContext} t
 * @param {unknown} env
 * @param {Record<string, any>} functions
 * @param {Record<string, any>} [provider]
 */
const packaged = async (t, env, functions, provider = {}) => {
  const custom = { secretBaker: ['A'], secretBakerOptions: { env } };
  const service = fakeService({ custom, service: { functions, provider } });
  t.after(service.remove);
  await service.run('after:package:cleanup', 'before:package:compileLayers');
  const asked = /** @type {any[]} */ (service.core.carried.at(-1)?.functions ?? []);
  const environment = Object.fromEntries(Object.entries(functions).map(([name, own]) => [name, own.environment]));
  return { asked: Object.fromEntries(asked.map(({ name, env }) => [name, env])), environment, lines: service.log.lines };
};

test('without env, with env: false and with an empty list no function gets a launcher', async (t) => {
  for (const env of [undefined, null, false, { a: false }, [], { a: [] }]) {
    const { asked, environment } = await packaged(t, env, { a: {} });
    assert.deepEqual([asked, environment], [{ a: undefined }, { a: undefined }]);
  }
});

test('env: true lets the launcher for its processor start each function, with all that it carries', async (t) => {
  const functions = { a: {}, b: { architecture: 'arm64', environment: { X: '1' } } };
  const { asked, environment } = await packaged(t, true, functions);
  assert.deepEqual(asked, {
    a: { place: PLACE, launcher: fakeLauncher('x86_64') },
    b: { place: PLACE, launcher: fakeLauncher('arm64') },
  });
  assert.deepEqual(environment, { a: { AWS_LAMBDA_EXEC_WRAPPER: WRAPPER }, b: { X: '1', AWS_LAMBDA_EXEC_WRAPPER: WRAPPER } });
});

test('a list of names goes into SECRET_BAKER_ENV; the processor may be that of the provider', async (t) => {
  const { asked, environment } = await packaged(t, ['A', 'B'], { a: {} }, { architecture: 'arm64' });
  assert.deepEqual(asked, { a: { names: ['A', 'B'], place: PLACE, launcher: fakeLauncher('arm64') } });
  assert.deepEqual(environment, { a: { SECRET_BAKER_ENV: 'A,B', AWS_LAMBDA_EXEC_WRAPPER: WRAPPER } });
});

test('a map has a setting for each function', async (t) => {
  const { asked, environment } = await packaged(t, { a: true, b: ['B'] }, { a: {}, b: {}, c: {} });
  assert.deepEqual(asked, {
    a: { place: `${PLACE}.a`, launcher: fakeLauncher('x86_64') },
    b: { names: ['B'], place: `${PLACE}.b`, launcher: fakeLauncher('x86_64') },
    c: undefined,
  });
  assert.equal(environment.c, undefined);
});

test('a listed name may be given a variable, and * stands for all others, as the launcher reads it', async (t) => {
  const { asked, environment } = await packaged(t, ['*', '/a/b=A_B'], { a: {} });
  assert.deepEqual(asked.a.names, ['*', '/a/b=A_B']);
  assert.equal(environment.a.SECRET_BAKER_ENV, '*,/a/b=A_B');
});

for (const [title, env, own, provider, message] of /** @type {[string, unknown, object, object, RegExp][]} */ ([
  [
    'of the function, against a list for all',
    ['A'],
    { SECRET_BAKER_ENV: 'B' },
    {},
    /^custom\.secretBakerOptions\.env and functions\.a\.environment\.SECRET_BAKER_ENV both say which secrets become variables of function a\n {2}hint: take SECRET_BAKER_ENV out/,
  ],
  [
    'of the provider, against a list for the function',
    { a: ['A'] },
    {},
    { SECRET_BAKER_ENV: 'B' },
    /^custom\.secretBakerOptions\.env\.a and provider\.environment\.SECRET_BAKER_ENV both say/,
  ],
  [
    'of the function, against true',
    true,
    { SECRET_BAKER_ENV: '*' },
    {},
    /env and functions\.a\.environment\.SECRET_BAKER_ENV both say/,
  ],
])) {
  test(`a SECRET_BAKER_ENV ${title}, is refused before anything is packaged`, async (t) => {
    const functions = { a: { environment: own } };
    await assert.rejects(packaged(t, env, functions, { environment: provider }), {
      code: 'SECRET_BAKER_CONFIG_INVALID',
      message,
    });
    assert.deepEqual(functions, { a: { environment: own } });
  });
}

test('a SECRET_BAKER_ENV of the user stays where there is no env, or where it says the same', async (t) => {
  const environment = { SECRET_BAKER_ENV: 'A' };
  for (const env of [false, [], { b: true }, ['A']]) {
    const { environment: after } = await packaged(t, env, { a: { environment }, b: {} });
    assert.equal(after.a.SECRET_BAKER_ENV, 'A');
  }
});

test('a map that names a function which is not there is refused', async (t) => {
  await assert.rejects(packaged(t, { a: true, aa: true }, { a: {} }), {
    code: 'SECRET_BAKER_CONFIG_INVALID',
    message: /^custom\.secretBakerOptions\.env: there is no function aa\n {2}hint: there are a\n {2}more: /,
  });
});

test('a wrapper that a function has already runs next, whoever set it', async (t) => {
  const own = { environment: { AWS_LAMBDA_EXEC_WRAPPER: '/opt/own' } };
  const first = await packaged(t, true, { own, other: {} }, { environment: { AWS_LAMBDA_EXEC_WRAPPER: { Ref: 'Wrapper' } } });
  assert.deepEqual(first.environment, {
    own: { AWS_LAMBDA_EXEC_WRAPPER: WRAPPER, SECRET_BAKER_NEXT_WRAPPER: '/opt/own' },
    other: { AWS_LAMBDA_EXEC_WRAPPER: WRAPPER, SECRET_BAKER_NEXT_WRAPPER: { Ref: 'Wrapper' } },
  });
  const again = await packaged(t, true, { own });
  assert.deepEqual(again.environment.own, first.environment.own, 'ourselves we do not run next');
});

test('where there are no wrappers the user is told what to do', async (t) => {
  const images = { app: { path: '.' } };
  const functions = { image: { image: 'app' }, own: { runtime: 'provided.al2023' } };
  const { environment, lines } = await packaged(t, true, functions, { ecr: { images } });
  assert.deepEqual(environment, { image: {}, own: {} });
  assert.ok(lines.some((line) => /function image runs an image: name the launcher as its ENTRYPOINT/.test(line)));
  assert.ok(lines.some((line) => /function own: the runtime provided\.al2023 knows no wrappers.*exec/.test(line)));
});

test('after:package:cleanup: a launcher that is missing stops it before anything is baked, if a function wants one', async (t) => {
  const launcher = () => {
    throw new Failure('SECRET_BAKER_NO_LAUNCHER', 'there is none');
  };
  const packaging = (/** @type {unknown} */ env) => {
    const custom = { secretBaker: ['A'], secretBakerOptions: { env } };
    const service = fakeService({ custom, service: { functions: { a: {} } }, launcher });
    t.after(service.remove);
    return { core: service.core, done: service.run('after:package:cleanup') };
  };
  const wanted = packaging({ a: true });
  await assert.rejects(wanted.done, paged('SECRET_BAKER_NO_LAUNCHER', 'there is none'));
  assert.equal(wanted.core.loads, 0);
  const unwanted = packaging({ a: [] });
  await unwanted.done;
  assert.equal(unwanted.core.loads, 1);
});
