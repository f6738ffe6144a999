'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, afterEach, beforeEach, test } = require('node:test');
const { BUNDLE } = require('./fake-core.js');
const { fakeService } = require('./fake-serverless.js');

/** @import { Wishes } from './fake-serverless.js' */

const before = { ...process.env };
const cwd = process.cwd();
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'secret-baker-home-'));
after(() => fs.rmSync(home, { recursive: true }));

beforeEach(() => {
  for (const name of Object.keys(process.env)) if (/^(AWS|SECRET_BAKER)_/.test(name)) delete process.env[name];
  process.env.HOME = home;
});

afterEach(() => {
  process.chdir(cwd);
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});

const INVOKE = ['initialize', 'before:invoke:local:loadEnvVars', 'before:invoke:local:invoke'];
const OFFLINE = ['initialize', 'before:offline:start:init'];

/** @type {[string, string[], string[]][]} a command, its events up to the handler, and the end */
const RUNS = [
  ['invoke local', INVOKE, ['after:invoke:local:invoke']],
  ['offline', ['initialize', 'before:offline:start'], ['before:offline:start:end']],
  ['offline start', OFFLINE, ['before:offline:start:end']],
];

/**
 * A service of which handlers run by this command.
 * @param {import('node:test').TestContext} t
 * @param {string} command
 * @param {Wishes & {local?: unknown}} [wishes]
 */
const running = (t, command, { local = 'secrets.yaml', ...wishes } = {}) => {
  const service = fakeService({
    custom: { secretBaker: ['MY_SECRET'], secretBakerOptions: { local } },
    ...wishes,
    serverless: { processedInput: { commands: command.split(' ') }, ...wishes.serverless },
  });
  t.after(service.remove);
  return service;
};

/** @param {Record<string, unknown>} error */
const refusal = ({ code, message }) => `${code}: ${String(message).split('\n  more: ')[0]}`;

