// Where the bundle is looked for, in fresh processes, and what is said of one that is not there.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { after, before, test } from 'node:test';
import { parameter, startAws } from './fake-aws.mjs';
import { FILE, folderWith, keysAsEnv, packageFolder, runFresh, start } from './workshop.mjs';

const places = ['named', 'root', 'handler', 'script', 'cwd', 'configured', 'outside'];
const parameters = new Map(places.map((place) => [place, parameter(`/file/${place}`, `from ${place}`)]));

/** A bundle whose secret tells where it lies. */
const bundle = (/** @type {string} */ place) => ({ A: parameters.get(place)?.entry });

/** @type {Awaited<ReturnType<typeof startAws>>} */
let kms;
before(async () => {
  kms = await startAws([...parameters.values()].map(({ rule }) => rule));
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

test('a handler that leads out of the task root names no folder', async () => {
  const root = folderWith();
  const outside = folderWith({ [FILE]: bundle('outside') });
  const cwd = folderWith({ [FILE]: bundle('cwd') });
  for (const handler of [`../${basename(outside)}/app.handler`, `src/../../${basename(outside)}/a.b`, `${outside}/app.handler`]) {
    assert.equal(await runFresh(outcome, { cwd, env: env({ LAMBDA_TASK_ROOT: root, _HANDLER: handler }) }), 'from cwd', handler);
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
  assert.match(message, /cannot be read: it is no file\n {2}hint: check the file's mode/);
});

test('the bundle is read once', async () => {
  const cwd = folderWith({ [FILE]: { A: parameters.get('cwd')?.entry, B: parameters.get('root')?.entry } });
  const body = `
    await baker.secret('A');
    require('node:fs').rmSync(${JSON.stringify(FILE)});
    print(await baker.secret('B'));`;
  assert.equal(await runFresh(body, { cwd, env: env() }), 'from root');
});

test('of a name that is not there, up to ten others are listed', async () => {
  const { entry } = parameters.get('cwd') ?? assert.fail();
  const listed = async (/** @type {string[]} */ names) => {
    const cwd = folderWith({ [FILE]: Object.fromEntries(names.map((name) => [name, entry])) });
    const body = "print((await baker.secret('NONE').catch((error) => error.problems[0].message)))";
    return (await runFresh(body, { cwd, env: env() })).split('hint: ')[1];
  };
  assert.equal(await listed(['DB', 'a`$&\nb']), 'add it to custom.secretBaker and deploy; the bundle holds `DB`, `a`$&\\nb`');
  const twelve = Array.from({ length: 12 }, (_, at) => `S${at}`);
  assert.match(await listed(twelve), /holds `S0`, `S1`, .*, `S9` and 2 more$/);
  assert.equal(await listed([]), 'the bundle is empty: add the secret to custom.secretBaker and deploy');
});

for (const [what, content] of /** @type {[string, string | Buffer][]} */ ([
  ['a name twice', '{"A": 1, "A": ENTRY}'],
  ['a name twice, further in', '{"A": ENTRY, "B": {"x": 1, "\\u0078": 2}}'],
  ['half of a character', '{"A": ENTRY, "B": "\\ud800"}'],
  ['half of a character in a name', '{"A": ENTRY, "\\udc00": 1}'],
  ['a number without end', '{"A": ENTRY, "B": 1e400}'],
  ['a number of 310 digits', `{"A": ENTRY, "B": ${'9'.repeat(310)}}`],
  ['NaN', '{"A": ENTRY, "B": NaN}'],
  ['101 lists and objects within each other', `{"A": ENTRY, "B": ${'['.repeat(100)}${']'.repeat(100)}}`],
  ['a million lists', `{"A": ENTRY, "B": ${'['.repeat(1e6)}${']'.repeat(1e6)}}`],
  ['two byte order marks', '\ufeff\ufeff{"A": ENTRY}'],
  ['a byte that is not UTF-8', Buffer.concat([Buffer.from('{"A": ENTRY, "B": "'), Buffer.from([0xff]), Buffer.from('"}')])],
  ['a list', '[]'],
  ['more than 16 MiB', `{"A": ENTRY}${' '.repeat(16 * 1024 * 1024)}`],
])) {
  test(`a file with ${what} is refused`, async () => {
    const entry = JSON.stringify(parameters.get('cwd')?.entry);
    const text = Buffer.isBuffer(content) ? content : content.replace('ENTRY', () => entry);
    const { code } = await runFresh(outcome, { cwd: folderWith({ [FILE]: text }), env: env() });
    assert.equal(code, 'SECRET_BAKER_BUNDLE_INVALID');
  });
}

test('a file that is strange and right is read', async () => {
  const entry = JSON.stringify(parameters.get('cwd')?.entry);
  const rest = `"B": ${'['.repeat(99)}${']'.repeat(99)}, "C:{\\"": "\\ud83d\\ude00 \\\\", "__proto__": {"a": {}, "b": -1.5e300}`;
  const cwd = folderWith({ [FILE]: `\ufeff{"A": ${entry}, ${rest}}` });
  assert.equal(await runFresh(outcome, { cwd, env: env() }), 'from cwd');
});

for (const [what, change, code] of /** @type {[string, (entry: any) => object, string][]} */ ([
  ['a space in its arn', ({ arn }) => ({ arn: `${arn} x` }), 'BUNDLE_INVALID'],
  ['no path in its arn', ({ arn }) => ({ arn: arn.replace('/file/cwd', '/') }), 'BUNDLE_INVALID'],
  ['a line end after its arn', ({ arn }) => ({ arn: `${arn}\n` }), 'BUNDLE_INVALID'],
  ['an account of eleven digits', ({ arn }) => ({ arn: arn.replace('123456789012', '12345678901') }), 'BUNDLE_INVALID'],
  ['a region that is a host name', ({ arn }) => ({ arn: arn.replace('eu-central-1', 'evil.example') }), 'BUNDLE_INVALID'],
  ['the arn of a key', ({ arn }) => ({ arn: arn.replace(':ssm:', ':kms:') }), 'BUNDLE_INVALID'],
  ['an arn of more than 2048 bytes', ({ arn }) => ({ arn: arn + 'x'.repeat(2048) }), 'BUNDLE_INVALID'],
  ['an empty ciphertext', () => ({ ciphertext: '' }), 'BUNDLE_INVALID'],
  ['a ciphertext without its padding', () => ({ ciphertext: 'AQI' }), 'BUNDLE_INVALID'],
  ['a ciphertext whose unused bits are set', () => ({ ciphertext: 'AQJ=' }), 'BUNDLE_INVALID'],
  ['a ciphertext with a line end', () => ({ ciphertext: 'AQIC\nAQI' }), 'BUNDLE_INVALID'],
  ['a ciphertext in the alphabet of URLs', () => ({ ciphertext: 'AQI_' }), 'BUNDLE_INVALID'],
  ['a blob that is too long', () => ({ ciphertext: Buffer.alloc(6145, 1).toString('base64') }), 'BUNDLE_INVALID'],
  [
    'a ciphertext of more than 64 KiB',
    () => ({ ciphertext: Buffer.concat([Buffer.from([2, 4]), Buffer.alloc(65535)]).toString('base64') }),
    'BUNDLE_INVALID',
  ],
  ['one byte of ciphertext', () => ({ ciphertext: 'AQ==' }), 'UNKNOWN_CIPHERTEXT'],
  ['a source, whatever it is', () => ({ source: null, arn: 5 }), 'UNKNOWN_SOURCE'],
])) {
  test(`an entry with ${what} is ${code}, and KMS is not asked`, async () => {
    const good = parameters.get('cwd')?.entry;
    const cwd = folderWith({ [FILE]: { A: { ...good, ...change(good) } } });
    const calls = kms.calls.length;
    const { code: told, message } = await runFresh(outcome, { cwd, env: env() });
    assert.equal(told, `SECRET_BAKER_${code}`, message);
    assert.equal(kms.calls.length, calls);
  });
}

test('what a file says forges no lines of a log', async () => {
  const name = 'x\n2026 ERROR forged\u2028\x1b[31m';
  const cwd = folderWith({ [FILE]: { A: { source: name }, [name]: {} } });
  const body = `
    const asked = ['A', ${JSON.stringify(name)}, 'NONE', '\\ud800'];
    print(await Promise.all(asked.map((name) => baker.secret(name).catch(({ message }) => message))));`;
  for (const message of await runFresh(body, { cwd, env: env() })) {
    assert.match(message, /^[^\n]+\n {2}hint: [^\n]+\n {2}more: [^\n]+$/);
    assert.doesNotMatch(message.replaceAll('\n', ''), /[\p{Cc}\u2028\p{Cs}]/u);
    assert.match(message, /\\n2026 ERROR forged\\u\{2028\}\\u\{1b\}\[31m|\\u\{d800\}/);
  }
});

test('a working folder that was removed is no failure of its own', async () => {
  const cwd = folderWith();
  const body = `
    process.chdir(${JSON.stringify(cwd)});
    require('node:fs').rmdirSync(${JSON.stringify(cwd)});
    ${outcome}`;
  assert.equal((await runFresh(body, { env: env() })).code, 'SECRET_BAKER_BUNDLE_MISSING');
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
