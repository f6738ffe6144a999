// `lock`: what is committed is taken without a call, nothing else is, and nobody changes it unseen.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startStandIn } from '../aws/stand-in.mjs';
import { until } from '../e2e/harness.mjs';
import { fail, git, LOCK, locked, NOBODY, succeed, withParameters } from './locked-service.mjs';
import { assertAsDocumented } from './pages.mjs';

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;
before(async () => {
  standIn = await startStandIn();
});
after(() => standIn.stop());

describe('lock', () => {
  it('writes one line a secret in the order of their names, and tells what it has added', async (t) => {
    const { commands, read } = await withParameters(t, standIn, { secrets: (root) => ({ B: `${root}/b`, A: `${root}/a` }) });
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
    const { commands, read, asked } = await locked(t, standIn);
    const bytes = read();
    const before = (await asked()).length;
    const { stderr } = await succeed(commands, ['lock'], { env: NOBODY });
    assert.match(stderr, /2 secrets are taken from secret-baker\.lock\.json\n/);
    await succeed(commands, ['lock', '--frozen'], { env: NOBODY });
    assert.equal((await asked()).length, before);
    assert.equal(read(), bytes);
  });

  it('asks for what is new or changed alone, keeps the rest at its version, and removes what is gone', async (t) => {
    const { commands, configure, root, asked } = await locked(t, standIn, { keys: ['a', 'b', 'c', 'd'] });
    await standIn.putSecret(`${root}/a`, 'newer');
    const before = (await asked()).length;
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
    assert.deepEqual((await asked()).slice(before), [`${root}/c`]);
    configure({ A: `${root}/d`, C: `${root}/c` });
    const { stdout } = await succeed(commands, ['lock']);
    assert.equal(stdout, 'A\tchanged\t1\t1\n');
  });

  it('frozen, fails rather than change it, and names all that is new, changed or gone, and the command', async (t) => {
    const { commands, configure, root, read, asked } = await locked(t, standIn, { keys: ['a', 'b', 'c'] });
    const [bytes, before] = [read(), (await asked()).length];
    configure({ A: `${root}/c`, C: `${root}/c` });
    const said = await fail(commands, ['lock', '--frozen'], /3 problems:/);
    assert.match(said, /secrets\.A: `A` is configured otherwise than it is locked, and secret-baker\.lock\.json is frozen/);
    assert.match(said, /secrets\.C: `C` is not locked, and/);
    assert.match(said, /`B` is locked, and configured no longer, and/);
    assert.match(said, /hint: run `secret-baker lock` and commit secret-baker\.lock\.json/);
    assert.equal(read(), bytes);
    assert.equal((await asked()).length, before);
  });

  it('frozen, fails where there is none', async (t) => {
    const { commands } = await withParameters(t, standIn);
    await fail(
      commands,
      ['lock', '--frozen'],
      /there is no secret-baker\.lock\.json in the service's folder\n.*hint: write it by `secret-baker lock`/,
    );
  });

  it('locks a prefix as what it gave', async (t) => {
    const { commands, root, read, asked } = await locked(t, standIn, {
      secrets: (root) => ({ X: `${root}/z/b` }),
      keys: ['z/b', 'p/b', 'p/a/c'],
    });
    commands.write({ 'secret-baker.yml': JSON.stringify({ secrets: [{ path: `${root}/p/*` }] }) });
    await succeed(commands, ['lock']);
    assert.deepEqual(Object.keys(JSON.parse(read()).secrets), ['a/c', 'b']);
    await standIn.putSecret(`${root}/p/new`, 'later');
    await standIn.putSecret(`${root}/p/b`, 'newer');
    const before = (await asked()).length;
    await succeed(commands, ['lock', '--frozen'], { env: NOBODY });
    assert.equal((await asked()).length, before);
    const one = await succeed(commands, ['update', 'b']);
    assert.equal(one.stdout, 'b\tchanged\t1\t2\n');
    const all = await succeed(commands, ['update']);
    assert.equal(all.stdout, 'new\tadded\t-\t1\n');
  });

  it('gives each stage a file of its own, also at once', async (t) => {
    const { commands, root, read } = await withParameters(t, standIn, { keys: ['x/a', 'y/a'] });
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
    const { commands, configure } = await locked(t, standIn, { secrets: () => secrets('AQICAHhLbXM=') });
    configure(secrets('AQICAHhLbXN0'));
    await fail(commands, ['lock', '--frozen'], /`K` is another than it is locked/, { env: NOBODY });
    const { stdout } = await succeed(commands, ['lock'], { env: NOBODY });
    assert.equal(stdout, 'K\tchanged\t-\t-\n');
  });

  it('tells what is denied, and leaves the file', async (t) => {
    const { commands, configure, root, read } = await locked(t, standIn, { keys: ['a', 'b', 'c'] });
    const bytes = read();
    configure({ A: `${root}/a`, C: `${root}/c` });
    await standIn.faults([{ target: 'AmazonSSM.*', names: [`${root}/c`], error: 'AccessDeniedException' }]);
    await fail(commands, ['lock'], /ssm:GetParameter/);
    await standIn.faults();
    assert.equal(read(), bytes);
  });

  it('killed while it asks, has changed nothing', async (t) => {
    const { commands, configure, root, read, asked } = await locked(t, standIn, { keys: ['a', 'b', 'c'] });
    const [bytes, names] = [read(), readdirSync(commands.dir)];
    configure({ A: `${root}/a`, C: `${root}/c` });
    await standIn.faults([{ target: 'AmazonSSM.*', names: [`${root}/c`], hang: true }]);
    const run = commands.run(['lock'], { timeout: 4000 });
    await until('it asks', async () => (await asked()).includes(`${root}/c`));
    assert.equal((await run).signal, 'SIGKILL');
    await standIn.faults();
    assert.equal(read(), bytes);
    assert.deepEqual(readdirSync(commands.dir), names);
  });

  it('needs no right to write where nothing changes, and names the file where it has none', async (t) => {
    const { commands, configure, root } = await locked(t, standIn, { keys: ['a', 'b', 'c'] });
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

describe('two at once in one folder', () => {
  it('who would undo what the other has written is told to run again, and has not', async (t) => {
    const { commands, root, read } = await locked(t, standIn);
    for (const key of ['a', 'b']) await standIn.putSecret(`${root}/${key}`, 'newer');
    const before = read();
    await succeed(commands, ['update', 'B']);
    const bytes = read();
    commands.write({ [LOCK]: before });
    await standIn.faults([{ target: 'AmazonSSM.*', names: [`${root}/a`], latency_ms: 3000 }]);
    const slow = fail(
      commands,
      ['update', 'A'],
      /secret-baker\.lock\.json was changed by somebody else meanwhile, so it was not written\n.*hint: run the command again/,
    );
    const isAsked = (/** @type {import('../aws/stand-in.mjs').Call} */ { action, names }) =>
      action !== 'PutParameter' && names.includes(`${root}/a`);
    await until('it asks', async () => (await standIn.calls()).filter(isAsked).length > 1);
    commands.write({ [LOCK]: bytes });
    await slow;
    await standIn.faults();
    assert.equal(read(), bytes);
    const { stdout } = await succeed(commands, ['update', 'A']);
    assert.equal(stdout, 'A\tchanged\t1\t2\n');
    assert.equal(JSON.parse(read()).secrets.B.version, '2');
  });

  it('all go well that would write the same', async (t) => {
    const { commands, read } = await withParameters(t, standIn);
    await Promise.all([1, 2, 3, 4].map(() => succeed(commands, ['lock'])));
    assert.deepEqual(Object.keys(JSON.parse(read()).secrets), ['A', 'B']);
    assert.deepEqual(readdirSync(commands.dir).sort(), [LOCK, 'secret-baker.yml']);
  });
});

describe('a lock of another account than the credentials', () => {
  const OTHER = '210987654321';
  const says = new RegExp(
    `secret-baker\\.lock\\.json is of account ${OTHER}, and this is for account 123456789012, whose credentials these are\\n.*hint: check the region, the endpoint and the credentials`,
  );

  it('is told with both accounts before anything is asked for, and not where nothing is', async (t) => {
    const { commands, configure, root, read, asked } = await locked(t, standIn, { keys: ['a', 'b', 'c'] });
    const bytes = read().replaceAll('123456789012', OTHER);
    commands.write({ [LOCK]: bytes });
    await succeed(commands, ['lock']);
    const before = (await asked()).length;
    await fail(commands, ['update'], says);
    configure({ A: `${root}/a`, B: `${root}/b`, C: `${root}/not-there` });
    await fail(commands, ['lock'], says);
    assert.equal((await asked()).length, before);
    assert.equal(read(), bytes);
  });

  it('is told by what comes back where nobody may ask whose they are', async (t) => {
    const { commands, configure, root, read } = await locked(t, standIn, { keys: ['a', 'b', 'c'] });
    const bytes = read().replaceAll('123456789012', OTHER);
    commands.write({ [LOCK]: bytes });
    configure({ A: `${root}/a`, B: `${root}/b`, C: `${root}/c` });
    const env = { AWS_ENDPOINT_URL: undefined, AWS_ENDPOINT_URL_SSM: standIn.endpoint };
    await fail(
      commands,
      ['lock'],
      new RegExp(`secrets\\.C: .* is of account ${OTHER}, and this is for account 123456789012\\n`),
      {
        env,
      },
    );
    assert.equal(read(), bytes);
  });

  it('has no say where the config names the account of each', async (t) => {
    const arn = (/** @type {string} */ path) => `arn:aws:ssm:eu-central-1:123456789012:parameter${path}`;
    const { commands, configure, root, read } = await locked(t, standIn);
    assert.equal(JSON.parse(read()).account, '123456789012');
    configure({ A: arn(`${root}/a`), B: arn(`${root}/b`) });
    await succeed(commands, ['lock']);
    assert.equal(JSON.parse(read()).account, undefined);
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
      /secrets\.A: `A` in .*: it is of account 210987654321, and the others there are of account 123456789012/,
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
    const { commands, root, read, asked } = await locked(t, standIn);
    const bytes = read();
    const before = (await asked()).length;
    for (const [title, edit, says] of edits) {
      const lock = JSON.parse(bytes);
      edit(lock, root);
      commands.write({ [LOCK]: JSON.stringify(lock) });
      const said = await fail(commands, ['lock'], says);
      assert.equal(said.includes('hunter2'), false, title);
      assert.equal(read(), JSON.stringify(lock), title);
    }
    assert.equal((await asked()).length, before);
  });

  it('is refused where a pin is of another version', async (t) => {
    const { commands, read } = await locked(t, standIn, { secrets: (root) => ({ A: `${root}/a:1` }) });
    const lock = JSON.parse(read());
    lock.secrets.A.version = '2';
    lock.secrets.A.entry.version = 2;
    commands.write({ [LOCK]: JSON.stringify(lock) });
    await fail(commands, ['lock'], /its version is `2`, and the config says `\S+:1`/);
  });

  it('is refused where it is no JSON, has a name twice, or is no file of its own', async (t) => {
    const { commands, read } = await locked(t, standIn);
    for (const text of [
      '',
      '\ufeff{"version":1,"secrets":{}}',
      '['.repeat(100_000),
      '{',
      '[]',
      'null',
      '{"version":1,"secrets":{"A":1}}',
      '{"version":1,"version":1,"secrets":{}}',
    ]) {
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
    const { commands, root, read } = await locked(t, standIn);
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
