// A further source is one file beside the others and one line of the registry: each is added to a copy of the package, as docs/architecture.md
// says, and opens there.

import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { build } from 'esbuild';
import { KEY, opens, refuse, startAws } from './fake-aws.mjs';
import * as seal from './seal.mjs';
import { FILE, folderWith, keysAsEnv, packageFolder, pageOf, start } from './workshop.mjs';

const blob = Buffer.from([1, 2, 3, 4]).toString('base64');

/** @type {Awaited<ReturnType<typeof startAws>>} */
let aws;
/** The copy, as it is and packed by a bundler. @type {[string, string][]} */
let packages;
before(async () => {
  aws = await startAws([opens(blob, { TOY: 'doll' }, 'plaintext of the doll')]);
  const copy = packageWith('toy', 'shared');
  const packed = folderWith();
  await build({ entryPoints: [join(copy, 'index.js')], outfile: join(packed, 'index.js'), bundle: true, platform: 'node' });
  packages = [
    ['as it is', copy],
    ['packed', packed],
  ];
});
after(() => aws.stop());

/** @param {string[]} sources */
function packageWith(...sources) {
  const copy = folderWith();
  for (const part of ['index.js', 'package.json', 'lib'])
    cpSync(join(packageFolder, part), join(copy, part), { recursive: true });
  const registry = join(copy, 'lib/source/registry.js');
  for (const name of sources) {
    // As if it had been written there.
    const source = readFileSync(new URL(`sources/${name}.js`, import.meta.url), 'utf8').replaceAll("'../../lib/", "'../");
    writeFileSync(join(copy, `lib/source/${name}.js`), source);
    const line = `  ${name}: () => require('./${name}.js'),\n`;
    const text = readFileSync(registry, 'utf8');
    const [head, ...rest] = text.split('const named = {\n');
    assert.equal(rest.length, 1, 'the registry has its lines elsewhere');
    writeFileSync(registry, `${head}const named = {\n${line}${rest[0]}`);
  }
  return copy;
}

/**
 * What becomes of it in each of the packages.
 * @param {object} bundle
 * @param {string} body of an async function that has `baker` and returns what is to be known
 */
async function inEach(bundle, body) {
  const outcomes = [];
  for (const [what, folder] of packages) {
    aws.calls = [];
    const program = `
      const baker = require(${JSON.stringify(folder)});
      (async () => { ${body} })().then((value) => console.log(JSON.stringify(value)));`;
    const cwd = folderWith({ [FILE]: bundle, 'main.js': program });
    const { stdout, stderr } = await start(['main.js'], { cwd, env: { ...keysAsEnv, AWS_ENDPOINT_URL: aws.endpoint } }).ended;
    outcomes.push({ what, told: JSON.parse(stdout || assert.fail(stderr)), calls: aws.calls.length });
  }
  return outcomes;
}

const outcome = "return baker.secret('A').catch(({ code, message }) => [code, message]);";

test('an entry of the added source opens', async () => {
  for (const { what, told } of await inEach({ A: { source: 'toy', ciphertext: blob, label: 'doll' } }, outcome)) {
    assert.equal(told, 'plaintext of the doll', what);
  }
});

test('an error tells the place and the context as the added source has them', async () => {
  for (const { what, told } of await inEach({ A: { source: 'toy', ciphertext: blob, label: 'bear' } }, outcome)) {
    assert.deepEqual(
      told,
      [
        'SECRET_BAKER_WRONG_CONTEXT',
        'secret `A`: its ciphertext does not fit its encryption context or its key (toy bear, region eu-central-1): InvalidCiphertextException\n' +
          '  hint: package and deploy again: it opens under the encryption context TOY=bear only, by the key that it was encrypted with' +
          pageOf('SECRET_BAKER_WRONG_CONTEXT'),
      ],
      what,
    );
  }
});

