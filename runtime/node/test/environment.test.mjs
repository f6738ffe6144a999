// loadEnv(), in fresh processes.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { build } from 'esbuild';
import { parameter, refuse, startAws } from './fake-aws.mjs';
import { FILE, folderWith, keysAsEnv, packageFolder, runFresh, start } from './workshop.mjs';

const parameters = Object.fromEntries(['DB', 'TOKEN'].map((name) => [name, parameter(`/env/${name}`, `plaintext of ${name}`)]));
const nul = parameter('/env/nul', 'a\0b');
const entries = Object.fromEntries(Object.entries(parameters).map(([name, { entry }]) => [name, entry]));
const folder = folderWith({ [FILE]: entries });

/** @type {Awaited<ReturnType<typeof startAws>>} */
let kms;
// One for each test, so that none counts the calls of another.
beforeEach(async () => {
  kms = await startAws([nul.rule, ...Object.values(parameters).map(({ rule }) => rule)]);
});
afterEach(() => kms.stop());

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

for (const name of [
  'AWS_ENDPOINT_URL',
  'NODE_OPTIONS',
  'LD_PRELOAD',
  'OPENSSL_CONF',
  'NODE_TLS_REJECT_UNAUTHORIZED',
  'PATH',
  'BASH_FUNC_x',
]) {
  test(`${name} is refused, named or not, and nothing is set or asked`, async () => {
    const cwd = folderWith({ [FILE]: { DB: entries.DB, [name]: entries.TOKEN } });
    for (const options of ['', `{ only: ['DB', '${name}'], override: true }`]) {
      const { returned, DB } = await load(options, {}, cwd);
      assert.equal(returned.code, 'SECRET_BAKER_NOT_A_VARIABLE');
      assert.match(returned.message, new RegExp(`\`${name}\`: it cannot be .*\\n {2}hint: that variable belongs to the runtime`));
      assert.equal(DB, undefined);
    }
    assert.equal(kms.calls.length, 0);
  });
}

test('a prefix decides too: it makes a name reserved, and another free', async () => {
  const { returned } = await load("{ prefix: 'AWS_' }");
  assert.equal(returned.code, 'SECRET_BAKER_NOT_A_VARIABLE');
  const cwd = folderWith({ [FILE]: { PATH: entries.DB } });
  assert.deepEqual((await load("{ prefix: 'APP_' }", {}, cwd)).returned, ['APP_PATH']);
});

test('what changes where programs connect is set only where it is named', async () => {
  const cwd = folderWith({ [FILE]: { HTTPS_PROXY: entries.DB, no_proxy: entries.DB, ENV: entries.TOKEN } });
  const { returned } = await load('', {}, cwd);
  assert.equal(returned.code, 'SECRET_BAKER_NOT_A_VARIABLE');
  assert.match(returned.message, /^3 of 3 secrets .*\nsecret `HTTPS_PROXY`.*\n {2}hint: .*chosen by its name\nsecret `no_proxy`/);
  assert.deepEqual((await load("{ only: ['HTTPS_PROXY', 'ENV'] }", {}, cwd)).returned, ['HTTPS_PROXY', 'ENV']);
});

const variables = { ...keysAsEnv };
const packageOf = (/** @type {string} */ name) => JSON.stringify(new URL(`../${name}`, import.meta.url).href);

test('the module env sets all before what is imported after it runs', async () => {
  const cwd = folderWith({
    [FILE]: entries,
    'later.mjs': 'export const seen = process.env.DB;',
    'main.mjs': `import ${packageOf('env.js')};\nimport { seen } from './later.mjs';\nconsole.log(seen);`,
    'main.cjs': `require(new URL(${packageOf('env.js')}).pathname);\nconsole.log(process.env.TOKEN);`,
  });
  const env = { ...variables, AWS_ENDPOINT_URL_KMS: kms.endpoint };
  assert.equal((await start(['main.mjs'], { cwd, env }).ended).stdout, 'plaintext of DB\n');
  const program = 'console.log(process.env.TOKEN)';
  const required = await start(['main.cjs'], { cwd, env }).ended;
  assert.equal(required.stdout, 'plaintext of TOKEN\n', required.stderr);
  for (const [args, more] of /** @type {[string[], Record<string, string>?][]} */ ([
    [['--import', JSON.parse(packageOf('env.js'))]],
    [[], { NODE_OPTIONS: `--import ${JSON.parse(packageOf('env.js'))}` }],
  ])) {
    const imported = await start([...args, '-e', program], { cwd, env: { ...env, ...more } }).ended;
    assert.equal(imported.stdout, 'plaintext of TOKEN\n', imported.stderr);
  }
});

test('the module env stops a program whose secrets do not open', async () => {
  const cwd = folderWith({ 'main.mjs': `import ${packageOf('env.js')};\nconsole.log('went on');` });
  const { code, stdout, stderr } = await start(['main.mjs'], { cwd, env: variables }).ended;
  assert.deepEqual([code, stdout], [1, '']);
  assert.match(stderr, /SECRET_BAKER_BUNDLE_MISSING/);
});

test('the module env that was packed into a bundle says what to do', async () => {
  const cwd = folderWith({ [FILE]: entries });
  await build({
    stdin: { contents: `require(${JSON.stringify(join(packageFolder, 'env.js'))})`, resolveDir: cwd },
    bundle: true,
    platform: 'node',
    outfile: join(cwd, 'handler.js'),
  });
  const { code, stderr } = await start(['handler.js'], { cwd, env: variables }).ended;
  assert.equal(code, 1);
  assert.match(stderr, /TypeError: secret-baker\/env cannot be packed into a bundle: keep secret-baker out of it/);
});