for (const [command, events, end] of RUNS) {
  test(`${command}: takes the values of the file, and shows handlers the KMS that opens them until it ends`, async (t) => {
    const service = running(t, command);
    await service.run(...events);
    const [request] = service.core.locally;
    assert.equal(service.core.requests.length, 0, 'nothing is baked');
    assert.equal(request?.file, 'secrets.yaml');
    assert.equal(request?.serviceDir, service.dir);
    assert.equal(request?.region, 'eu-central-1');
    assert.equal(service.file(), BUNDLE);
    const { AWS_ENDPOINT_URL_KMS, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;
    assert.equal(AWS_ENDPOINT_URL_KMS, 'http://127.0.0.1:9/1');
    assert.equal(AWS_REGION, 'eu-central-1');
    assert.equal(AWS_ACCESS_KEY_ID, 'SECRETBAKERLOCAL');
    assert.match(AWS_SECRET_ACCESS_KEY ?? '', /^made-up-/);
    assert.ok(service.log.lines.includes('notice: secret-baker: 1 secret has a local value; AWS is not asked for any'));
    assert.ok(service.log.lines.includes('verbose: secret-baker: MY_SECRET is local, from secrets.yaml'));
    assert.deepEqual(service.core.stopped, []);
    await service.run(...end);
    assert.deepEqual(service.core.stopped, ['http://127.0.0.1:9/1']);
    assert.equal(service.file(), undefined);
    assert.deepEqual(
      Object.keys(process.env).filter((name) => name.startsWith('AWS_')),
      [],
    );
  });
}

test('error: ends it as well', async (t) => {
  const service = running(t, 'invoke local');
  await service.run(...INVOKE, 'error');
  assert.equal(process.env.AWS_ENDPOINT_URL_KMS, undefined);
  assert.deepEqual(service.core.stopped, ['http://127.0.0.1:9/1']);
});

test('before:invoke:local:invoke: no credentials are looked for', async (t) => {
  const getCredentials = () => assert.fail('asked for credentials');
  const service = running(t, 'invoke local', { provider: { getCredentials, getRegion: () => 'eu-central-1' } });
  await service.run(...INVOKE);
  assert.equal(service.core.locally.length, 1);
});

test('before:invoke:local:invoke: a failure of the core is the error of the framework', async (t) => {
  const local = { code: 'SECRET_BAKER_NO_IDENTITY', message: 'no identity' };
  const service = running(t, 'invoke local', { core: { local } });
  await assert.rejects(service.run(...INVOKE), local);
  assert.equal(process.env.AWS_ENDPOINT_URL_KMS, undefined);
});

/** @type {[string, unknown, unknown, string | undefined, string | undefined][]} */
const WISHES = [
  ['the settings alone', undefined, 'a.yaml', undefined, 'a.yaml'],
  ['the environment before the settings', undefined, 'a.yaml', 'b.yaml', 'b.yaml'],
  ['an empty variable for none', undefined, 'a.yaml', '', 'a.yaml'],
  ['the command line before both', ['c.yaml'], 'a.yaml', 'b.yaml', 'c.yaml'],
  ['the last of several', ['c.yaml', 'd.yaml'], 'a.yaml', undefined, 'd.yaml'],
  ['the option without a file for the file of the settings', [true], 'a.yaml', undefined, 'a.yaml'],
  ['the option without a file for that of the environment', [null], undefined, 'b.yaml', 'b.yaml'],
  ['--no-secret-baker-local for AWS', [false], 'a.yaml', 'b.yaml', undefined],
  ['--secret-baker-local=false for AWS', ['false'], 'a.yaml', undefined, undefined],
  ['null for none', undefined, null, undefined, undefined],
  ['false for none', undefined, false, undefined, undefined],
];

for (const [title, option, local, variable, expected] of WISHES) {
  test(`before:invoke:local:loadEnvVars: takes ${title}`, async (t) => {
    if (variable !== undefined) process.env.SECRET_BAKER_LOCAL = variable;
    const options = option === undefined ? {} : { 'secret-baker-local': option };
    const custom = { secretBaker: ['MY_SECRET'], ...(local !== undefined && { secretBakerOptions: { local } }) };
    const service = running(t, 'invoke local', { custom, options });
    await service.run(...INVOKE);
    assert.equal(service.core.locally[0]?.file, expected);
    assert.equal(service.core.requests.length, expected === undefined ? 1 : 0);
    assert.equal(process.env.AWS_ENDPOINT_URL_KMS === undefined, expected === undefined);
  });
}

test('before:invoke:local:loadEnvVars: refuses the option where nothing names a file', async (t) => {
  const service = running(t, 'invoke local', { local: null, options: { 'secret-baker-local': [true] } });
  const refused = await service.run(...INVOKE).then(String, refusal);
  assert.equal(
    refused,
    'SECRET_BAKER_LOCAL_VALUES: --secret-baker-local names no file\n' +
      '  hint: write --secret-baker-local FILE, or name it by custom.secretBakerOptions.local or SECRET_BAKER_LOCAL',
  );
});

for (const local of [true, 5, '', ' ', ['a.yaml'], {}]) {
  test(`before:package:cleanup: refuses secretBakerOptions.local: ${JSON.stringify(local)}`, async (t) => {
    const service = running(t, 'package', { local });
    const refused = await service.run('before:package:cleanup').then(String, refusal);
    assert.equal(
      refused,
      'SECRET_BAKER_CONFIG_INVALID: custom.secretBakerOptions.local: expected the path of a file\n' +
        '  hint: for a stage without one: null or false',
    );
  });
}

for (const [command, event] of [
  ['package', 'before:package:cleanup'],
  ['deploy', 'before:package:cleanup'],
  ['deploy', 'before:deploy:deploy'],
  ['deploy function', 'before:deploy:function:initialize'],
  ['dev', 'before:dev:dev'],
]) {
  test(`${event}: ${command} refuses the option and the variable, before anything is done`, async (t) => {
    const option = running(t, String(command), { options: { 'secret-baker-local': ['a.yaml'] } });
    assert.equal(
      await option.run(String(event)).then(String, refusal),
      'SECRET_BAKER_LOCAL_VALUES: --secret-baker-local asks for local values, which are never packaged or deployed\n' +
        '  hint: leave it out: what is packaged takes its secrets from where custom.secretBaker says',
    );
    process.env.SECRET_BAKER_LOCAL = 'a.yaml';
    const variable = running(t, String(command));
    assert.equal(
      await variable.run(String(event)).then(String, refusal),
      'SECRET_BAKER_LOCAL_VALUES: SECRET_BAKER_LOCAL asks for local values, which are never packaged or deployed\n' +
        '  hint: unset it, or add --no-secret-baker-local: what is packaged takes its secrets from where custom.secretBaker says',
    );
    for (const { core } of [option, variable]) assert.equal(core.loads, 0);
  });

  test(`${event}: ${command} takes --no-secret-baker-local, and passes over the settings`, async (t) => {
    process.env.SECRET_BAKER_LOCAL = 'a.yaml';
    const service = running(t, String(command), { options: { 'secret-baker-local': [false] } });
    await service.run(String(event), 'after:package:cleanup');
    assert.equal(service.core.locally.length, 0);
    assert.equal(service.core.requests.length, 1);
  });
}

for (const command of ['package', 'deploy', 'deploy function', 'dev']) {
  test(`a variable of Secret Baker with ${command}: refuses the option before anything is baked`, async (t) => {
    const custom = { secretBaker: { DB: '/db' } };
    const options = { 'secret-baker-local': ['a.yaml'] };
    const service = running(t, command, { custom, options, serverless: { configurationInput: { custom } } });
    const { resolve } = service.plugin.configurationVariablesSources.secretBaker;
    const resolveConfigurationProperty = async (/** @type {string[]} */ keys) =>
      keys[1] === 'secretBaker' ? custom.secretBaker : undefined;
    const refused = await resolve({ address: 'DB', resolveConfigurationProperty }).then(String, refusal);
    assert.match(refused, /^SECRET_BAKER_LOCAL_VALUES: --secret-baker-local asks for local values, which are never packaged/);
    assert.equal(service.core.loads, 0);
  });
}

test('before:package:cleanup: a service without secrets has nothing to refuse', async (t) => {
  process.env.SECRET_BAKER_LOCAL = 'a.yaml';
  const service = running(t, 'package', { custom: {} });
  await service.run('before:package:cleanup');
  assert.equal(service.core.loads, 0);
});

/** @type {[string, Record<string, string>, Record<string, any>, string][]} */
const OTHERS = [
  ['in the environment', { AWS_ENDPOINT_URL_KMS: 'http://127.0.0.1:4566' }, {}, 'AWS_ENDPOINT_URL_KMS is set already'],
  ['of the service', {}, { provider: { environment: { AWS_ENDPOINT_URL_KMS: 'x' } } }, 'AWS_ENDPOINT_URL_KMS is set already'],
  [
    'of a function',
    {},
    { functions: { a: { environment: { AWS_ENDPOINT_URL_KMS: 'x' } } } },
    'AWS_ENDPOINT_URL_KMS is set already',
  ],
  ['that no SDK looks at', { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }, {}, 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is true'],
];

for (const [where, environment, service, why] of OTHERS) {
  test(`before:invoke:local:invoke: leaves an endpoint ${where}, and says what follows`, async (t) => {
    Object.assign(process.env, environment);
    const fake = running(t, 'invoke local', { service });
    await fake.run(...INVOKE);
    const said = `notice: secret-baker: ${why}: handlers ask another KMS, which cannot open local values; unset it for local runs`;
    assert.ok(fake.log.lines.includes(said), fake.log.lines.join('\n'));
    if (environment.AWS_ENDPOINT_URL_KMS) assert.equal(process.env.AWS_ENDPOINT_URL_KMS, environment.AWS_ENDPOINT_URL_KMS);
    await fake.run('after:invoke:local:invoke');
    assert.equal(process.env.AWS_ENDPOINT_URL_KMS, environment.AWS_ENDPOINT_URL_KMS);
  });
}

for (const name of ['AWS_PROFILE', 'AWS_CONTAINER_CREDENTIALS_FULL_URI', 'AWS_WEB_IDENTITY_TOKEN_FILE']) {
  test(`before:invoke:local:invoke: makes no credentials up where ${name} is set`, async (t) => {
    process.env[name] = 'x';
    const service = running(t, 'invoke local');
    await service.run(...INVOKE);
    assert.equal(process.env.AWS_ACCESS_KEY_ID, undefined);
    assert.ok(service.log.lines.some((line) => line.startsWith('verbose: secret-baker: handlers have credentials, but not in')));
  });
}

test('before:invoke:local:invoke: leaves credentials of the environment, and those of shared files', async (t) => {
  process.env.AWS_ACCESS_KEY_ID = 'AKIAIOSFODNN7EXAMPLE';
  const service = running(t, 'invoke local');
  await service.run(...INVOKE);
  assert.equal(process.env.AWS_ACCESS_KEY_ID, 'AKIAIOSFODNN7EXAMPLE');
  assert.equal(process.env.AWS_SECRET_ACCESS_KEY, undefined);
  delete process.env.AWS_ACCESS_KEY_ID;
  process.env.AWS_CONFIG_FILE = __filename;
  const shared = running(t, 'offline');
  await shared.run('initialize', 'before:offline:start');
  assert.equal(process.env.AWS_ACCESS_KEY_ID, undefined);
});
