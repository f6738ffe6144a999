'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { BUNDLE } = require('./fake-core.js');
const { fakeService } = require('./fake-serverless.js');
const { paged } = require('./paged.js');

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: the framework's variables look the same

const MARK = { value: 'secret-baker:not-resolved-here' };
const CUSTOM = { secretBaker: { DB: '/db' } };

/**
 * The framework while it resolves variables: it has a config and a command line, and has run no hook.
 * @param {import('node:test').TestContext} t
 * @param {string} command
 * @param {{custom?: Record<string, any>, options?: object, core?: object, pack?: object, property?: (keys: string[]) => Promise<any>}} [wishes]
 */
const resolving = (t, command, { custom = CUSTOM, options = {}, core, pack = {}, property } = {}) => {
  const config = { custom, functions: { a: { environment: { DB: '${secretBaker:DB}' } } } };
  const processedInput = { commands: command.split(' '), options };
  const serverless = { configurationInput: config, processedInput };
  const service = fakeService({ custom, service: { package: pack }, serverless, core });
  t.after(service.remove);
  const resolveConfigurationProperty =
    property ?? (async (keys) => keys.reduce((owner, key) => /** @type {any} */ (owner)?.[key], config));
  // serverless 4 calls it without its owner.
  const { resolve } = service.plugin.configurationVariablesSources.secretBaker;
  return { ...service, ask: (/** @type {unknown} */ address) => resolve({ address, resolveConfigurationProperty }) };
};

/**
 * @param {Promise<unknown>} asked
 * @returns {Promise<{code: string, message: string, stack?: string}>}
 */
const refusal = async (asked) => {
  try {
    await asked;
  } catch (error) {
    return /** @type {any} */ (error);
  }
  return assert.fail('it was resolved');
};

for (const command of ['package', 'deploy', 'deploy function', 'invoke local', 'offline', 'offline start', 'dev']) {
  test(`\${secretBaker:DB} with ${command}: the sealed entry, by one bake for all variables and the bundle`, async (t) => {
    const service = resolving(t, command);
    const values = await Promise.all(['DB', 'a/b.c:d', 'DB'].map(service.ask));
    assert.deepEqual(
      values,
      ['DB', 'a/b.c:d', 'DB'].map((name) => ({ value: `secret-baker:${name} of ${BUNDLE}` })),
    );
    await service.run('after:package:cleanup', 'before:invoke:local:loadEnvVars');
    assert.deepEqual(
      service.core.requests.map(({ config, written, region }) => [config, written, region]),
      [['{"DB":"/db"}', undefined, 'eu-central-1']],
    );
  });
}

for (const command of ['print', 'info', 'remove', 'logs', 'invoke', 'deploy list', 'rollback', 'plugin list', '']) {
  test(`\${secretBaker:DB} with "${command}": a mark, without the core`, async (t) => {
    const service = resolving(t, command, { property: () => assert.fail('nothing is waited for') });
    assert.deepEqual(await service.ask('DB'), MARK);
    assert.equal(service.core.loads, 0);
  });
}

test('${secretBaker:DB} with what an earlier command has packaged: a mark, without the core', async (t) => {
  for (const wishes of [{ options: { package: 'out' } }, { pack: { path: 'out' } }]) {
    const service = resolving(t, 'deploy', wishes);
    assert.deepEqual(await service.ask('DB'), MARK);
    assert.equal(service.core.loads, 0);
  }
  const packages = resolving(t, 'package', { options: { package: 'out' } });
  assert.match((await packages.ask('DB')).value, /^secret-baker:DB of /);
});

test('${secretBaker:DB} with enabled: false: a mark, without the core', async (t) => {
  const service = resolving(t, 'package', { custom: { ...CUSTOM, secretBakerOptions: { enabled: false } } });
  assert.deepEqual(await service.ask('DB'), MARK);
  assert.equal(service.core.loads, 0);
});

test('${secretBaker:DB}: the settings count', async (t) => {
  const service = resolving(t, 'package', { custom: { ...CUSTOM, secretBakerOptions: { region: 'eu-west-3' } } });
  await service.ask('DB');
  assert.equal(service.core.requests[0]?.region, 'eu-west-3');
});

