'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { fakeService } = require('./fake-serverless.js');

const KEYS_HINT = '  hint: secretBakerOptions takes enabled, region, endpoint, env';
const cyclic = [/** @type {unknown} */ ('A')];
cyclic.push(cyclic);

/** @type {[string, Record<string, any>, RegExp | string][]} */
const REFUSED = [
  ['a list for options', { secretBakerOptions: [] }, `custom.secretBakerOptions: expected a map\n${KEYS_HINT}`],
  ['a text for options', { secretBakerOptions: 'x' }, `custom.secretBakerOptions: expected a map\n${KEYS_HINT}`],
  ['an unknown option', { secretBakerOptions: { enable: true } }, `custom.secretBakerOptions.enable: unknown key\n${KEYS_HINT}`],
  [
    'a name of every object',
    { secretBakerOptions: { toString: 1 } },
    `custom.secretBakerOptions.toString: unknown key\n${KEYS_HINT}`,
  ],
  ['a text for enabled', { secretBakerOptions: { enabled: 'no' } }, 'custom.secretBakerOptions.enabled: expected a boolean'],
  ['a number for region', { secretBakerOptions: { region: 5 } }, 'custom.secretBakerOptions.region: expected a string'],
  ...[5, 'A', [5], { f: 'A' }, { f: [null] }].map(
    (env) =>
      /** @type {[string, Record<string, any>, RegExp]} */ ([
        `${JSON.stringify(env)} for env`,
        { secretBakerOptions: { env } },
        /^custom\.secretBakerOptions\.env(\.f)?: expected true, false or a list of names\n {2}hint: /,
      ]),
  ),
  ['an empty endpoint', { secretBakerOptions: { endpoint: '' } }, 'custom.secretBakerOptions.endpoint: expected a string'],
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
    await assert.rejects(service.run('after:package:cleanup'), { code: 'SECRET_BAKER_CONFIG_INVALID', message });
    assert.equal(service.core.loads, 0);
  });
}

test('after:package:cleanup: options left empty are as good as absent', async (t) => {
  const service = fakeService({ custom: { secretBaker: ['A'], secretBakerOptions: { enabled: null, region: null } } });
  t.after(service.remove);
  await service.run('after:package:cleanup');
  assert.equal(service.core.requests[0]?.region, 'eu-central-1');
});

test('constructor: declares custom.secretBaker and custom.secretBakerOptions to the framework', (t) => {
  const service = fakeService();
  t.after(service.remove);
  assert.deepEqual(service.log.schemas, [
    {
      type: 'object',
      properties: {
        secretBaker: { anyOf: [{ type: 'null' }, { type: 'array' }, { type: 'object' }] },
        secretBakerOptions: {
          type: 'object',
          properties: { enabled: { type: 'boolean' }, region: { type: 'string' }, endpoint: { type: 'string' }, env: {} },
          additionalProperties: false,
        },
      },
    },
  ]);
});

test('constructor: works in a framework without a schema', (t) => {
  const service = fakeService({ serverless: { configSchemaHandler: undefined } });
  t.after(service.remove);
  assert.deepEqual(service.log.schemas, []);
});
