// What is published: its size, its entries, what it loads, its types.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parameter, startAws } from './fake-aws.mjs';
import { FILE, folderWith, keysAsEnv, packageFolder, published, runFresh, start } from './workshop.mjs';

const LARGEST = 96 * 1024;
const root = fileURLToPath(new URL('../../..', import.meta.url));
const manifest = JSON.parse(readFileSync(join(published, 'package.json'), 'utf8'));
const one = parameter('/package/one', 'plaintext of one');

/** @type {Awaited<ReturnType<typeof startAws>>} */
let kms;
before(async () => {
  kms = await startAws([one.rule]);
});
after(() => kms.stop());

const packed = () => {
  const { stdout, stderr } = spawnSync('npm', ['pack', '--dry-run', '--json'], { cwd: published, encoding: 'utf8' });
  const [{ files, unpackedSize }] = JSON.parse(stdout || assert.fail(stderr));
  return { unpackedSize, files: /** @type {string[]} */ (files.map((/** @type {{path: string}} */ { path }) => path)) };
};

/** A folder that has installed what is published. */
const consumer = (/** @type {Record<string, string | object>} */ files = {}) => {
  const folder = folderWith(files);
  const target = join(folder, 'node_modules/secret-baker');
  for (const file of packed().files) {
    mkdirSync(join(target, file, '..'), { recursive: true });
    cpSync(join(published, file), join(target, file));
  }
  return folder;
};

test('is small, has no dependency, and nothing but what runs', () => {
  const { files, unpackedSize } = packed();
  assert.ok(unpackedSize < LARGEST, `${unpackedSize} bytes`);
  const modules = ['index.d.mts', 'index.d.ts', 'index.js', 'index.mjs'];
  const expected = ['LICENSE', 'README.md', 'env.d.ts', 'env.js', ...modules, 'package.json'];
  assert.deepEqual(files.sort(), expected);
  for (const key of ['dependencies', 'peerDependencies', 'optionalDependencies', 'scripts'])
    assert.equal(manifest[key], undefined, key);
});

test('names its version to KMS', async () => {
  const cwd = folderWith({ [FILE]: { A: one.entry } });
  await runFresh("print(await baker.secret('A'))", { cwd, env: { ...keysAsEnv, AWS_ENDPOINT_URL: kms.endpoint } });
  const expected = `secret-baker-node/${manifest.version}`;
  assert.equal(kms.calls.at(-1)?.headers['user-agent'], expected);
});

test('opens from ESM and from CommonJS, and both are one', async () => {
  const cwd = consumer({
    [FILE]: { A: one.entry },
    'main.mjs': `
      import * as esm from 'secret-baker';
      import { createRequire } from 'node:module';
      const cjs = createRequire(import.meta.url)('secret-baker');
      const same = Object.keys(esm).every((name) => esm[name] === cjs[name]) && Object.keys(cjs).every((name) => esm[name] === cjs[name]);
      console.log(JSON.stringify([same, Object.keys(esm).sort(), await esm.secret('A'), cjs.secret('A') === esm.secret('A')]));`,
    'main.cjs': "require('secret-baker').secret('A').then(console.log);",
  });
  const env = { ...keysAsEnv, AWS_ENDPOINT_URL: kms.endpoint };
  const esm = await start(['main.mjs'], { cwd, env }).ended;
  const names = [
    'SecretBakerError',
    'configure',
    'loadEnv',
    'secret',
    'secretBytes',
    'secretBytesFromEnv',
    'secretFromEnv',
    'secrets',
    'secretsMiddleware',
    'withSecrets',
  ];
  assert.deepEqual(JSON.parse(esm.stdout || assert.fail(esm.stderr)), [true, names, 'plaintext of one', true]);
  assert.equal((await start(['main.cjs'], { cwd, env }).ended).stdout, 'plaintext of one\n');
});

