// Where the bundle is looked for, in fresh processes, and what is said of one that is not there.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parameter, startKms } from './fake-kms.mjs';
import { FILE, folderWith, keysAsEnv, packageFolder, runFresh, start } from './workshop.mjs';

const places = ['named', 'root', 'handler', 'script', 'cwd', 'configured'];
const parameters = new Map(places.map((place) => [place, parameter(`/file/${place}`, `from ${place}`)]));

/** A bundle whose secret tells where it lies. */
const bundle = (/** @type {string} */ place) => ({ A: parameters.get(place)?.entry });

/** @type {Awaited<ReturnType<typeof startKms>>} */
let kms;
before(async () => {
  kms = await startKms([...parameters.values()].map(({ rule }) => rule));
});
after(() => kms.stop());

const env = (/** @type {Record<string, string>} */ more = {}) => ({ ...keysAsEnv, AWS_ENDPOINT_URL_KMS: kms.endpoint, ...more });
const outcome = "await baker.secret('A').then(print, ({ code, message }) => print({ code, message }));";

test('looks in the task root, the folder of the handler, that of the script and the working folder, in this order', async () => {
  const root = folderWith({ 'src/api/.keep': '' });
  const cwd = folderWith();
  const program = folderWith({
    'main.js': `const baker = require(${JSON.stringify(packageFolder)}); baker.secret('A').then(console.log);`,
  });
  const lambda = env({ LAMBDA_TASK_ROOT: root, _HANDLER: 'src/api/users.list' });
  const opened = async () => (await start([join(program, 'main.js')], { env: lambda, cwd }).ended).stdout.trim();
  for (const [place, folder] of [
    ['cwd', cwd],
    ['script', program],
    ['handler', join(root, 'src/api')],
    ['root', root],
  ]) {
    writeFileSync(join(folder ?? '', FILE), JSON.stringify(bundle(place ?? '')));
    assert.equal(await opened(), `from ${place}`);
  }
});

test('SECRET_BAKER_FILE is the only place, and may be relative', async () => {
  const cwd = folderWith({ [FILE]: bundle('cwd'), 'other/named.json': bundle('named') });
  assert.equal(await runFresh(outcome, { cwd, env: env({ SECRET_BAKER_FILE: 'other/named.json' }) }), 'from named');
  assert.equal(await runFresh(outcome, { cwd, env: env({ SECRET_BAKER_FILE: '' }) }), 'from cwd');
  const { code, message } = await runFresh(outcome, { cwd, env: env({ SECRET_BAKER_FILE: 'none.json' }) });
  assert.equal(code, 'SECRET_BAKER_BUNDLE_MISSING');
  assert.ok(message.includes(`there is none at ${join(cwd, 'none.json')}\n`), message);
});

test('a configured file goes before SECRET_BAKER_FILE; another one forgets what was opened', async () => {
  const cwd = folderWith({ [FILE]: bundle('cwd'), 'configured.json': bundle('configured'), 'named.json': bundle('named') });
  const body = `
    const opened = [await baker.secret('A')];
    baker.configure({ file: 'configured.json' });
    opened.push(await baker.secret('A'));
    baker.configure({ file: undefined });
    print([...opened, await baker.secret('A')]);`;
  const found = await runFresh(body, { cwd, env: env({ SECRET_BAKER_FILE: 'named.json' }) });
  assert.deepEqual(found, ['from named', 'from configured', 'from named']);
});

test('an error tells every place that was looked at, once', async () => {
  const cwd = folderWith();
  const root = folderWith();
  const options = { cwd, env: env({ LAMBDA_TASK_ROOT: root, _HANDLER: 'index.handler' }) };
  const { code, message } = await runFresh(outcome, options);
  assert.equal(code, 'SECRET_BAKER_BUNDLE_MISSING');
  assert.ok(message.includes(`there is none at ${join(root, FILE)}, ${join(cwd, FILE)}\n`), message);
});

