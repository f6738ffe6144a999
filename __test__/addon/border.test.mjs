// The border between JavaScript and Rust, with the real addon: what crosses it, and how.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { root } from '../aws/python.mjs';
import { credentials, region, startStandIn } from '../aws/stand-in.mjs';
import { makeZip } from '../e2e/zips.mjs';

const require = createRequire(import.meta.url);
const { loadBinary } = require('../../plugin/binary.js');
const { Bundle, Session } = loadBinary();
const { CALLER } = require('../../plugin/caller.js');
const { paged } = require('../plugin/paged.js');
const FILE = 'secret-baker-secrets.json';

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;
before(async () => {
  standIn = await startStandIn();
  for (let n = 0; n < 25; n += 1) await standIn.putSecret(`/border/p${n}`, `value ${n}`);
});
afterEach(() => standIn.reset());
after(() => standIn.stop());

/**
 * @param {unknown} config
 * @param {object} [more]
 */
const requestOf = (config, more) => ({
  config: JSON.stringify(config),
  serviceDir: '.',
  region,
  endpoints: { ssm: standIn.endpoint },
  credentials,
  ...more,
});

/**
 * @param {unknown} config
 * @param {object} [more]
 */
const bake = (config, more) => new Session(CALLER).bake(requestOf(config, more));

/** @param {string} text */
const bundleOf = (text) => {
  const { value, failure } = Bundle.read(Buffer.from(text));
  assert(value, failure?.message);
  return value;
};

const names = (/** @type {number} */ count) => Array.from({ length: count }, (_, n) => `/border/p${n}`);

/** A variable of the framework, as it is written. */
const variable = (/** @type {string} */ inside) => `$\{${inside}}`;

/** Runs a script in a process of its own; it must end by itself. */
const inProcess = (/** @type {string} */ script) =>
  promisify(execFile)(process.execPath, ['-e', script], { cwd: root, timeout: 60_000 });

const request = () => JSON.stringify(requestOf(names(3)));

