// `lock`, `update`, `outdated`: what is committed is taken without a call, and nothing else is.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startStandIn } from '../aws/stand-in.mjs';
import { bundleOf, until } from '../e2e/harness.mjs';
import { assertAsDocumented } from './pages.mjs';
import { Commands } from './ways.mjs';

/** @import { TestContext } from 'node:test' */

const LOCK = 'secret-baker.lock.json';
const NOBODY = {
  AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
  AWS_ACCESS_KEY_ID: undefined,
  AWS_SECRET_ACCESS_KEY: undefined,
  HOME: '/nowhere',
};

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;
before(async () => {
  standIn = await startStandIn();
});
after(() => standIn.stop());

let services = 0;

/**
 * A service with parameters of its own, `A` and `B` among them.
 * @param {TestContext} t
 * @param {{secrets?: (root: string) => Record<string, unknown>, way?: import('./ways.mjs').Way, keys?: string[]}} [options]
 */
async function service(t, { secrets, way = 'program', keys = ['a', 'b'] } = {}) {
  services += 1;
  const root = `/lock-${process.pid}-${services}`;
  for (const key of keys) await standIn.putSecret(`${root}/${key}`, `${key} ☃`);
  const config = secrets ? secrets(root) : { A: `${root}/a`, B: `${root}/b` };
  const commands = new Commands(t, way, standIn, { secrets: config });
  /** @param {Record<string, unknown>} secrets */
  const configure = (secrets) => commands.write({ 'secret-baker.yml': JSON.stringify({ secrets }) });
  return { commands, root, configure, read: reader(commands) };
}

/** @param {Commands} commands */
function reader(commands) {
  return (file = LOCK) => readFileSync(join(commands.dir, file), 'utf8');
}

/**
 * The same, locked.
 * @param {TestContext} t
 * @param {Parameters<typeof service>[1]} [options]
 */
async function locked(t, options) {
  const made = await service(t, options);
  await succeed(made.commands, ['lock']);
  return made;
}

/**
 * @param {Commands} commands
 * @param {string[]} words
 * @param {import('./ways.mjs').RunOptions} [options]
 */
async function succeed(commands, words, options) {
  const ended = await commands.run(words, options);
  assert.equal(ended.code, 0, ended.stdout + ended.stderr);
  return ended;
}

/**
 * @param {Commands} commands
 * @param {string[]} words
 * @param {RegExp} says
 * @param {import('./ways.mjs').RunOptions} [options]
 */
async function fail(commands, words, says, options) {
  const { code, stderr } = await commands.run(words, options);
  assert.match(stderr, says);
  assert.equal(code, 3, stderr);
  return stderr;
}

/**
 * What was asked for below a root.
 * @param {string} root
 */
async function asked(root) {
  const calls = await standIn.calls();
  return calls.flatMap(({ names }) => names).filter((name) => name.startsWith(root));
}

/**
 * @param {Commands} commands
 * @param {string[]} args
 */