test('a bundle that is missing is one problem, however many secrets are asked for', async () => {
  const body = `
    const problems = [];
    for (const selection of [undefined, { only: ['A', 'B'] }]) {
      await baker.secrets(selection).catch((error) => problems.push(error.problems.map(({ code, secret }) => ({ code, secret }))));
    }
    print(problems);`;
  const missing = [{ code: 'SECRET_BAKER_BUNDLE_MISSING' }];
  assert.deepEqual(await runFresh(body, { env: env() }), [missing, missing]);
});

test('a bundle that comes later is found', async () => {
  const cwd = folderWith();
  const body = `
    const { code } = await baker.secret('A').catch((error) => error);
    require('node:fs').writeFileSync(${JSON.stringify(FILE)}, ${JSON.stringify(JSON.stringify(bundle('cwd')))});
    print([code, await baker.secret('A')]);`;
  assert.deepEqual(await runFresh(body, { cwd, env: env() }), ['SECRET_BAKER_BUNDLE_MISSING', 'from cwd']);
});

test('a bundle that cannot be read is not passed over', async () => {
  const root = folderWith();
  mkdirSync(join(root, FILE));
  const cwd = folderWith({ [FILE]: bundle('cwd') });
  const { code, message } = await runFresh(outcome, { cwd, env: env({ LAMBDA_TASK_ROOT: root }) });
  assert.equal(code, 'SECRET_BAKER_BUNDLE_INVALID');
  assert.match(message, /cannot be read: EISDIR/);
});

test('the bundle is read once', async () => {
  const cwd = folderWith({ [FILE]: { A: parameters.get('cwd')?.entry, B: parameters.get('root')?.entry } });
  const body = `
    await baker.secret('A');
    require('node:fs').rmSync(${JSON.stringify(FILE)});
    print(await baker.secret('B'));`;
  assert.equal(await runFresh(body, { cwd, env: env() }), 'from root');
});

test('near names are proposed, others are counted', async () => {
  const { entry } = parameters.get('cwd') ?? assert.fail();
  const cwd = folderWith({ [FILE]: { DB_PASSWORD: entry, DB_USER: entry, 'stripe-api-key': entry, UNLIKE: entry } });
  const body = `
    const asked = ['db_password', 'DB_PASWORD', 'STRIPE_API_KEY', 'ZZZZZZZZ', 'password_db', ''];
    print(await Promise.all(asked.map((name) => baker.secret(name).catch(({ message }) => message))));`;
  const [other, typo, dashes, unlike, order, empty] = await runFresh(body, { cwd, env: env() });
  assert.match(other, /^secret `db_password`: it is not in the bundle: did you mean `DB_PASSWORD`\?\n/);
  assert.match(typo, /did you mean `DB_PASSWORD`\?/);
  assert.match(dashes, /did you mean `stripe-api-key`\?/);
  assert.match(order, /did you mean `DB_PASSWORD`\?/);
  for (const message of [unlike, empty]) assert.match(message, /none of its 4 names is similar/);
});

test('an error quotes nothing of a file that is not JSON', async () => {
  const cwd = folderWith({ [FILE]: '{"A": hunter2' });
  const { code, message } = await runFresh(outcome, { cwd, env: env() });
  assert.equal(code, 'SECRET_BAKER_BUNDLE_INVALID');
  assert.match(message, /\(13 bytes\) is not a JSON object in UTF-8/);
  assert.doesNotMatch(message, /hunter2/);
});

test('an invalid entry fails by itself', async () => {
  const cwd = folderWith({ [FILE]: { A: bundle('cwd').A, B: { arn: 'x' } } });
  const body = "print([await baker.secret('A'), (await baker.secret('B').catch((error) => error)).code])";
  assert.deepEqual(await runFresh(body, { cwd, env: env() }), ['from cwd', 'SECRET_BAKER_BUNDLE_INVALID']);
});
