// Files whose values we set are read by two programs of others, which check the MAC over all of them.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { python, root } from '../aws/python.mjs';
import { credentials, region, startStandIn } from '../aws/stand-in.mjs';
import { PROGRAM } from '../commands/ways.mjs';
import { Keeper } from '../e2e/sealing.mjs';
import { ofYaml, openedLeaf, readSopsFile } from './sops-file.mjs';

const PLAIN = join(root, '__test__/vectors/sops/plain');
const NEW = 'nëw "value"\n# no: comment';
const folder = mkdtempSync(join(tmpdir(), 'sops-write-'));
/** @type {Awaited<ReturnType<typeof startStandIn>>} */
let standIn;
/** @type {string} */
let keys;
/** @type {Record<string, string>} */
let env;

before(async () => {
  standIn = await startStandIn();
  const made = [region, 'us-east-1'].map(async (at) => (await standIn.kms('CreateKey', {}, { region: at })).KeyMetadata.Arn);
  keys = (await Promise.all(made)).join(',');
  const own = { AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey };
  const regions = { AWS_REGION: region, AWS_DEFAULT_REGION: region };
  env = { PATH: String(process.env.PATH), HOME: folder, AWS_ENDPOINT_URL: standIn.endpoint, ...own, ...regions };
});

after(async () => {
  await standIn.stop();
  rmSync(folder, { recursive: true });
});

/** The old sops of Python. @param {string[]} args */
const sops = (...args) =>
  execFileSync(python, ['-W', 'ignore', '-c', 'import sops; sops.main()', ...args], { cwd: folder, env, stdio: 'pipe' });

/** A file that it encrypts; returns its text. @param {string} name @param {string[]} options */
function encrypted(name, ...options) {
  const text = sops('-e', '-k', keys, ...options, join(PLAIN, name)).toString();
  writeFileSync(join(folder, name), text);
  return text;
}

/**
 * Sets a value, as `secret-baker set` does it.
 * @param {string} name of the file
 * @param {string | undefined} field
 * @param {string | Buffer} value
 * @param {Record<string, string>} [environment]
 */
function setBy(name, field, value, environment = env) {
  const secret = { name: 'VALUE', sops: name, ...(field !== undefined && { field }) };
  // JSON is YAML.
  writeFileSync(join(folder, 'secret-baker.yml'), JSON.stringify({ secrets: [secret] }));
  writeFileSync(join(folder, 'value'), value);
  return spawnSync(PROGRAM, ['set', 'VALUE', '--from-file', 'value'], { cwd: folder, env: environment, encoding: 'utf8' });
}

/** Sets a value and returns the new text. @param {string} name @param {string | undefined} field @param {string | Buffer} value */
function set(name, field, value) {
  const { status, stderr } = setBy(name, field, value);
  assert.equal(status, 0, stderr);
  return readFileSync(join(folder, name), 'utf8');
}

/** What npm's reader makes of a file, of YAML as JSON. @param {string} name */
function decoded(name) {
  const text = readFileSync(join(folder, name), 'utf8');
  const tree = name.endsWith('.yaml') ? JSON.stringify(ofYaml(text)[0]) : text;
  writeFileSync(join(folder, 'as.json'), tree);
  const decoder = join(root, '__test__/contract/node_modules/sops-decoder');
  assert.ok(existsSync(decoder), 'run `npm run setup` first');
  const code = `require(${JSON.stringify(decoder)}).decodeFile('as.json').then((tree) => console.log(JSON.stringify(tree)))`;
  return JSON.parse(execFileSync(process.execPath, ['-e', code], { cwd: folder, env, encoding: 'utf8', stdio: 'pipe' }));
}

/** The lines that are in one text and not in the other. @param {string} one @param {string} other */
function linesOnlyIn(one, other) {
  const others = new Set(other.split('\n').map((line) => line.replace(/,$/, '')));
  return one.split('\n').filter((line) => !others.has(line.replace(/,$/, '')));
}