describe('a bake', () => {
  it('gives the bundle, its entries and no failure', async () => {
    const { value, failure } = await bake({ A: '/border/p1', B: '/border/p0:1' });
    assert.equal(failure, undefined);
    assert.deepEqual(value?.notices, []);
    assert.deepEqual(value?.entries, [
      { name: 'A', from: '/border/p1', version: '1' },
      { name: 'B', from: '/border/p0:1', version: '1' },
    ]);
    const baked = JSON.parse(String(value.bundle.bytes()));
    assert.equal(await standIn.decrypt(baked.A.ciphertext, baked.A.arn), 'value 1');
  });

  it('gives the same bytes for the same config', async () => {
    const [one, other] = [await bake(names(25)), await bake(names(25))];
    assert(one.value && other.value);
    assert.deepEqual(one.value.bundle.bytes(), other.value.bundle.bytes());
  });

  it('resolves with an expected failure: code, text and each problem', async () => {
    const config = [5, { name: 'A', path: 'a/b' }];
    const { value, failure } = await bake(config, { written: JSON.stringify(config) });
    assert.equal(value, undefined);
    assert.deepEqual(failure, {
      ...paged(
        'SECRET_BAKER_CONFIG_INVALID',
        '2 problems:\n' +
          "  custom.secretBaker[0]: must be a parameter's name or an object with `name` and `path`, not a number\n" +
          '  custom.secretBaker[1].path: Parameter Store has no parameter named `a/b`: a name with levels begins with `/`',
      ),
      problems: [
        {
          code: 'SECRET_BAKER_CONFIG_INVALID',
          place: 'custom.secretBaker[0]',
          message: "must be a parameter's name or an object with `name` and `path`, not a number",
        },
        {
          code: 'SECRET_BAKER_CONFIG_INVALID',
          place: 'custom.secretBaker[1].path',
          message: 'Parameter Store has no parameter named `a/b`: a name with levels begins with `/`',
        },
      ],
    });
  });

  it('never shows nor sends what a variable has resolved to', async () => {
    const config = { A: 'hunter2', B: '/border/p1' };
    const refused = await bake(config, { written: JSON.stringify({ A: variable('ssm:/border/p0'), B: '/border/p1' }) });
    const told =
      `custom.secretBaker.A: \`${variable('ssm:/border/p0')}\` gives the secret itself, and what belongs here is its path\n` +
      '  hint: write the path itself: `/border/p0`; the plugin fetches its ciphertext, and nobody decrypts it on the way';
    const { code, message } = paged('SECRET_BAKER_CONFIG_INVALID', told);
    assert.deepEqual([refused.failure?.code, refused.failure?.message], [code, message]);
    const unknown = await bake(config);
    assert.doesNotMatch(JSON.stringify(unknown), /hunter2/);
    assert.deepEqual(await standIn.calls(), []);
  });

  it('asks for a path that a store gave in part, and shows it as it was written', async () => {
    const written = JSON.stringify({ A: `/${variable('ssm:/prefix')}/p1` });
    const { value } = await bake({ A: '/border/p1' }, { written });
    assert(value);
    const { bundle, entries } = value;
    assert.match(String(bundle.bytes()), /parameter\/border\/p1/);
    assert.equal(entries[0]?.from, `/${variable('ssm:/prefix')}/p1`);
    assert.doesNotMatch(JSON.stringify(entries), /border/);
  });

  it('tells its progress before it resolves, up to all', async () => {
    const seen = /** @type {{done: number, total: number}[]} */ ([]);
    await new Session().bake(requestOf(names(25)), (/** @type {{done: number, total: number}} */ now) => seen.push(now));
    assert.deepEqual(seen[0], { done: 0, total: 25 });
    assert.deepEqual(seen.at(-1), { done: 25, total: 25 });
  });

  it('survives a progress callback that throws, as far as Node does', async () => {
    const script = `
      process.on('uncaughtException', (error) => console.log('uncaught', error.message));
      new (require('./plugin/binary.js').loadBinary().Session)().bake(${request()}, () => { throw new Error('mine') }).then(({ value }) => console.log('baked', value.entries.length));`;
    const { stdout } = await inProcess(script);
    assert.match(stdout, /uncaught mine/);
    assert.match(stdout, /baked 3/);
  });

  it('stops all calls when it is cancelled', async () => {
    await standIn.faults([{ target: 'AmazonSSM.*', hang: true }]);
    const session = new Session();
    const outcome = session.bake(requestOf(names(25)));
    while ((await standIn.calls()).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    session.cancel();
    const { failure } = await outcome;
    const { code, message } = paged('SECRET_BAKER_CANCELLED', 'stopped before all secrets were fetched');
    assert.deepEqual([failure?.code, failure?.message], [code, message]);
  });

  it('makes no call when it was cancelled before', async () => {
    const session = new Session();
    session.cancel();
    assert.equal((await session.bake(requestOf(names(25)))).failure?.code, 'SECRET_BAKER_CANCELLED');
    assert.deepEqual(await standIn.calls(), []);
  });

  it('never keeps the process after its work', async () => {
    const { stdout } = await inProcess(
      `new (require('./plugin/binary.js').loadBinary().Session)().bake(${request()}, () => {}).then(({ value }) => console.log(value.entries.length))`,
    );
    assert.equal(stdout.trim(), '3');
  });

  it('lets the process exit in the middle of its work, without a word', async () => {
    await standIn.faults([{ target: 'AmazonSSM.*', hang: true }]);
    const script = `new (require('./plugin/binary.js').loadBinary().Session)().bake(${request()}, () => {}); setTimeout(() => process.exit(7), 200)`;
    const error = await inProcess(script).catch((failed) => failed);
    assert.deepEqual([error.code, error.stdout, error.stderr], [7, '', '']);
  });
});

describe('a folder', () => {
  /** @type {string} */
  let dir;
  /** @type {string} */
  let locks;
  before(() => {
    dir = realpathSync(mkdtempSync(join(tmpdir(), 'folder-')));
    locks = realpathSync(mkdtempSync(join(tmpdir(), 'locks-')));
  });
  after(() => {
    for (const path of [dir, locks]) rmSync(path, { recursive: true });
  });

  const holds = (/** @type {string} */ bundle) => `
    const { loadBinary } = require('./plugin/binary.js');
    const { Bundle, Session } = loadBinary();
    const bundle = Bundle.read(Buffer.from(${JSON.stringify(bundle)})).value;
    const folder = new Session().folder(${JSON.stringify(dir)}, ${JSON.stringify(locks)}, bundle);
    const { failure } = folder.write(${JSON.stringify(dir)});
    console.log(failure ? failure.code : 'written');
    process.stdin.resume().on('end', () => { console.log(folder.release(false).length); process.exit(0) });`;

  /** @param {string} bundle */
  const folderWith = (bundle) => new Session(CALLER).folder(dir, locks, bundleOf(bundle));

  /** Another process that holds the folder until `leave` or `kill`. */
  async function otherProcess(/** @type {string} */ bundle) {
    const child = spawn(process.execPath, ['-e', holds(bundle)], { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    const ended = new Promise((resolve) => child.on('close', resolve));
    while (!said.includes('\n')) await new Promise((resolve) => setTimeout(resolve, 10));
    const leave = async () => {
      child.stdin.end();
      await ended;
      return said.trim().split('\n').at(-1);
    };
    const kill = async () => {
      child.kill('SIGKILL');
      await ended;
    };
    return { first: said.trim(), leave, kill };
  }

  it('is shared by processes with the same secrets; the last one cleans', async () => {
    const long = await otherProcess('{}');
    const short = folderWith('{}');
    assert.deepEqual(short.write(dir), {});
    assert.deepEqual(short.release(false), []);
    assert.equal(readFileSync(join(dir, FILE), 'utf8'), '{}');
    assert.equal(await long.leave(), '1');
    assert.equal(existsSync(join(dir, FILE)), false);
  });

  it('is refused to a process with other secrets', async () => {
    const long = await otherProcess('{}');
    const other = folderWith('{"A":{}}');
    assert.deepEqual(other.write(dir).failure, {
      ...paged(
        'SECRET_BAKER_FOLDER_BUSY',
        `another run is using ${dir} with other secrets\n  hint: wait until it ends, or package from another copy of the folder; nothing was changed`,
      ),
      problems: [
        {
          code: 'SECRET_BAKER_FOLDER_BUSY',
          message: `another run is using ${dir} with other secrets`,
          hint: 'wait until it ends, or package from another copy of the folder; nothing was changed',
        },
      ],
    });
    assert.equal(readFileSync(join(dir, FILE), 'utf8'), '{}');
    await long.leave();
  });

  it('takes a copy that another tool has made with it, and a file of the user never', () => {
    const kept = join(dir, 'kept');
    mkdirSync(kept);
    const folder = folderWith('{}');
    assert.deepEqual(folder.write(dir), {});
    writeFileSync(join(kept, FILE), '{}');
    assert.equal(folder.adopt(kept), true);
    assert.deepEqual(folder.release(false), [join(dir, FILE), join(kept, FILE)]);
    writeFileSync(join(dir, FILE), 'mine');
    const { failure } = folderWith('{}').write(dir);
    assert.equal(failure?.code, 'SECRET_BAKER_FILE');
    assert.equal(readFileSync(join(dir, FILE), 'utf8'), 'mine');
    rmSync(join(dir, FILE));
  });

  it('is free again after a process was killed, and its file is replaced', async () => {
    const killed = await otherProcess('{}');
    await killed.kill();
    assert.equal(readFileSync(join(dir, FILE), 'utf8'), '{}');
    const next = folderWith('{"B":{}}');
    assert.deepEqual(next.write(dir), {});
    assert.equal(readFileSync(join(dir, FILE), 'utf8'), '{"B":{}}');
    assert.deepEqual(next.release(false), [join(dir, FILE)]);
  });
});

describe('an artefact', () => {
  it('is carried, and known again by the SHA-256 of its bundle', async (t) => {
    const dir = realpathSync(mkdtempSync(join(tmpdir(), 'artefact-')));
    t.after(() => rmSync(dir, { recursive: true }));
    const nested = { name: `deep/${FILE}`, content: '{"A":{"ciphertext":"AQICAA==","arn":"a"}}' };
    writeFileSync(join(dir, 'f.zip'), await makeZip([nested]));
    const bytes = Buffer.from('{"A":{"ciphertext":"AQICAA==","arn":"a","version":1}}');
    const session = new Session(CALLER);
    const functions = [{ name: 'f', zip: 'f.zip' }];
    const { value: carried, failure } = await session.put(functions, bundleOf(String(bytes)), dir, dir);
    assert(carried, failure?.message);
    const path = join(dir, 'f.zip');
    const digest = (/** @type {string | Buffer} */ of) => createHash('sha256').update(of).digest('hex');
    const strays = [`deep/${FILE}`];
    const expected = { functions: ['f'], path, bundle: bytes, digest: digest(bytes), found: 'missing', strays, changed: true };
    assert.deepEqual(
      carried.map((/** @type {any} */ each) => ({ ...each, bundle: each.bundle.bytes() })),
      [expected],
    );
    assert.deepEqual(await session.check(functions, bundleOf(String(bytes)), dir), {});
    assert.deepEqual(await session.checkPackaged(functions, { f: digest(bytes) }, '["A"]', dir), {});
    for (const digests of /** @type {Record<string, string>[]} */ ([{ f: digest('{}') }, { g: digest(bytes) }, {}])) {
      const { failure: lacks } = await session.checkPackaged(functions, digests, '["A"]', dir);
      assert.equal(lacks?.code, 'SECRET_BAKER_ARTEFACT_WITHOUT_SECRETS');
    }
  });

  it('that is not packaged yet is foreseen: what is asked for in vain is told in the words of whoever asks', async () => {
    const bundle = bundleOf('{"A":{"ciphertext":"AQICAA==","arn":"a","version":1}}');
    const functions = [{ name: 'f', zip: 'not/yet.zip', only: ['A', 'B'] }];
    const told = async (/** @type {any} */ session) => {
      const { failure } = await session.foresee(functions, bundle, root);
      return { code: failure?.code, message: failure?.message };
    };
    const missing = (/** @type {string} */ text) => paged('SECRET_BAKER_CONFIG_INVALID', text);
    assert.deepEqual(
      await told(new Session(CALLER)),
      missing('functions.f.secretBaker[1]: there is no secret `B` in custom.secretBaker, did you mean `A`?'),
    );
    assert.deepEqual(
      await told(new Session({ ...CALLER, secrets: 'secret-baker.yml', functions: 'artefacts' })),
      missing('artefacts.f.secretBaker[1]: there is no secret `B` in secret-baker.yml, did you mean `A`?'),
    );
  });
});

describe('a bundle', () => {
  it('that was written before is read with its very bytes', () => {
    assert.equal(String(bundleOf('{ "A": {} }').bytes()), '{ "A": {} }');
    for (const other of ['', '[]', 'A']) {
      const { value, failure } = Bundle.read(Buffer.from(other));
      const { code, message } = paged('SECRET_BAKER_FILE', 'these bytes are no bundle');
      assert.deepEqual([value, failure?.code, failure?.message], [undefined, code, message]);
    }
  });
});
