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

const { Bake, carry, check, Folder } = createRequire(import.meta.url)('../../binding.js');
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
const bakeOf = (config, more) =>
  new Bake({ config: JSON.stringify(config), region, endpoint: standIn.endpoint, credentials, ...more });

const names = (/** @type {number} */ count) => Array.from({ length: count }, (_, n) => `/border/p${n}`);

/** A variable of the framework, as it is written. */
const variable = (/** @type {string} */ inside) => `$\{${inside}}`;

/** Runs a script in a process of its own; it must end by itself. */
const inProcess = (/** @type {string} */ script) =>
  promisify(execFile)(process.execPath, ['-e', script], { cwd: root, timeout: 60_000 });

const request = () => JSON.stringify({ config: JSON.stringify(names(3)), region, endpoint: standIn.endpoint, credentials });

describe('a bake', () => {
  it('gives the bundle, its entries and no failure', async () => {
    const { bundle, entries, notices, failure } = await bakeOf({ A: '/border/p1', B: '/border/p0:1' }).run();
    assert.equal(failure, undefined);
    assert.deepEqual(notices, []);
    assert.deepEqual(
      entries.map((/** @type {any} */ { name, path, version }) => ({ name, path, version })),
      [
        { name: 'A', path: '/border/p1', version: 1 },
        { name: 'B', path: '/border/p0:1', version: 1 },
      ],
    );
    const baked = JSON.parse(String(bundle));
    assert.equal(await standIn.decrypt(baked.A.ciphertext, baked.A.arn), 'value 1');
  });

  it('gives the same bytes for the same config', async () => {
    const [one, other] = [await bakeOf(names(25)).run(), await bakeOf(names(25)).run()];
    assert.deepEqual(one.bundle, other.bundle);
  });

  it('resolves with an expected failure: code, text and each problem', async () => {
    const config = [5, { name: 'A', path: 'a/b' }];
    const { bundle, entries, failure } = await bakeOf(config, { written: JSON.stringify(config) }).run();
    assert.equal(bundle, undefined);
    assert.deepEqual(entries, []);
    assert.deepEqual(failure, {
      code: 'SECRET_BAKER_CONFIG_INVALID',
      message:
        '2 problems:\n' +
        "  custom.secretBaker[0]: must be a parameter's name or an object with `name` and `path`, not a number\n" +
        '  custom.secretBaker[1].path: Parameter Store has no parameter named `a/b`: a name with levels begins with `/`',
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
    const refused = await bakeOf(config, { written: JSON.stringify({ A: variable('ssm:/border/p0'), B: '/border/p1' }) }).run();
    assert.equal(refused.failure?.code, 'SECRET_BAKER_CONFIG_INVALID');
    assert.equal(
      refused.failure?.message,
      `custom.secretBaker.A: \`${variable('ssm:/border/p0')}\` gives the secret itself, and what belongs here is its path\n` +
        '  hint: write the path itself: `/border/p0`; the plugin fetches its ciphertext, and nobody decrypts it on the way',
    );
    const unknown = await bakeOf(config).run();
    assert.doesNotMatch(JSON.stringify(unknown), /hunter2/);
    assert.deepEqual(await standIn.calls(), []);
  });

  it('asks for a path that a store gave in part, and shows it as it was written', async () => {
    const written = JSON.stringify({ A: `/${variable('ssm:/prefix')}/p1` });
    const { bundle, entries } = await bakeOf({ A: '/border/p1' }, { written }).run();
    assert.match(String(bundle), /parameter\/border\/p1/);
    assert.equal(entries[0].path, `/${variable('ssm:/prefix')}/p1`);
    assert.doesNotMatch(JSON.stringify(entries), /border/);
  });

  it('tells its progress before it resolves, up to all', async () => {
    const seen = /** @type {{done: number, total: number}[]} */ ([]);
    await bakeOf(names(25)).run((/** @type {{done: number, total: number}} */ now) => seen.push(now));
    assert.deepEqual(seen[0], { done: 0, total: 25 });
    assert.deepEqual(seen.at(-1), { done: 25, total: 25 });
  });

  it('survives a progress callback that throws, as far as Node does', async () => {
    const script = `
      process.on('uncaughtException', (error) => console.log('uncaught', error.message));
      new (require('./binding.js').Bake)(${request()}).run(() => { throw new Error('mine') }).then(({ entries }) => console.log('baked', entries.length));`;
    const { stdout } = await inProcess(script);
    assert.match(stdout, /uncaught mine/);
    assert.match(stdout, /baked 3/);
  });

  it('stops all calls when it is cancelled', async () => {
    await standIn.faults([{ target: 'AmazonSSM.*', hang: true }]);
    const bake = bakeOf(names(25));
    const outcome = bake.run();
    while ((await standIn.calls()).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    bake.cancel();
    const { failure } = await outcome;
    assert.equal(failure?.code, 'SECRET_BAKER_CANCELLED');
    assert.equal(failure?.message, 'stopped before all secrets were fetched');
  });

  it('makes no call when it was cancelled before', async () => {
    const bake = bakeOf(names(25));
    bake.cancel();
    assert.equal((await bake.run()).failure?.code, 'SECRET_BAKER_CANCELLED');
  });

  it('never keeps the process after its work', async () => {
    const { stdout } = await inProcess(
      `new (require('./binding.js').Bake)(${request()}).run(() => {}).then(({ entries }) => console.log(entries.length))`,
    );
    assert.equal(stdout.trim(), '3');
  });

  it('lets the process exit in the middle of its work, without a word', async () => {
    await standIn.faults([{ target: 'AmazonSSM.*', hang: true }]);
    const script = `new (require('./binding.js').Bake)(${request()}).run(() => {}); setTimeout(() => process.exit(7), 200)`;
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
    const { Folder } = require('./binding.js');
    const folder = new Folder(${JSON.stringify(dir)}, ${JSON.stringify(locks)}, Buffer.from(${JSON.stringify(bundle)}));
    const failure = folder.write(${JSON.stringify(dir)});
    console.log(failure ? failure.code : 'written');
    process.stdin.resume().on('end', () => { console.log(folder.release(false).length); process.exit(0) });`;

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
    const short = new Folder(dir, locks, Buffer.from('{}'));
    assert.equal(short.write(dir), null);
    assert.deepEqual(short.release(false), []);
    assert.equal(readFileSync(join(dir, FILE), 'utf8'), '{}');
    assert.equal(await long.leave(), '1');
    assert.equal(existsSync(join(dir, FILE)), false);
  });

  it('is refused to a process with other secrets', async () => {
    const long = await otherProcess('{}');
    const other = new Folder(dir, locks, Buffer.from('{"A":{}}'));
    assert.deepEqual(other.write(dir), {
      code: 'SECRET_BAKER_FOLDER_BUSY',
      message: `another run is using ${dir} with other secrets\n  hint: wait until it ends, or package from another copy of the folder; nothing was changed`,
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
    const folder = new Folder(dir, locks, Buffer.from('{}'));
    assert.equal(folder.write(dir), null);
    writeFileSync(join(kept, FILE), '{}');
    assert.equal(folder.adopt(kept), true);
    assert.deepEqual(folder.release(false), [join(dir, FILE), join(kept, FILE)]);
    writeFileSync(join(dir, FILE), 'mine');
    const failure = new Folder(dir, locks, Buffer.from('{}')).write(dir);
    assert.equal(failure?.code, 'SECRET_BAKER_FILE');
    assert.equal(readFileSync(join(dir, FILE), 'utf8'), 'mine');
    rmSync(join(dir, FILE));
  });

  it('is free again after a process was killed, and its file is replaced', async () => {
    const killed = await otherProcess('{}');
    await killed.kill();
    assert.equal(readFileSync(join(dir, FILE), 'utf8'), '{}');
    const next = new Folder(dir, locks, Buffer.from('{"B":{}}'));
    assert.equal(next.write(dir), null);
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
    const bundle = Buffer.from('{"A":{"ciphertext":"AQICAA==","arn":"a","version":1}}');
    const functions = [{ name: 'f', zip: 'f.zip' }];
    const { carried, failure } = await carry(functions, bundle, dir, dir);
    assert.equal(failure, undefined);
    const path = join(dir, 'f.zip');
    const digest = (/** @type {Buffer} */ bytes) => createHash('sha256').update(bytes).digest('hex');
    const strays = [`deep/${FILE}`];
    const expected = { functions: ['f'], path, bundle, digest: digest(bundle), found: 'missing', strays, changed: true };
    assert.deepEqual(carried, [expected]);
    assert.equal(await check(functions, '["A"]', undefined, dir, { f: digest(bundle) }), null);
    for (const digests of [{ f: digest(Buffer.from('{}')) }, { g: digest(bundle) }, undefined]) {
      const lacks = await check(functions, '["A"]', undefined, dir, digests);
      assert.equal(lacks.code, 'SECRET_BAKER_ARTEFACT_WITHOUT_SECRETS');
    }
  });
});