test('loading it loads next to nothing; the first secret loads no more than a blob of KMS needs', async () => {
  const cwd = folderWith({ [FILE]: { A: one.entry } });
  const body = `
    const files = () => Object.keys(require.cache).map((file) => file.slice(${packageFolder.length})).sort();
    const heavy = () => process.moduleLoadList.filter((name) => /NativeModule (https?|_http_client|net|_tls_wrap|tls|crypto|perf_hooks|module)$/.test(name));
    const before = [files(), heavy()];
    await baker.secret('A');
    print([before, files(), heavy()]);`;
  // A program reads a file; \`-e\` loads more of Node than that.
  const program = folderWith({
    'main.js': `const baker = require(${JSON.stringify(packageFolder)});
    const print = (value) => console.log(JSON.stringify(value)); (async () => {${body}})();`,
  });
  const { stdout, stderr } = await start([join(program, 'main.js')], {
    cwd,
    env: { ...keysAsEnv, AWS_ENDPOINT_URL: kms.endpoint },
  }).ended;
  const [[files, heavy], after, heavyAfter] = JSON.parse(stdout || assert.fail(stderr));
  const ours = (/** @type {string[]} */ list) => list.filter((file) => /^(lib\/|index)/.test(file));
  assert.deepEqual(ours(files), ['index.js', 'lib/error.js']);
  assert.deepEqual(
    heavy.filter((/** @type {string} */ name) => !name.endsWith(' module')),
    [],
  );
  const idle = ['aws/container', 'aws/outage', 'aws/refusal', 'aws/sdk', 'encryption-sdk/message'];
  const others = ['credstash', 'kms', 'kmsfile', 'secretsManager', 'sops'].map((source) => `source/${source}`);
  for (const file of [...idle, ...others, 'aes', 'handover', 'sealed-variable', 'sentences', 'variables', 'wording']) {
    assert.ok(existsSync(join(packageFolder, `lib/${file}.js`)), `${file} is no more`);
    assert.ok(!after.includes(`lib/${file}.js`), `${file} was loaded`);
  }
  const loaded = heavyAfter.filter((/** @type {string} */ name) => !heavy.includes(name)).sort();
  // Lambda's bootstrap has loaded `http` before any function.
  assert.deepEqual(loaded, ['NativeModule _http_client', 'NativeModule crypto', 'NativeModule http', 'NativeModule net']);
});

test('the class that is published has its name in every log', async () => {
  const cwd = consumer({
    'main.cjs': `
      const { SecretBakerError, secret } = require('secret-baker');
      secret('A').catch((error) => {
        console.log(JSON.stringify([SecretBakerError.name, error.name, error.constructor.name]));
        console.log(error);
        throw error;
      });`,
  });
  const { stdout, stderr } = await start(['main.cjs'], { cwd }).ended;
  const [names = '', first = ''] = stdout.split('\n');
  assert.deepEqual(JSON.parse(names), ['SecretBakerError', 'SecretBakerError', 'SecretBakerError']);
  assert.match(first, /^SecretBakerError: secret `A`: there is no bundle/);
  assert.doesNotMatch(stdout + stderr, /SecretBakerError\d/);
});

test('its package.json and its module env can be found', async () => {
  const cwd = consumer({
    [FILE]: { A: one.entry },
    'main.mjs': "import 'secret-baker/env';\nconsole.log(process.env.A);",
    'main.cjs': "require('secret-baker/env'); console.log(require('secret-baker/package.json').version, process.env.A);",
  });
  const env = { ...keysAsEnv, AWS_ENDPOINT_URL: kms.endpoint };
  assert.equal((await start(['main.mjs'], { cwd, env }).ended).stdout, 'plaintext of one\n');
  const required = await start(['main.cjs'], { cwd, env }).ended;
  assert.equal(required.stdout, `${manifest.version} plaintext of one\n`, required.stderr);
});

test('an older Node.js is told in words', async () => {
  for (const folder of [packageFolder, published]) {
    const program = `delete process.getBuiltinModule; require(${JSON.stringify(folder)});`;
    const { code, stderr } = await start(['-e', program]).ended;
    assert.equal(code, 1);
    assert.match(stderr, /Error: secret-baker needs Node\.js 20\.16, 22\.3 or newer, and this is v\d+\.\d+/);
  }
});

test('the types fit consumers of every kind', () => {
  const cwd = consumer();
  for (const file of readdirSync(join(packageFolder, 'test/types')))
    cpSync(join(packageFolder, 'test/types', file), join(cwd, file));
  symlinkSync(join(root, 'node_modules/@types'), join(cwd, 'node_modules/@types'));
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const strict = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--target', 'es2022'];
  for (const [files, ...flags] of [
    [['consumer.mts', 'consumer.cts', 'consumer.ts'], '--module', 'node20'],
    [['consumer.ts'], '--module', 'esnext', '--moduleResolution', 'bundler'],
  ]) {
    const args = [tsc, ...strict, '--types', 'node', ...flags, ...(files ?? [])].map(String);
    const { stdout, status } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
    assert.equal(status, 0, stdout);
  }
});
