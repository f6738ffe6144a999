import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configure, loadEnv, secret, secretBytes, secrets, secretsMiddleware, withSecrets } from '../index.mjs';
import { bundleOf } from './workshop.mjs';

const refused = /** @type {[any, RegExp][]} */ ([
  [{ fiel: 'x' }, /unknown key `fiel`; there are file, endpoint, credentials, agent, allowInsecureEndpoint, timeout/],
  [{ constructor: 1 }, /unknown key `constructor`/],
  [JSON.parse('{"__proto__": 1}'), /unknown key `__proto__`/],
  [undefined, /takes an object, not undefined/],
  [null, /takes an object, not null/],
  [{ file: 5 }, /`file` must be a path, not 5/],
  [{ file: '' }, /`file` must be a path, not an empty string/],
  [{ endpoint: new URL('http://x') }, /`endpoint` must be a URL, not a value of type object/],
  [{ credentials: 'AKIA' }, /`credentials` must be keys or a function, not a value of type string/],
  [{ credentials: null }, /`credentials` must be keys or a function, not null/],
  [{ agent: {} }, /`agent` must be an agent of node:https or node:http/],
  [{ allowInsecureEndpoint: 'true' }, /`allowInsecureEndpoint` must be true or false/],
  [{ timeout: '10' }, /`timeout` must be a number of milliseconds, not a value of type string/],
  [{ timeout: Number.NaN }, /`timeout` must be a number of milliseconds, not NaN/],
  [{ attemptTimeout: 0 }, /`attemptTimeout` must be a number of milliseconds, not 0/],
  [{ connectTimeout: Number.POSITIVE_INFINITY }, /`connectTimeout` must be a number of milliseconds, not Infinity/],
]);

for (const [changes, message] of refused) {
  test(`refuses what is wrong: ${message.source}`, () => assert.throws(() => configure(changes), { name: 'TypeError', message }));
}

test('of a wrong change nothing takes effect', async () => {
  configure({ file: bundleOf({}) });
  assert.throws(() => configure(/** @type {any} */ ({ file: '/nowhere', wrong: 1 })), TypeError);
  await assert.rejects(secret('A'), { code: 'SECRET_BAKER_NOT_IN_BUNDLE' });
});

test('a name that is not a string is a mistake of the program', async () => {
  for (const name of /** @type {any[]} */ ([undefined, null, 5, {}])) {
    await assert.rejects(secret(name), TypeError);
    await assert.rejects(secretBytes(name), TypeError);
    await assert.rejects(secrets({ only: [name] }), TypeError);
  }
});

for (const [selection, message] of /** @type {[any, RegExp][]} */ ([
  [{ only: 'A' }, /`only` must be a list of names such as \['NAME'\], not a value of type string/],
  [{ only: null }, /`only` must be a list of names such as \['NAME'\], not null/],
  [{ only: new Set(['A']) }, /`only` must be a list/],
  [{ onyl: ['A'] }, /unknown option `onyl`; there are only/],
  [['A'], /its options must be an object such as \{ only: \['NAME'\] \}, not an array/],
  ['A', /its options must be an object/],
  [null, /its options must be an object such as .*, not null/],
])) {
  test(`what narrows never fails open: ${JSON.stringify(selection)}`, async () => {
    configure({ file: bundleOf({}) });
    await assert.rejects(secrets(selection), { name: 'TypeError', message });
    await assert.rejects(loadEnv(selection), { name: 'TypeError', message });
    assert.throws(() => withSecrets(async () => {}, selection), { name: 'TypeError', message });
    assert.throws(() => secretsMiddleware(selection), { name: 'TypeError', message });
  });
}

test('a prefix that is no text and a handler that is none are told', async () => {
  await assert.rejects(loadEnv(/** @type {any} */ ({ prefix: 5 })), {
    name: 'TypeError',
    message: /`prefix` must be a string, not 5/,
  });
  assert.throws(() => withSecrets(/** @type {any} */ ({})), { name: 'TypeError', message: /the handler must be a function/ });
});
