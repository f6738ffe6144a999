'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { fakeService } = require('./fake-serverless.js');
const { paged } = require('./paged.js');

const KEYS_HINT =
  '  hint: secretBakerOptions takes enabled, region, endpoint, allowInsecureEndpoint, env, default, local, check, iam, frozen';
const REGION = '  hint: such as eu-central-1';
const ENDPOINT = '  hint: such as https://ssm.eu-central-1.amazonaws.com';
const NAMES = '  hint: the names are those of custom.secretBaker, [] is for none; for all of them leave the key out';

/**
 * @param {Record<string, unknown>} options with one key
 * @param {string} message without its place
 * @returns {[string, Record<string, any>, string]}
 */
const refused = (options, message) => [
  JSON.stringify(options),
  { secretBakerOptions: options },
  `custom.secretBakerOptions.${Object.keys(options)[0]}: ${message}`,
];

const cyclic = [/** @type {unknown} */ ('A')];
cyclic.push(cyclic);

/** @type {[string, Record<string, any>, RegExp | string][]} */
const REFUSED = [
  ['a list for options', { secretBakerOptions: [] }, `custom.secretBakerOptions: expected a map\n${KEYS_HINT}`],
  // As `${self:custom.typo, null}`: what narrows may have stood in there.
  ['options left empty', { secretBakerOptions: null }, `custom.secretBakerOptions: expected a map\n${KEYS_HINT}`],
  ['a text for options', { secretBakerOptions: 'x' }, `custom.secretBakerOptions: expected a map\n${KEYS_HINT}`],
  ['an unknown option', { secretBakerOptions: { enable: true } }, `custom.secretBakerOptions.enable: unknown key\n${KEYS_HINT}`],
  [
    'a name of every object',
    { secretBakerOptions: { toString: 1 } },
    `custom.secretBakerOptions.toString: unknown key\n${KEYS_HINT}`,
  ],
  ...['no', 0, 1, '', [], null].map((enabled) => refused({ enabled }, 'expected true or false')),
  ...['no', 0, 1, '', [], null].map((value) => refused({ allowInsecureEndpoint: value }, 'expected true or false')),
  ...[5, '', 'hunter2', ['eu-central-1'], 'eu-central-1\n'].map((region) =>
    refused({ region }, `expected the name of a region\n${REGION}`),
  ),
  ...[5, '', 'user:hunter2@host', 'ftp://host', ['http://host']].map((endpoint) =>
    refused({ endpoint }, `expected a URL\n${ENDPOINT}`),
  ),
  ...[false, 0, '', 'A', {}, [['A']], [5], [null]].map((value) =>
    refused({ default: value }, `expected a list of names\n${NAMES}`),
  ),
  refused({ default: null }, `it is empty: expected a list of names\n${NAMES}`),
  [
    'all mistakes at once',
    { secretBakerOptions: { enabled: 'no', default: 'A', 'evil\nkey': 1 } },
    [
      'custom.secretBakerOptions.enabled: expected true or false',
      `custom.secretBakerOptions.default: expected a list of names\n${NAMES}`,
      `custom.secretBakerOptions.evil...: unknown key\n${KEYS_HINT}`,
    ].join('\n'),
  ],
  ...[5, 'A', [5], { f: 'A' }, { f: [null] }].map(
    (env) =>
      /** @type {[string, Record<string, any>, RegExp]} */ ([
        `${JSON.stringify(env)} for env`,
        { secretBakerOptions: { env } },
        /^custom\.secretBakerOptions\.env(\.f)?: expected true, false or a list of names\n {2}hint: /,
      ]),
  ),
  ['a function', { secretBaker: () => [] }, 'custom.secretBaker: expected a list or a map, found a function'],
  [
    'a big integer',
    { secretBaker: [5n] },
    /^custom\.secretBaker: cannot be written as JSON: .*BigInt.*\n {2}hint: only lists, maps and strings/,
  ],
  [
    'a cycle',
    { secretBaker: cyclic },
    /^custom\.secretBaker: cannot be written as JSON: [\s\S]*circular[\s\S]*\n {2}hint: only lists/,
  ],
];

for (const [title, custom, message] of REFUSED) {
  test(`after:package:cleanup: refuses ${title}, before it loads the core`, async (t) => {
    const service = fakeService({ custom: { secretBaker: ['A'], ...custom } });
    t.after(service.remove);
    const code = 'SECRET_BAKER_CONFIG_INVALID';
    const refused = message instanceof RegExp ? { code, message } : paged(code, message);
    await assert.rejects(service.run('after:package:cleanup'), refused);
    assert.equal(service.core.loads, 0);
  });
}