test('what the added source refuses is refused before anybody is asked', async () => {
  const bundle = { A: { source: 'toy', ciphertext: blob, label: 'doll', version: 1 } };
  for (const { what, told, calls } of await inEach(bundle, outcome)) {
    assert.equal(told[0], 'SECRET_BAKER_BUNDLE_INVALID', what);
    assert.match(told[1], /its `version` is no field of a toy/);
    assert.equal(calls, 0);
  }
});

test('every source opens, in what a bundler has packed too', async () => {
  const [short, long] = [Buffer.alloc(32, 'a data key'), Buffer.alloc(64, 'a data key')];
  const ofFile = { arn: KEY, ciphertext: seal.blob('a data key') };
  const sealed = {
    kms: seal.kms('of kms'),
    kmsfile: seal.kmsfile('of kmsfile', short),
    credstash: seal.credstash('of credstash', long, { app: 'shop' }),
    secretsManager: seal.secretsManager('v1', { SecretBinary: Buffer.from('of secretsManager').toString('base64') }),
    sops: { entry: seal.sops('of sops', short, [ofFile]), rule: opens(ofFile.ciphertext, {}, short) },
  };
  const before = aws.rules;
  aws.rules = Object.values(sealed).map(({ rule }) => rule);
  const bundle = Object.fromEntries(Object.entries(sealed).map(([source, { entry }]) => [source, entry]));
  const names = Object.keys(sealed);
  const body = `const all = await baker.secrets(); return ${JSON.stringify(names)}.map((name) => all[name]);`;
  for (const { what, told, calls } of await inEach(bundle, body)) {
    assert.deepEqual(
      told,
      names.map((name) => `of ${name}`),
      what,
    );
    assert.equal(calls, names.length);
  }
  aws.rules = before;
});

test('a digest that Node.js was built without is told', async () => {
  const { entry, rule } = seal.credstash('of credstash', Buffer.alloc(64, 'a data key'));
  const before = aws.rules;
  aws.rules = [rule];
  const body = `process.getBuiltinModule('node:crypto').createHmac = ((own) => (name, key) => {
    if (key.length < 33 && String(key).includes('a data key')) throw new Error('digital envelope routines::unsupported');
    return own(name, key);
  })(process.getBuiltinModule('node:crypto').createHmac);
  ${outcome}`;
  for (const { what, told } of await inEach({ A: entry }, body)) {
    assert.equal(told[0], 'SECRET_BAKER_UNKNOWN_CIPHERTEXT', what);
    assert.match(told[1], /\(credential app\.db, version 0{18}1, region eu-central-1\): this Node\.js has no sha256\n/);
  }
  aws.rules = before;
});

test('a source that nobody added is not known, and none is taken for what every object has', async () => {
  for (const source of ['other', 'constructor', '__proto__', 'ssm', '', ['toy']]) {
    for (const { told } of await inEach({ A: { source, ciphertext: blob, label: 'doll' } }, outcome)) {
      assert.equal(told[0], 'SECRET_BAKER_UNKNOWN_SOURCE', String(source));
    }
  }
});

test('what serves several secrets is asked once, anew where that is wished or another file is read', async () => {
  const shared = (/** @type {string} */ field) => ({ source: 'shared', id: 'one', field });
  aws.behaviour = (call, response) => {
    if (call.target === 'TrentService.GetShared')
      response.end(JSON.stringify({ Fields: { a: `A${aws.calls.length}`, b: `B${aws.calls.length}` } }));
    else refuse('Strange')(call, response);
  };
  const body = `
    const { A, B } = await baker.secrets();
    const fresh = await baker.secret('A', { fresh: true });
    baker.configure({ file: undefined });
    return [A, B, fresh, await baker.secret('B'), await baker.secret('A')];`;
  for (const { what, told, calls } of await inEach({ A: shared('a'), B: shared('b') }, body)) {
    assert.deepEqual(told, ['A1', 'B1', 'A2', 'B3', 'A3'], what);
    assert.equal(calls, 3, what);
  }
  aws.reset();
});