test("${secretBaker:TYPO}: the core's sentence as the framework's error, without a stack", async (t) => {
  const unknown = { code: 'SECRET_BAKER_CONFIG_INVALID', message: 'there is no secret `TYPO`' };
  const service = resolving(t, 'package', { core: { unknown } });
  const error = await refusal(service.ask('TYPO'));
  assert(error instanceof service.serverless.classes.Error);
  assert.deepEqual([error.code, error.message, error.stack], [unknown.code, unknown.message, undefined]);
});

for (const address of [undefined, null, '', 5, {}]) {
  test(`\${secretBaker:...} of ${JSON.stringify(address)}: names no secret`, async (t) => {
    const service = resolving(t, 'package');
    const { code, message } = await refusal(service.ask(address));
    assert.deepEqual(
      { code, message },
      paged('SECRET_BAKER_CONFIG_INVALID', 'a variable names no secret\n  hint: write ${secretBaker:NAME}'),
    );
    assert.equal(service.core.loads, 0);
  });
}

test('${secretBaker:DB} without custom.secretBaker is refused', async (t) => {
  for (const custom of [undefined, null, {}, { secretBakerOptions: {} }]) {
    const property = async (/** @type {string[]} */ [, key = '']) => /** @type {any} */ (custom)?.[key];
    const { code, message } = await refusal(resolving(t, 'package', { custom: custom ?? {}, property }).ask('DB'));
    const told = 'there is no custom.secretBaker, so no secret is sealed\n  hint: add the secret there';
    assert.deepEqual({ code, message }, paged('SECRET_BAKER_CONFIG_INVALID', told));
  }
  const { message } = await refusal(resolving(t, 'package', { custom: { secretbaker: ['DB'] } }).ask('DB'));
  assert.match(message, /custom\.secretbaker: unknown key[\s\S]*did you mean secretBaker\?/);
});

test('a bake that fails is told with one variable, and the others say so', async (t) => {
  const failure = { code: 'SECRET_BAKER_PARAMETER_NOT_FOUND', message: 'there is no parameter `/db`' };
  const service = resolving(t, 'package', { core: { outcome: { failure } } });
  const errors = await Promise.all(['A', 'B', 'C'].map((name) => refusal(service.ask(name))));
  const other = paged(failure.code, 'nothing is sealed, for the reason told at another variable');
  assert.deepEqual(
    errors.map(({ code, message }) => ({ code, message })),
    [failure, other, other],
  );
  assert.equal(service.core.requests.length, 1);
});

const CIRCLES = {
  itself: [{ secretBaker: { DB: '${secretBaker:DB}' } }, 'custom.secretBaker.DB'],
  'as a fallback': [{ secretBaker: { DB: '${env:DB, secretBaker:DB}' } }, 'custom.secretBaker.DB'],
  'with parameters': [{ secretBaker: { DB: '${secretBaker(x):DB}' } }, 'custom.secretBaker.DB'],
  'within another': [{ secretBaker: { DB: '${ssm:${secretBaker:DB}}' } }, 'custom.secretBaker.DB'],
  'in a list': [{ secretBaker: ['/a', { name: 'DB', path: 'x${secretBaker:A}' }] }, 'custom.secretBaker.1.path'],
  'by reference': [{ secretBaker: { DB: '${self:custom.db}' }, db: '${secretBaker:DB}' }, 'custom.db'],
  'by references in a circle': [
    { secretBaker: '${self:custom.a}', a: { b: '${self:custom.a}', c: '${secretBaker:DB}' } },
    'custom.a.c',
  ],
  'in the settings': [
    { secretBaker: [], secretBakerOptions: { region: '${secretBaker:DB}' } },
    'custom.secretBakerOptions.region',
  ],
};
for (const [title, [custom, place]] of Object.entries(CIRCLES)) {
  test(`custom.secretBaker that waits for a secret, ${title}, is refused before anything is waited for`, async (t) => {
    const property = () => assert.fail('it would wait for ever');
    const service = resolving(t, 'package', { custom: /** @type {any} */ (custom), property });
    const { code, message } = await refusal(service.ask('DB'));
    assert.equal(code, 'SECRET_BAKER_CONFIG_INVALID');
    assert(message.startsWith(`${place}: \${secretBaker:...} cannot stand in custom.secretBaker`), message);
  });
}

