// loadEnv(), in fresh processes.

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { parameter, refuse, startKms } from './fake-kms.mjs';
import { FILE, folderWith, keysAsEnv, runFresh } from './workshop.mjs';

const parameters = Object.fromEntries(['DB', 'TOKEN'].map((name) => [name, parameter(`/env/${name}`, `plaintext of ${name}`)]));
const nul = parameter('/env/nul', 'a\0b');
const entries = Object.fromEntries(Object.entries(parameters).map(([name, { entry }]) => [name, entry]));
const folder = folderWith({ [FILE]: entries });

/** @type {Awaited<ReturnType<typeof startKms>>} */
let kms;
before(async () => {
  kms = await startKms([nul.rule, ...Object.values(parameters).map(({ rule }) => rule)]);
});
beforeEach(() => kms.reset());
after(() => kms.stop());

/**
 * Runs `loadEnv` with these options; gives what it returned and the variables after it.
 * @param {string} options
 * @param {Record<string, string>} [more] environment
 * @param {string} [cwd]
 */
const load = (options, more = {}, cwd = folder) =>
  runFresh(
    `const returned = await baker.loadEnv(${options}).catch(({ code, message }) => ({ code, message }));
     const { DB, TOKEN, APP_DB, APP_TOKEN } = process.env;
     print({ returned, DB, TOKEN, APP_DB, APP_TOKEN });`,
    { cwd, env: { ...keysAsEnv, AWS_ENDPOINT_URL_KMS: kms.endpoint, ...more } },
  );

test('sets all and returns the names', async () => {
  const expected = { returned: ['DB', 'TOKEN'], DB: 'plaintext of DB', TOKEN: 'plaintext of TOKEN' };
  assert.deepEqual(await load(''), expected);
});

test('only some, with a prefix', async () => {
  assert.deepEqual(await load("{ only: ['DB'], prefix: 'APP_' }"), { returned: ['APP_DB'], APP_DB: 'plaintext of DB' });
});

test('keeps what is set, an empty one too, and does not open its secret', async () => {
  const expected = { returned: ['TOKEN'], DB: '', TOKEN: 'plaintext of TOKEN' };
  assert.deepEqual(await load('', { DB: '' }), expected);
  assert.equal(kms.calls.length, 1);
});

test('needs no bundle where all is set', async () => {
  const found = await load("{ only: ['DB'] }", { DB: 'of the developer' }, folderWith());
  assert.deepEqual(found, { returned: [], DB: 'of the developer' });
});

test('replaces what is set when told to', async () => {
  const found = await load("{ only: ['DB'], override: true }", { DB: 'before' });
  assert.deepEqual(found, { returned: ['DB'], DB: 'plaintext of DB' });
});

test('sets nothing where one fails', async () => {
  kms.next(refuse('AccessDeniedException'));
  const { returned, DB, TOKEN } = await load('');
  assert.equal(returned.code, 'SECRET_BAKER_ACCESS_DENIED');
  assert.deepEqual([DB, TOKEN], [undefined, undefined]);
});

test('refuses what a variable cannot hold, and sets nothing', async () => {
  const withNul = await load('', {}, folderWith({ [FILE]: { DB: entries.DB, N: nul.entry } }));
  assert.equal(withNul.returned.code, 'SECRET_BAKER_NOT_A_VARIABLE');
  assert.match(withNul.returned.message, /`N`: it cannot be an environment variable/);
  assert.equal(withNul.DB, undefined);
  const badName = await load('', {}, folderWith({ [FILE]: { DB: entries.DB, 'a=b': entries.TOKEN } }));
  assert.equal(badName.returned.code, 'SECRET_BAKER_NOT_A_VARIABLE');
  assert.match(badName.returned.message, /`a=b`: it cannot be an environment variable/);
});