describe('a value that is set in a file of sops', () => {
  it('is read by the old sops: YAML, its comments as they were', () => {
    const before = encrypted('values.yaml', '--encryption-context', 'app:shop,stage:prod');
    const [old] = ofYaml(sops('-d', 'values.yaml').toString());
    set('values.yaml', 'db.password', NEW);
    set('values.yaml', 'users.1.password', NEW);
    set('values.yaml', 'db.port', '5433');
    set('values.yaml', 'db.enabled', 'false');
    set('values.yaml', 'tokens.0', NEW);
    const after = set('values.yaml', 'db.added', NEW);
    const comments = (/** @type {string} */ text) => text.split('\n').filter((line) => line.includes('#'));
    assert.ok(comments(before).length > 0);
    assert.deepEqual(comments(after), comments(before));
    assert.equal(linesOnlyIn(before, after).length, 5 + 2, 'five values, the time and the MAC');
    const [read] = ofYaml(sops('-d', 'values.yaml').toString());
    const db = { ...old.db, password: NEW, port: '5433', enabled: 'false', added: NEW };
    const users = [old.users[0], { ...old.users[1], password: NEW }];
    assert.deepEqual(read, { ...old, db, users, tokens: [NEW, old.tokens[1]] });
  });

  it('is read by both others: YAML', () => {
    encrypted('small.yaml');
    set('small.yaml', 'db.password', NEW);
    set('small.yaml', 'added', NEW);
    // It makes doubles of all numbers, so that only a file without them has the MAC that it expects.
    const expected = { db: { password: NEW, host_plain: 'visible' }, host: 'also visible', added: NEW };
    assert.deepEqual(decoded('small.yaml'), expected);
    assert.deepEqual(ofYaml(sops('-d', 'small.yaml').toString()), [expected]);
  });

  it('is read by both others: JSON', () => {
    encrypted('values.json');
    const old = JSON.parse(sops('-d', 'values.json').toString());
    set('values.json', 'tokens.1.0', NEW);
    set('values.json', 'db.empty', NEW);
    set('values.json', 'users.0.added', NEW);
    set('values.json', 'added', NEW);
    const [alice, bob] = old.users;
    const users = [{ ...alice, added: NEW }, bob];
    const expected = { ...old, users, tokens: [old.tokens[0], [NEW]], db: { ...old.db, empty: NEW }, added: NEW };
    assert.deepEqual(JSON.parse(sops('-d', 'values.json').toString()), expected);
    assert.deepEqual(decoded('values.json'), expected);
  });

  it('is read by the old sops: binary, a text and what is none', () => {
    for (const [name, value] of /** @type {const} */ ([
      ['values.txt', Buffer.from(NEW)],
      ['values.bin', Buffer.from([0, 255, 254, 10, 0])],
    ])) {
      encrypted(name);
      set(name, undefined, value);
      assert.deepEqual(sops('-d', name), value, name);
    }
  });

  it('stands under the same data key, in files of any writer: YAML, dotenv, binary', async () => {
    const keeper = await Keeper.of(standIn);
    writeFileSync(join(folder, 'ours.yaml'), await keeper.sopsYaml({ db: { password: ['str', 'old'], tls: ['bool', 'True'] } }));
    writeFileSync(join(folder, 'ours.env'), await keeper.sopsDotenv({ ONE: 'first', TWO: 'second' }));
    writeFileSync(join(folder, 'ours.pem'), await keeper.sopsBinary('old'));
    for (const [name, field, path] of /** @type {const} */ ([
      ['ours.yaml', 'db.password', 'db.password'],
      ['ours.yaml', 'db.added', 'db.added'],
      ['ours.env', 'ONE', 'ONE'],
      ['ours.env', 'THREE', 'THREE'],
      ['ours.pem', undefined, 'data'],
    ])) {
      const { leaves, keys } = readSopsFile(name, set(name, field, NEW));
      const enc = String(keys[0]?.enc);
      const { Plaintext } = await standIn.kms('Decrypt', { CiphertextBlob: enc });
      const leaf = leaves.find(({ field }) => field === path);
      assert.equal(openedLeaf(/** @type {any} */ (leaf), Buffer.from(Plaintext, 'base64')).toString(), NEW);
    }
    const [read] = ofYaml(sops('-d', 'ours.yaml').toString());
    assert.deepEqual(read, { db: { password: NEW, tls: 'true', added: NEW } });
    assert.equal(sops('-d', 'ours.pem').toString(), NEW);
  });

  it('is not set in a file that was changed since, and says so', () => {
    const text = encrypted('values.yaml').replace('plain_unencrypted: visible', 'plain_unencrypted: changed');
    writeFileSync(join(folder, 'changed.yaml'), text);
    assert.throws(() => sops('-d', 'changed.yaml'), /Checksum verification failed/);
    const { status, stdout, stderr } = setBy('changed.yaml', 'db.password', 'hunter2');
    assert.deepEqual([status, stdout], [3, '']);
    assert.match(stderr, /`changed\.yaml` was changed without SOPS: its MAC does not fit its values/);
    assert.ok(!stderr.includes('hunter2'));
    assert.equal(readFileSync(join(folder, 'changed.yaml'), 'utf8'), text);
  });

  it('is not set where KMS is not reached, and says so', () => {
    encrypted('values.json');
    const offline = { ...env, AWS_ENDPOINT_URL: 'http://127.0.0.1:9' };
    const { status, stderr } = setBy('values.json', 'added', 'hunter2', offline);
    assert.equal(status, 3);
    assert.match(stderr, /no answer from KMS at http:\/\/127\.0\.0\.1:9/);
    assert.ok(!stderr.includes('hunter2'));
  });
});
