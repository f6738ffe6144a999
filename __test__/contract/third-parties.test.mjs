// What others store, all openers open: items that credstash writes, and files that two programs of SOPS write, which a third reads too.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { python, root } from '../aws/python.mjs';
import { credentials, region, startStandIn } from '../aws/stand-in.mjs';
import { failed, startOpeners } from './openers.mjs';
import { entryOf, ofYaml, readSopsFile } from './sops-file.mjs';
import { startAws } from './table-aws.mjs';

const SOPS = join(root, '__test__/vectors/sops');
const folder = mkdtempSync(join(tmpdir(), 'third-parties-'));
/** @type {Awaited<ReturnType<typeof startStandIn>>} */
let standIn;
/** @type {import('./openers.mjs').Opener<import('./openers.mjs').Aws>[]} */
let openers;
/** @type {Record<string, string>} */
let env;

before(async () => {
  standIn = await startStandIn();
  openers = await startOpeners(async () => ({ url: standIn.endpoint, stop: () => {} }));
  const keys = { AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey };
  const regions = { AWS_REGION: region, AWS_DEFAULT_REGION: region };
  env = { PATH: String(process.env.PATH), HOME: folder, AWS_ENDPOINT_URL: standIn.endpoint, ...keys, ...regions };
});

after(async () => {
  for (const opener of openers) opener.stop();
  await standIn.stop();
  rmSync(folder, { recursive: true });
});

/**
 * Runs the command of a package for Python.
 * @param {string} main such as `sops.main`
 * @param {string[]} args
 */
function runPython(main, ...args) {
  const code = `import ${main.split('.')[0]}; ${main}()`;
  return execFileSync(python, ['-W', 'ignore', '-c', code, ...args], { cwd: folder, env, stdio: 'pipe' });
}

/**
 * Has every opener open every secret of a bundle.
 * @param {Record<string, {entry: object, expected: import('./openers.mjs').Outcome}>} secrets
 * @param {typeof openers} by
 */
async function opensAll(secrets, by) {
  const file = join(folder, 'bundle.json');
  writeFileSync(file, JSON.stringify(Object.fromEntries(Object.entries(secrets).map(([name, { entry }]) => [name, entry]))));
  for (const [secret, { expected }] of Object.entries(secrets)) {
    // No variable can hold what is no text.
    const able = by.filter(({ name }) => expected.bytes === undefined || name !== 'launcher');
    const told = await Promise.all(able.map(async (opener) => [opener.name, await opener.open({ file, secret })]));
    assert.deepEqual(
      told,
      able.map(({ name }) => [name, expected]),
      secret,
    );
  }
}

describe('items that credstash writes', () => {
  const table = 'credential-store';
  const context = { environment: 'prod', team: 'shop' };
  const long = 'a line of sixteen bytes and more\n'.repeat(200);
  const put = [
    { name: 'one_byte', value: 'x' },
    { name: 'one_block', value: '0123456789abcdef' },
    { name: 'letters', value: 'pässwörd 🔑 of more blocks than one' },
    { name: 'long', value: long },
    { name: 'in_context', value: 'bound to its context', context },
    ...['SHA', 'SHA224', 'SHA256', 'SHA384', 'SHA512', 'MD5'].map((digest) => ({ name: `by_${digest}`, value: digest, digest })),
  ];

  before(async () => {
    const { KeyMetadata } = await standIn.kms('CreateKey', {});
    await standIn.kms('CreateAlias', { AliasName: 'alias/credstash', TargetKeyId: KeyMetadata.KeyId });
    credstash('setup');
    for (const { name, value, digest = 'SHA256', context = {} } of /** @type {any[]} */ (put)) {
      credstash('put', '-d', digest, name, value, ...Object.entries(context).map((pair) => pair.join('=')));
    }
  });

  /** @param {string[]} args */
  const credstash = (...args) => runPython('credstash.main', '-r', region, '-t', table, ...args).toString();

  /** The latest item of a name, as the text of each attribute. @param {string} name */
  async function itemOf(name) {
    const condition = { KeyConditionExpression: '#n = :n', ExpressionAttributeNames: { '#n': 'name' } };
    const { Items } = await standIn.dynamoDb('Query', {
      ...condition,
      TableName: table,
      ExpressionAttributeValues: { ':n': { S: name } },
      ScanIndexForward: false,
      Limit: 1,
    });
    const [item] = Items;
    return Object.fromEntries(Object.entries(item).map(([key, value]) => [key, textOf(/** @type {any} */ (value))]));
  }

  /** @param {{S?: string, B?: string}} value */
  const textOf = ({ S, B }) => S ?? Buffer.from(String(B), 'base64').toString();

  /** @param {Record<string, string>} item @param {Record<string, string>} [context] */
  function entry({ key, contents, hmac, digest, name, version }, context) {
    return { source: 'credstash', key, contents, hmac, digest, ...(context && { context }), region, name, version };
  }

  it('open to what was put', async () => {
    /** @type {Parameters<typeof opensAll>[0]} */
    const secrets = {};
    for (const { name, value, context } of /** @type {any[]} */ (put)) {
      secrets[name] = { entry: entry(await itemOf(name), context), expected: { text: value } };
    }
    await opensAll(secrets, openers);
  });

  it('open by the version that was baked, whatever was put since', async () => {
    const first = entry(await itemOf('one_byte'));
    credstash('put', '-a', 'one_byte', 'another value');
    const second = entry(await itemOf('one_byte'));
    assert.deepEqual([first.version, second.version], ['0000000000000000001', '0000000000000000002']);
    await opensAll(
      { first: { entry: first, expected: { text: 'x' } }, second: { entry: second, expected: { text: 'another value' } } },
      openers,
    );
    assert.equal(credstash('get', 'one_byte').trim(), 'another value');
  });

  it('do not open once a byte is another, which credstash says too', async () => {
    const item = await itemOf('letters');
    const changed = Buffer.from(String(item.contents), 'base64');
    changed[20] = Number(changed[20]) ^ 1;
    const damaged = { ...item, contents: changed.toString('base64') };
    await opensAll({ damaged: { entry: entry(damaged), expected: failed('TAMPERED') } }, openers);
  });
});