function git({ dir }, ...args) {
  const identity = ['-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'init.defaultBranch=main'];
  return execFileSync('git', [...identity, ...args], { cwd: dir, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

describe('lock', () => {
  it('writes one line a secret in the order of their names, and tells what it has added', async (t) => {
    const { commands, read } = await service(t, { secrets: (root) => ({ B: `${root}/b`, A: `${root}/a` }) });
    const { stdout, stderr } = await succeed(commands, ['lock']);
    assert.deepEqual(stdout.split('\n').slice(0, 2), ['A\tadded\t-\t1', 'B\tadded\t-\t1']);
    assert.match(stderr, /no secret is taken from secret-baker\.lock\.json, 2 added: commit it/);
    const lines = read().split('\n');
    assert.deepEqual(
      lines
        .map((line) => /^ {4}"(\w)": \{"config":"[0-9a-f]{64}","version":"1","entry":\{"ciphertext":/.exec(line)?.[1])
        .filter(Boolean),
      ['A', 'B'],
    );
    assert.deepEqual(Object.keys(JSON.parse(read())), ['version', 'region', 'account', 'emulator', 'secrets']);
  });

  it('calls nothing where all is locked: no credentials, nobody who listens, the same bytes', async (t) => {
    const { commands, root, read } = await locked(t);
    const bytes = read();
    const before = (await asked(root)).length;
    const { stderr } = await succeed(commands, ['lock'], { env: NOBODY });
    assert.match(stderr, /2 secrets are taken from secret-baker\.lock\.json\n/);
    await succeed(commands, ['lock', '--frozen'], { env: NOBODY });
    assert.equal((await asked(root)).length, before);
    assert.equal(read(), bytes);
  });

  it('asks for what is new or changed alone, keeps the rest at its version, and removes what is gone', async (t) => {
    const { commands, configure, root } = await locked(t, { keys: ['a', 'b', 'c', 'd'] });
    await standIn.putSecret(`${root}/a`, 'newer');
    const before = (await asked(root)).length;
    configure({ C: `${root}/c`, A: { path: `${root}/a` } });
    const { value } = await commands.json(['lock']);
    assertAsDocumented('lock', value);
    assert.deepEqual(
      value.secrets.map((/** @type {any} */ { name, change, now }) => [name, change, now]),
      [
        ['A', 'unchanged', '1'],
        ['B', 'removed', null],
        ['C', 'added', '1'],
      ],
    );
    assert.deepEqual((await asked(root)).slice(before), [`${root}/c`]);
    configure({ A: `${root}/d`, C: `${root}/c` });
    const { stdout } = await succeed(commands, ['lock']);
    assert.equal(stdout, 'A\tchanged\t1\t1\n');
  });

  it('frozen, fails rather than change it, and names all that is new, changed or gone, and the command', async (t) => {
    const { commands, configure, root, read } = await locked(t, { keys: ['a', 'b', 'c'] });
    const [bytes, before] = [read(), (await asked(root)).length];
    configure({ A: `${root}/c`, C: `${root}/c` });
    const said = await fail(commands, ['lock', '--frozen'], /3 problems:/);
    assert.match(said, /secrets\.A: `A` is configured otherwise than it is locked, and secret-baker\.lock\.json is frozen/);
    assert.match(said, /secrets\.C: `C` is not locked, and/);
    assert.match(said, /`B` is locked, and configured no longer, and/);
    assert.match(said, /hint: run `secret-baker lock` and commit secret-baker\.lock\.json/);
    assert.equal(read(), bytes);
    assert.equal((await asked(root)).length, before);
  });

  it('frozen, fails where there is none', async (t) => {
    const { commands } = await service(t);
    await fail(
      commands,
      ['lock', '--frozen'],
      /there is no secret-baker\.lock\.json in the service's folder\n.*hint: write it by `secret-baker lock`/,
    );
  });

  it('locks a prefix as what it gave', async (t) => {
    const { commands, root, read } = await locked(t, {
      secrets: (root) => ({ X: `${root}/z/b` }),
      keys: ['z/b', 'p/b', 'p/a/c'],
    });
    commands.write({ 'secret-baker.yml': JSON.stringify({ secrets: [{ path: `${root}/p/*` }] }) });
    await succeed(commands, ['lock']);
    assert.deepEqual(Object.keys(JSON.parse(read()).secrets), ['a/c', 'b']);
    await standIn.putSecret(`${root}/p/new`, 'later');
    await standIn.putSecret(`${root}/p/b`, 'newer');
    const before = (await asked(root)).length;
    await succeed(commands, ['lock', '--frozen'], { env: NOBODY });
    assert.equal((await asked(root)).length, before);
    const one = await succeed(commands, ['update', 'b']);
    assert.equal(one.stdout, 'b\tchanged\t1\t2\n');
    const all = await succeed(commands, ['update']);
    assert.equal(all.stdout, 'new\tadded\t-\t1\n');
  });

  it('gives each stage a file of its own, also at once', async (t) => {
    const { commands, root, read } = await service(t, { keys: ['x/a', 'y/a'] });
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the variable of secret-baker.yml
    commands.write({ 'secret-baker.yml': JSON.stringify({ secrets: { A: `${root}/\${stage}/a` } }) });
    await Promise.all(['x', 'y'].map((stage) => succeed(commands, ['lock', '--stage', stage])));
    for (const stage of ['x', 'y']) {
      assert.match(read(`secret-baker.lock.${stage}.json`), new RegExp(`parameter${root}/${stage}/a"`));
      await succeed(commands, ['lock', '--stage', stage, '--frozen'], { env: NOBODY });
    }
    assert.equal(existsSync(join(commands.dir, LOCK)), false);
    const hint = /hint: run `secret-baker lock --stage x` and commit secret-baker\.lock\.x\.json/;
    commands.write({ 'secret-baker.yml': JSON.stringify({ secrets: { B: `${root}/x/a` } }) });
    await fail(commands, ['lock', '--stage', 'x', '--frozen'], hint);
  });

  it('reads what stands in the config anew, and frozen wants it to be the same', async (t) => {
    const KEY = 'arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';
    const secrets = (/** @type {string} */ blob) => ({ K: { kms: blob, keyArn: KEY } });
    const { commands, configure } = await locked(t, { secrets: () => secrets('AQICAHhLbXM=') });
    configure(secrets('AQICAHhLbXN0'));
    await fail(commands, ['lock', '--frozen'], /`K` is another than it is locked/, { env: NOBODY });
    const { stdout } = await succeed(commands, ['lock'], { env: NOBODY });
    assert.equal(stdout, 'K\tchanged\t-\t-\n');
  });

  it('tells what is denied, and leaves the file', async (t) => {
    const { commands, configure, root, read } = await locked(t, { keys: ['a', 'b', 'c'] });
    const bytes = read();
    configure({ A: `${root}/a`, C: `${root}/c` });
    await standIn.faults([{ target: 'AmazonSSM.*', names: [`${root}/c`], error: 'AccessDeniedException' }]);
    await fail(commands, ['lock'], /ssm:GetParameter/);
    await standIn.faults();
    assert.equal(read(), bytes);
  });

  it('killed while it asks, has changed nothing', async (t) => {
    const { commands, configure, root, read } = await locked(t, { keys: ['a', 'b', 'c'] });
    const [bytes, names] = [read(), readdirSync(commands.dir)];
    configure({ A: `${root}/a`, C: `${root}/c` });
    await standIn.faults([{ target: 'AmazonSSM.*', names: [`${root}/c`], hang: true }]);
    const run = commands.run(['lock'], { timeout: 4000 });
    await until('it asks', async () => (await asked(root)).includes(`${root}/c`));
    assert.equal((await run).signal, 'SIGKILL');
    await standIn.faults();
    assert.equal(read(), bytes);
    assert.deepEqual(readdirSync(commands.dir), names);
  });

  it('needs no right to write where nothing changes, and names the file where it has none', async (t) => {
    const { commands, configure, root } = await locked(t, { keys: ['a', 'b', 'c'] });
    if (process.getuid?.() === 0) return t.skip('root may write into every folder');
    execFileSync('chmod', ['555', commands.dir]);
    t.after(() => execFileSync('chmod', ['755', commands.dir]));
    await succeed(commands, ['lock']);
    execFileSync('chmod', ['755', commands.dir]);
    configure({ C: `${root}/c` });
    execFileSync('chmod', ['555', commands.dir]);
    await fail(commands, ['lock'], /cannot write \S+secret-baker\.lock\.json: Permission denied/);
  });
});

describe('a lock that somebody has edited', () => {
  /** @type {[string, (lock: any, root: string) => void, RegExp][]} */
  const edits = [
    [
      'a plaintext in place of a ciphertext',
      (lock) => {
        lock.secrets.A.entry.ciphertext = 'hunter2';
      },
      /`A` in secret-baker\.lock\.json cannot be what is configured here: its `ciphertext` is no known ciphertext, and may be a plaintext/,
    ],
    [
      'two entries swapped',
      ({ secrets }) => {
        [secrets.A.entry, secrets.B.entry] = [secrets.B.entry, secrets.A.entry];
      },
      /2 problems:\n.*secrets\.A: `A` .*: its arn is `arn:\S+\/b`, and the config says `\/lock-\S+\/a`/,
    ],
    [
      'two lines swapped',
      ({ secrets }) => {
        [secrets.A, secrets.B] = [secrets.B, secrets.A];
      },
      /2 problems:[\s\S]*the config names that secret `[AB]`/,
    ],
    [
      'the ARN of another region',
      ({ secrets }) => {
        secrets.A.entry.arn = secrets.A.entry.arn.replace('eu-central-1', 'eu-west-1');
      },
      /it is of region eu-west-1, and this bake is for eu-central-1/,
    ],
    [
      'the ARN of another account',
      ({ secrets }) => {
        secrets.A.entry.arn = secrets.A.entry.arn.replace('123456789012', '210987654321');
      },
      /secret-baker\.lock\.json is of account 123456789012, and this is for account 210987654321/,
    ],
    [
      'another version than its entry has',
      ({ secrets }) => {
        secrets.A.version = '7';
      },
      /its version is `7`, and the config says `1`/,
    ],
    [
      'a field that nobody bakes',
      ({ secrets }) => {
        secrets.A.entry.plaintext = 'x';
      },
      /its entry has a field `plaintext`, which nobody bakes/,
    ],
    [
      'an entry of another source',
      ({ secrets }) => {
        secrets.A.entry = { source: 'kms', ciphertext: 'AQICAHhLbXM=', key: 'x' };
      },
      /its entry has a field `source`/,
    ],
    [
      'a key that nobody knows',
      (lock) => {
        lock.extra = 1;
      },
      /is damaged: nobody knows its key `extra`/,
    ],
    [
      'a later format',
      (lock) => {
        lock.version = 2;
      },
      /has the format 2, which this release does not know\n.*hint: update serverless-secret-baker/,
    ],
    [
      'another region',
      (lock) => {
        lock.region = 'us-east-1';
      },
      /secret-baker\.lock\.json is of region us-east-1, and this is for region eu-central-1/,
    ],
    [
      'AWS in place of an emulator',
      (lock) => {
        delete lock.emulator;
      },
      /is of AWS, and this is for an emulator of AWS/,
    ],
  ];
  it('is refused, and nothing is asked for', async (t) => {
    const { commands, root, read } = await locked(t);
    const bytes = read();
    const before = (await asked(root)).length;
    for (const [title, edit, says] of edits) {
      const lock = JSON.parse(bytes);
      edit(lock, root);
      commands.write({ [LOCK]: JSON.stringify(lock) });
      const said = await fail(commands, ['lock'], says);
      assert.equal(said.includes('hunter2'), false, title);
      assert.equal(read(), JSON.stringify(lock), title);
    }
    assert.equal((await asked(root)).length, before);
  });

  it('is refused where a pin is of another version', async (t) => {
    const { commands, read } = await locked(t, { secrets: (root) => ({ A: `${root}/a:1` }) });
    const lock = JSON.parse(read());
    lock.secrets.A.version = '2';
    lock.secrets.A.entry.version = 2;
    commands.write({ [LOCK]: JSON.stringify(lock) });
    await fail(commands, ['lock'], /its version is `2`, and the config says `\S+:1`/);
  });

  it('is refused where it is no JSON, has a name twice, or is no file of its own', async (t) => {
    const { commands, read } = await locked(t);
    for (const text of ['{', '[]', 'null', '{"version":1,"secrets":{"A":1}}', '{"version":1,"version":1,"secrets":{}}']) {
      commands.write({ [LOCK]: text });
      await fail(
        commands,
        ['lock'],
        /secret-baker\.lock\.json is damaged: .*\n.*hint: restore it: `git checkout HEAD -- secret-baker\.lock\.json`/,
      );
    }
    rmSync(join(commands.dir, LOCK));
    commands.write({ 'elsewhere.json': '{}' });
    symlinkSync('elsewhere.json', join(commands.dir, LOCK));
    await fail(commands, ['lock'], /is no file of its own, such as a symbolic link/);
    assert.equal(read('elsewhere.json'), '{}');
  });

  it('with the conflicts of a merge, is told as such, and the command of the hint mends it', async (t) => {
    const { commands, root, read } = await locked(t);
    git(commands, 'init', '-q');
    git(commands, 'add', '.');
    git(commands, 'commit', '-qm', 'base');
    for (const branch of ['one', 'two']) {
      git(commands, 'checkout', '-q', '-b', branch, 'main');
      await standIn.putSecret(`${root}/a`, branch);
      await succeed(commands, ['update', 'A']);
      git(commands, 'commit', '-qam', branch);
    }
    assert.throws(() => git(commands, 'merge', '-q', 'one'));
    const said = await fail(commands, ['lock'], /secret-baker\.lock\.json has conflicts of a merge, the first on line \d+\n/);
    const [, checkout, lock] = /`(git checkout .*) && secret-baker (.*)`/.exec(said) ?? [];
    git(commands, ...(checkout ?? '').split(' ').slice(1));
    await succeed(commands, [lock ?? '']);
    assert.equal(JSON.parse(read()).secrets.A.version, '3');
  });
});

describe('update', () => {
  it('takes the latest version, which is one line of a diff', async (t) => {
    const { commands, root } = await locked(t);
    git(commands, 'init', '-q');
    git(commands, 'add', '.');
    for (const key of ['a', 'b']) await standIn.putSecret(`${root}/${key}`, 'newer');
    const { value } = await commands.json(['update', 'A']);
    assertAsDocumented('update', value);
    assert.deepEqual(
      value.secrets.map((/** @type {any} */ { name, change, before, now }) => [name, change, before, now]),
      [
        ['A', 'changed', '1', '2'],
        ['B', 'unchanged', '1', '1'],
      ],
    );
    assert.equal(git(commands, 'diff', '--numstat'), `1\t1\t${LOCK}\n`);
  });

  it('leaves a pin where it is, and says so', async (t) => {
    const { commands, root } = await locked(t, { secrets: (root) => ({ A: `${root}/a:1`, B: `${root}/b` }) });
    for (const key of ['a', 'b']) await standIn.putSecret(`${root}/${key}`, 'newer');
    const { stdout, stderr } = await succeed(commands, ['update']);
    assert.equal(stdout, 'B\tchanged\t1\t2\n');
    assert.match(stderr, /`A` stays as it is: the config names its version/);
  });

  it('tells a name that there is not, and which was meant; and that there is no lock', async (t) => {
    const { commands } = await locked(t, { secrets: (root) => ({ DATABASE: `${root}/a` }) });
    await fail(commands, ['update', 'DATABSE'], /there is no secret `DATABSE`, did you mean `DATABASE`\?/);
    rmSync(join(commands.dir, LOCK));
    await fail(commands, ['update'], /there is no secret-baker\.lock\.json .*\n.*hint: write it by `secret-baker lock`/);
  });
});

describe('outdated', () => {
  it('tells locked versions and pins that are behind, and ends with 1', async (t) => {
    const { commands, root } = await locked(t, {
      secrets: (root) => ({ A: `${root}/a`, B: `${root}/b`, P: `${root}/p:1` }),
      keys: ['a', 'b', 'p'],
    });
    await succeed(commands, ['outdated']);
    for (const key of ['a', 'p']) await standIn.putSecret(`${root}/${key}`, 'newer');
    const { code, value } = await commands.json(['outdated']);
    assert.equal(code, 1);
    assertAsDocumented('outdated', value);
    assert.deepEqual(
      value.secrets.map((/** @type {any} */ { name, locked, latest, pinned }) => [name, locked, latest, pinned]),
      [
        ['A', '1', '2', false],
        ['P', '1', '2', true],
      ],
    );
    const { stdout } = await commands.run(['outdated']);
    assert.match(stdout, /^A\t1\t2\t\d+ (s|min)\nP\t1 \(pinned\)\t2\t\d+ (s|min)\n$/);
    await succeed(commands, ['update']);
    assert.match((await commands.run(['outdated'])).stdout, /^P\t1 \(pinned\)\t2\t\d+ (s|min)\n$/);
  });

  it('fails where it may not ask', async (t) => {
    const { commands, root } = await locked(t);
    await standIn.faults([{ target: 'AmazonSSM.*', names: [`${root}/a`], error: 'AccessDeniedException' }]);
    await fail(commands, ['outdated'], /secrets\.A: .*ssm:GetParameter/);
    await standIn.faults();
  });

  it('prints a table in a terminal', async (t) => {
    const { commands, root } = await locked(t);
    await standIn.putSecret(`${root}/a`, 'newer');
    const { code, output } = await commands.inTerminal(['outdated'], []);
    assert.match(output, /name +locked +latest +age/);
    assert.match(output, /A +1 +2 +\d+ (s|min)/);
    assert.equal(code, 1);
  });
});

describe('a lock, by v3', () => {
  const FILE = 'secret-baker.lock.dev.json';
  const env = () => ({ AWS_ENDPOINT_URL: standIn.endpoint, CI: undefined });

  /**
   * @param {TestContext} t
   * @param {Parameters<typeof service>[1]} [options]
   */
  async function framework(t, options) {
    const made = await locked(t, { ...options, way: 'v3' });
    const real = made.commands.service;
    assert.ok(real);
    /** @param {Record<string, string | undefined>} [own] */
    const packaged = (own, args = []) => real.run(['package', ...args], { env: { ...env(), ...own } });
    return { ...made, real, packaged };
  }

  /** @param {import('../e2e/harness.mjs').Service} real */
  async function inZip(real) {
    const zip = await real.zip('.serverless/plain.zip');
    return { names: [...zip.keys()], bundle: await bundleOf(zip) };
  }

  it('package takes from it, asks nobody, and gives the same bundle to whoever may not ask', async (t) => {
    const { root, real, packaged, read } = await framework(t);
    const before = (await asked(root)).length;
    await standIn.putSecret(`${root}/a`, 'newer');
    const bytes = read(FILE);
    const { code, output } = await packaged({ ...NOBODY, CI: 'true' });
    assert.equal(code, 0, output);
    assert.match(output, /secret-baker: 2 secrets are taken from secret-baker\.lock\.dev\.json/);
    const { names, bundle } = await inZip(real);
    assert.equal(
      names.some((name) => name.includes('lock')),
      false,
      names.join(),
    );
    const { secrets } = JSON.parse(bytes);
    assert.deepEqual(bundle, { A: secrets.A.entry, B: secrets.B.entry });
    assert.equal(read(FILE), bytes);
    assert.equal((await asked(root)).length, before);
  });

  it('package asks for what is new alone and locks it; in CI, and frozen, it fails', async (t) => {
    const { root, real, packaged, read, commands } = await framework(t, { keys: ['a', 'b', 'c'] });
    const [bytes, before] = [read(FILE), (await asked(root)).length];
    const config = JSON.parse(readFileSync(join(commands.dir, 'serverless.yml'), 'utf8'));
    config.custom.secretBaker.C = `${root}/c`;
    writeFileSync(join(commands.dir, 'serverless.yml'), JSON.stringify(config));
    for (const [own, args] of /** @type {[Record<string, string>, string[]][]} */ ([
      [{ CI: 'true' }, []],
      [{}, ['--secret-baker-frozen']],
    ])) {
      const { code, output } = await packaged(own, args);
      assert.match(output, /custom\.secretBaker\.C: `C` is not locked, and secret-baker\.lock\.dev\.json is frozen/);
      assert.match(output, /hint: run `serverless secret-baker lock --stage dev` and commit secret-baker\.lock\.dev\.json/);
      assert.equal(code, 1);
    }
    assert.equal((await asked(root)).length, before);
    assert.equal(read(FILE), bytes);
    const { code, output } = await packaged();
    assert.equal(code, 0, output);
    assert.match(output, /2 secrets are taken from secret-baker\.lock\.dev\.json, 1 added: commit it/);
    assert.deepEqual((await asked(root)).slice(before), [`${root}/c`]);
    assert.deepEqual(Object.keys((await inZip(real)).bundle), ['A', 'B', 'C']);
    assert.deepEqual(Object.keys(JSON.parse(read(FILE)).secrets), ['A', 'B', 'C']);
  });

  it('a variable has the entry of the lock', async (t) => {
    const { root, real, packaged, read, commands } = await framework(t);
    const config = JSON.parse(readFileSync(join(commands.dir, 'serverless.yml'), 'utf8'));
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the framework
    config.functions = { hello: { handler: 'handler.hello', environment: { SEALED: '${secretBaker:A}' } } };
    writeFileSync(join(commands.dir, 'serverless.yml'), JSON.stringify(config));
    const before = (await asked(root)).length;
    const { code, output } = await packaged(NOBODY);
    assert.equal(code, 0, output);
    const template = readFileSync(join(real.dir, '.serverless/cloudformation-template-update-stack.json'), 'utf8');
    const { Variables } = JSON.parse(template).Resources.HelloLambdaFunction.Properties.Environment;
    assert.equal(Variables.SEALED, `secret-baker:${JSON.stringify(JSON.parse(read(FILE)).secrets.A.entry)}`);
    assert.equal((await asked(root)).length, before);
  });

  it('a staging label is still moved, onto the version that is locked', async (t) => {
    const name = `lock-${process.pid}-labelled`;
    await standIn.secretsManager('CreateSecret', { Name: name, SecretString: 'first' });
    const { real, packaged, read } = await framework(t, {
      secrets: () => ({ S: { secretsManager: name, label: true } }),
      keys: [],
    });
    const { version } = JSON.parse(read(FILE)).secrets.S;
    await standIn.secretsManager('PutSecretValue', { SecretId: name, SecretString: 'second' });
    const { code, output } = await packaged({ CI: 'true' });
    assert.equal(code, 0, output);
    assert.equal(/** @type {any} */ ((await inZip(real)).bundle.S).versionId, version);
    const { VersionIdsToStages } = await standIn.secretsManager('DescribeSecret', { SecretId: name });
    assert.ok(VersionIdsToStages[version].includes('secret-baker-plain-dev'), JSON.stringify(VersionIdsToStages));
  });
});