test('custom.secretBaker beside variables that it does not refer to is sealed', async (t) => {
  const custom = {
    secretBaker: { DB: '${self:custom.${sls:stage}.path}' },
    dev: { path: '/db', env: { DB: '${secretBaker:DB}' } },
    text: 'my-secretBaker:x',
  };
  const property = async (/** @type {string[]} */ keys) => (keys[1] === 'secretBaker' ? { DB: '/db' } : undefined);
  const service = resolving(t, 'package', { custom, property });
  assert.match((await service.ask('DB')).value, /^secret-baker:DB of /);
  assert.equal(service.core.requests[0]?.config, '{"DB":"/db"}');
});

test('a circle that the framework sees is told in words of ours, and its other errors are its own', async (t) => {
  const error = (/** @type {string} */ code) => Object.assign(new Error('of the framework'), { code });
  const fails = (/** @type {string} */ code) => {
    const property = () => Promise.reject(error(code));
    return refusal(resolving(t, 'package', { property }).ask('DB'));
  };
  assert.match((await fails('CIRCULAR_PROPERTY_DEPENDENCY')).message, /a secret would stand for its own entry/);
  const missing = await fails('MISSING_VARIABLE_DEPENDENCY');
  assert.deepEqual([missing.code, missing.message], ['MISSING_VARIABLE_DEPENDENCY', 'of the framework']);
});

test('custom.secretBaker that is never resolved ends after five minutes', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const service = resolving(t, 'package', { property: () => new Promise(() => {}) });
  const asked = refusal(service.ask('DB'));
  t.mock.timers.tick(300_000);
  const { code, message } = await asked;
  assert.equal(code, 'SECRET_BAKER_CONFIG_INVALID');
  assert.match(message, /^custom\.secretBaker is not resolved after 5 minutes\n {2}hint: it may wait for itself/);
});

const ENVIRONMENTS = ['after:package:cleanup', 'before:package:compileLayers', 'before:deploy:function:deploy'];
for (const event of ENVIRONMENTS) {
  test(`${event}: the variables that a function is deployed with are looked at, as far as they are known`, async (t) => {
    const a = { environment: { B: 'own', N: 5, T: true, S: { Ref: 'Table' }, GONE: null } };
    const provider = { environment: { A: 'shared', B: 'shared' } };
    const service = fakeService({ service: { provider, functions: { a } }, options: { function: 'a' } });
    t.after(service.remove);
    await service.run('after:package:cleanup', event);
    const [functions] =
      event === 'after:package:cleanup' ? service.core.foreseen : service.core.carried.map((put) => put.functions);
    assert.deepEqual(functions?.[0]?.environment, [
      { name: 'A', value: 'shared' },
      { name: 'B', value: 'own' },
      { name: 'N', value: '5' },
      { name: 'T', value: 'true' },
      { name: 'S' },
    ]);
  });
}

test("before:package:compileLayers: the launcher's own variables count among a function's", async (t) => {
  const custom = { secretBaker: ['DB'], secretBakerOptions: { env: ['DB'] } };
  const service = fakeService({ custom, service: { functions: { a: { runtime: 'nodejs20.x' } } } });
  t.after(service.remove);
  await service.run('after:package:cleanup', 'before:package:compileLayers');
  assert.deepEqual(service.core.carried[0]?.functions[0]?.environment, [
    { name: 'SECRET_BAKER_ENV', value: 'DB' },
    { name: 'AWS_LAMBDA_EXEC_WRAPPER', value: '/var/task/secret-baker-launcher' },
  ]);
});

// biome-ignore-end lint/suspicious/noTemplateCurlyInString: the framework's variables look the same