describe('files that sops of Python writes', () => {
  /** @type {string} */
  let keys;
  before(async () => {
    const made = [region, 'us-east-1'].map(async (at) => (await standIn.kms('CreateKey', {}, { region: at })).KeyMetadata.Arn);
    keys = (await Promise.all(made)).join(',');
  });

  /** Encrypts a plain file; returns what stands in it then. @param {string} plain @param {string[]} options */
  const encrypted = (plain, ...options) =>
    runPython('sops.main', '-e', '-k', keys, ...options, join(SOPS, 'plain', plain)).toString();

  it('open to what sops itself decrypts: YAML, two keys, a context', async () => {
    const text = encrypted('values.yaml', '--encryption-context', 'app:shop,stage:prod');
    writeFileSync(join(folder, 'values.yaml'), text);
    const [theirs] = ofYaml(runPython('sops.main', '-d', join(folder, 'values.yaml')).toString());
    await opensAll(
      secretsOf('values.yaml', text, (path) => path.reduce((part, key) => part[key], theirs)),
      openers,
    );
  });

  it('open by the second key where the first one is denied', async () => {
    const text = encrypted('small.yaml');
    const { leaves, keys } = readSopsFile('small.yaml', text);
    const [leaf] = leaves;
    const [first, second] = keys;
    const broken = { ...first, enc: `AQIC${'A'.repeat(100)}` };
    const entry = entryOf(/** @type {any} */ (leaf), /** @type {any} */ ([broken, second]));
    await opensAll({ one: { entry, expected: { text: 'correct horse battery staple' } } }, openers);
  });

  it('open to what sops-decoder reads: JSON', async () => {
    const text = encrypted('values.json');
    writeFileSync(join(folder, 'values.json'), text);
    const decoder = join(root, '__test__/contract/node_modules/sops-decoder');
    assert.ok(existsSync(decoder), 'run `npm run setup` first');
    const code = `require(${JSON.stringify(decoder)}).decodeFile('values.json').then((tree) => console.log(JSON.stringify(tree)))`;
    const theirs = JSON.parse(
      execFileSync(process.execPath, ['-e', code], { cwd: folder, env, encoding: 'utf8', stdio: 'pipe' }),
    );
    await opensAll(
      secretsOf('values.json', text, (path) => path.reduce((part, key) => part[key], theirs)),
      openers,
    );
  });

  it('open to the bytes that went in: a file that is no text', async () => {
    const text = encrypted('values.bin');
    const bytes = readFileSync(join(SOPS, 'plain/values.bin')).toString('base64');
    const { leaves, keys } = readSopsFile('values.bin', text);
    await opensAll({ file: { entry: entryOf(/** @type {any} */ (leaves[0]), keys), expected: { bytes } } }, openers);
  });

  /**
   * Every encrypted leaf.
   * @param {string} name
   * @param {string} text
   * @param {(path: string[]) => unknown} theirs what another program makes of it
   */
  function secretsOf(name, text, theirs) {
    const { leaves, keys } = readSopsFile(name, text);
    const sealed = leaves.filter(({ sealed }) => sealed);
    assert.ok(sealed.length > 10);
    const pairs = sealed.map((leaf, index) => [
      `LEAF_${index}`,
      { entry: entryOf(leaf, keys), expected: { text: String(theirs(leaf.path)) } },
    ]);
    return /** @type {Parameters<typeof opensAll>[0]} */ (Object.fromEntries(pairs));
  }
});

describe('files that are kept, by sops of Go above all', () => {
  /** @type {any[]} */
  const files = JSON.parse(readFileSync(join(SOPS, 'files.json'), 'utf8')).filter((/** @type {any} */ { refused }) => !refused);
  /** @type {import('./openers.mjs').Opener<Awaited<ReturnType<typeof startAws>>>[]} */
  let own = [];
  before(async () => {
    own = await startOpeners(startAws);
  });
  after(() => {
    for (const opener of own) opener.stop();
  });

  for (const { file, what, dataKey, keys, leaves } of files) {
    it(`${file}: ${what}`, async () => {
      const calls = keys.map((/** @type {any} */ { arn, enc, context = {} }) => ({
        service: 'kms',
        target: 'TrentService.Decrypt',
        region: arn.split(':')[3],
        request: { CiphertextBlob: enc, EncryptionContext: context },
        answer: { KeyId: arn, Plaintext: dataKey },
      }));
      for (const { aws } of own) aws.table = { calls, otherwise: 'AccessDeniedException' };
      const secrets = leaves.map((/** @type {any} */ { text, bytes, ...leaf }, /** @type {number} */ index) => [
        `LEAF_${index}`,
        { entry: entryOf({ ...leaf, sealed: leaf }, keys), expected: text === undefined ? { bytes } : { text } },
      ]);
      await opensAll(Object.fromEntries(secrets), own);
    });
  }
});