test('after:package:cleanup: a region left empty is as good as absent', async (t) => {
  const service = fakeService({ custom: { secretBaker: ['A'], secretBakerOptions: { region: null, endpoint: null } } });
  t.after(service.remove);
  await service.run('after:package:cleanup');
  assert.equal(service.core.requests[0]?.region, 'eu-central-1');
});

test('after:package:cleanup: a flag may be the text that comes out of a variable', async (t) => {
  for (const [enabled, bakes] of /** @type {[unknown, number][]} */ ([
    ['false', 0],
    [false, 0],
    ['true', 1],
  ])) {
    const service = fakeService({ custom: { secretBaker: ['A'], secretBakerOptions: { enabled } } });
    t.after(service.remove);
    await service.run('after:package:cleanup');
    assert.equal(service.core.requests.length, bakes, String(enabled));
  }
});

test('after:package:cleanup: hands allowInsecureEndpoint on, and nothing without it', async (t) => {
  for (const [allowInsecureEndpoint, expected] of [
    [true, true],
    ['true', true],
    [false, undefined],
  ]) {
    const service = fakeService({ custom: { secretBaker: ['A'], secretBakerOptions: { allowInsecureEndpoint } } });
    t.after(service.remove);
    await service.run('after:package:cleanup');
    assert.equal(service.core.requests[0]?.allowInsecureEndpoint, expected);
  }
});

for (const secretBaker of [true, 5, 'a text', false, 0]) {
  test(`after:package:cleanup: custom.secretBaker: ${JSON.stringify(secretBaker)} is the core's to refuse`, async (t) => {
    const service = fakeService({ custom: { secretBaker } });
    t.after(service.remove);
    await service.run('after:package:cleanup');
    assert.equal(service.core.requests[0]?.config, JSON.stringify(secretBaker));
  });
}

for (const key of [
  'secretbaker',
  'secret-baker',
  'SecretBaker',
  'secretsBaker',
  'secretBakers',
  'SECRET_BAKER',
  'secretBacker',
]) {
  test(`after:package:cleanup: refuses custom.${key}: ours was meant`, async (t) => {
    const service = fakeService({ custom: { [key]: ['A'] } });
    t.after(service.remove);
    await assert.rejects(
      service.run('after:package:cleanup'),
      paged('SECRET_BAKER_CONFIG_INVALID', `custom.${key}: unknown key\n  hint: did you mean secretBaker?`),
    );
  });
}

for (const key of ['secretbakerOptions', 'secretBakerOption', 'secret-baker-options']) {
  test(`after:package:cleanup: refuses custom.${key} beside custom.secretBaker: it may narrow`, async (t) => {
    const service = fakeService({ custom: { secretBaker: ['A'], [key]: { default: [] } } });
    t.after(service.remove);
    await assert.rejects(
      service.run('after:package:cleanup'),
      paged('SECRET_BAKER_CONFIG_INVALID', `custom.${key}: unknown key\n  hint: did you mean secretBakerOptions?`),
    );
  });
}

test('after:package:cleanup: keys of others, and of the user where ours is there, are nobody else', async (t) => {
  for (const custom of [
    { secretManager: {}, webpack: {} },
    { secretBaker: ['A'], secretBaker2: ['B'], secretBakerDev: ['C'] },
  ]) {
    const service = fakeService({ custom });
    t.after(service.remove);
    await service.run('after:package:cleanup');
  }
});

test('after:package:cleanup: options and lists without custom.secretBaker are told', async (t) => {
  const functions = { a: { secretBaker: ['A'] }, b: {}, c: null };
  const service = fakeService({ service: { custom: { secretBakerOptions: { region: 'eu-west-1' } }, functions } });
  t.after(service.remove);
  await service.run('before:package:cleanup', 'after:package:cleanup', 'before:esbuild-package:package', 'finalize');
  assert.deepEqual(service.log.lines, [
    'notice: secret-baker: nothing is baked: there is no custom.secretBaker, and custom.secretBakerOptions, ' +
      'functions.a.secretBaker without it does nothing',
  ]);
  assert.equal(service.core.loads, 0);
});

test('constructor: declares its keys to the framework without a type, which its validator would bend values to', (t) => {
  const service = fakeService();
  t.after(service.remove);
  assert.deepEqual(service.log.schemas, [{ type: 'object', properties: { secretBaker: {}, secretBakerOptions: {} } }]);
  assert.deepEqual(service.log.functionSchemas, [{ type: 'object', properties: { secretBaker: {} } }]);
});

test('constructor: works in a framework without a schema', (t) => {
  const service = fakeService({ serverless: { configSchemaHandler: undefined } });
  t.after(service.remove);
  assert.deepEqual(service.log.schemas, []);
});
