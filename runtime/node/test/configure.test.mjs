import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configure, secret, secretBytes, secrets } from '../index.mjs';
import { bundleOf } from './workshop.mjs';

const refused = /** @type {[any, RegExp][]} */ ([
  [{ fiel: 'x' }, /unknown key `fiel`; there are file, endpoint, credentials, timeout, attemptTimeout, connectTimeout/],
  [{ constructor: 1 }, /unknown key `constructor`/],
  [JSON.parse('{"__proto__": 1}'), /unknown key `__proto__`/],
  [undefined, /null|undefined/],
  [null, /null|undefined/],
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
