// Running a command with the secrets in its environment.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { credentials, startStandIn } from '../aws/stand-in.mjs';
import { fail, LOCK, locked, succeed } from './locked-service.mjs';
import { Commands, PROGRAM, writeProgram } from './ways.mjs';

/** @import { TestContext } from 'node:test' */
/** @import { StandIn } from '../aws/stand-in.mjs' */
/** @import { Way } from './ways.mjs' */

/** @type {StandIn} */
let standIn;
before(async () => {
  standIn = await startStandIn();
});
after(() => standIn.stop());

let count = 0;

/**
 * @param {TestContext} t
 * @param {Way} way
 * @param {Record<string, unknown>} [options]
 */
async function shop(t, way, options) {
  const folder = `/exec-${process.pid}-${way}-${++count}`;
  await standIn.putSecret(`${folder}/db`, 'of the shop');
  await standIn.putSecret(`${folder}/other`, 'another');
  const secrets = { DB_PASSWORD: `${folder}/db`, OTHER: `${folder}/other` };
  const commands = new Commands(t, way, standIn, { secrets, ...(options && { options }) });
  return { commands, folder };
}

/**
 * The names that were asked for, beside those that the test itself has put there.
 * @param {string} folder
 */
async function askedBelow(folder) {
  const calls = (await standIn.calls()).filter(({ action }) => action !== 'PutParameter');
  return calls.flatMap(({ names }) => names).filter((name) => name.startsWith(folder));
}

const SHOW = ['--', 'sh', '-c', 'echo "$DB_PASSWORD|$OTHER"'];

/**
 * A script of its own.
 * @param {Commands} commands
 * @param {string} text
 */
function script(commands, text) {
  writeProgram(join(commands.dir, 'script'), `#!/bin/sh\n${text}\n`);
  return './script';
}

for (const way of /** @type {const} */ (['program', 'npm', 'v3'])) {
  describe(`exec, by ${way}`, { skip: process.platform === 'win32' && 'sh is not there' }, () => {
    it('runs the command with the secrets, its arguments and its standard input, and ends with its exit code', async (t) => {
      const { commands } = await shop(t, way);
      const text = 'read line; echo "$DB_PASSWORD|$OTHER|$line|$1"; echo to-stderr >&2; exit 42';
      const { code, stdout, stderr } = await commands.run(['exec', '--', script(commands, text), '--opt'], {
        input: 'typed\n',
      });
      assert.equal(stdout, 'of the shop|another|typed|--opt\n', stderr);
      assert.match(stderr, /to-stderr/);
      assert.equal(code, 42);
    });

    it('is the command: nothing else waits, and a signal is its own', async (t) => {
      const { commands } = await shop(t, way);
      const killed = await commands.run(['exec', '--', script(commands, 'kill -TERM $$')]);
      assert.equal(killed.signal, 'SIGTERM', killed.stderr);
      const traps = ['WINCH', 'TERM', 'HUP'].map((signal) => `trap "echo had ${signal}" ${signal}`);
      const text = [
        ...traps,
        'trap "echo had INT; exit 7" INT',
        // What is typed goes to it: it is in the foreground of the terminal.
        '[ "$(ps -o tpgid= -p $$)" = "$(ps -o pgid= -p $$)" ] && echo foreground',
        'while :; do sleep 0.1; done',
      ].join('\n');
      const { code, output } = await commands.inTerminal(
        ['exec', '--', script(commands, text)],
        [
          { expect: 'foreground', signal: 'SIGWINCH' },
          { expect: 'had WINCH', signal: 'SIGTERM' },
          { expect: 'had TERM', signal: 'SIGHUP' },
          { expect: 'had HUP', send: '\u0003' },
        ],
      );
      assert.match(output, /had INT/);
      assert.equal(code, 7);
    });

    it('leaves the values in no argument', async (t) => {
      const { commands } = await shop(t, way);
      const { stdout } = await commands.run(['exec', '--', script(commands, 'ps -ww -o args= -p $$')]);
      assert.match(stdout, /^\/bin\/sh \.\/script\n$/);
      assert.doesNotMatch(stdout, /of the shop/);
    });

    it('loses nothing of what a command writes at once into a pipe', async (t) => {
      const { commands } = await shop(t, way);
      const { stdout, code } = await commands.run(['exec', '--only', 'OTHER', '--', 'seq', '1', '200000']);
      assert.ok(stdout.endsWith('\n200000\n'), `${stdout.length} bytes`);
      assert.equal(code, 0);
    });

    it('tells a command that is not there, and one that cannot be run, as shells do', async (t) => {
      const { commands } = await shop(t, way);
      const none = await commands.run(['exec', '--', 'no-such-command']);
      assert.match(
        none.stderr,
        /there is no command `no-such-command`; check its path, and that it is on this machine \[SECRET_BAKER_COMMAND, exit code 127\]/,
      );
      assert.equal(none.code, 127);
      commands.write({ plain: 'x' });
      const plain = await commands.run(['exec', '--', './plain']);
      assert.match(plain.stderr, /the command `\.\/plain` cannot be run: /);
      assert.equal(plain.code, 126);
    });
  });
}

for (const way of /** @type {const} */ (['v3', 'osls3', 'osls4'])) {
  describe(`exec of a command with options, by ${way}`, { skip: process.platform === 'win32' && 'sh is not there' }, () => {
    it('hands them over as they are where an option stands before `--`', async (t) => {
      const { commands } = await shop(t, way);
      const show = 'echo "$DB_PASSWORD|$*"';
      const rest = ['-c', show, 'sh', '--help', '--stage', 'prod', '--stage=x', '-vv', '--', '-'];
      for (const before of [['--stage', 'dev'], ['--pristine'], ['--only=*']]) {
        const { stdout, stderr } = await commands.run(['exec', ...before, '--', 'sh', ...rest]);
        assert.equal(stdout, 'of the shop|--help --stage prod --stage=x -vv -- -\n', stderr);
      }
    });

    it('hands over what is none of the framework’s, and refuses to take another stage from it', async (t) => {
      const { commands } = await shop(t, way);
      const { stdout, stderr } = await commands.run(['exec', '--', 'node', '-e', 'console.log(process.argv)', 'a', '--flag']);
      assert.match(stdout, /'a', '--flag'/, stderr);
      const refused = await commands.run(['exec', '--', 'echo', 'ran', '--stage', 'prod']);
      assert.equal(refused.stdout, '');
      assert.match(refused.stderr, /the framework has read `--stage` as its own[\s\S]*exec --stage dev -- COMMAND/);
      assert.equal(refused.code, 3);
    });
  });
}

describe('exec', { skip: process.platform === 'win32' && 'sh is not there' }, () => {
  it('sets only what is chosen, by the name that is chosen, and fetches nothing else', async (t) => {
    const { commands, folder } = await shop(t, 'program');
    const { stdout, stderr } = await commands.run([
      'exec',
      '--only',
      'DB_PASSWORD=PGPASSWORD',
      '--',
      'sh',
      '-c',
      'echo "$PGPASSWORD|$DB_PASSWORD|$OTHER"',
    ]);
    assert.equal(stdout, 'of the shop||\n', stderr);
    const asked = await askedBelow(folder);
    assert.ok(asked.length > 0);
    assert.ok(
      asked.every((name) => name === `${folder}/db`),
      `${asked}`,
    );
  });

  it('tells wrong names before it calls anything', async (t) => {
    const { commands, folder } = await shop(t, 'program');
    for (const [only, said] of /** @type {const} */ ([
      ['DB_PASSWORD=AWS_REGION', /`AWS_REGION` is reserved/],
      ['DB_PASSWORD=1x', /`1x` has other characters/],
      ['DB_PASSWORD=X,OTHER=X', /both would be `X`/],
      ['', /--only is empty; leave it out/],
    ])) {
      const { code, stderr } = await commands.run(['exec', '--only', only, ...SHOW]);
      assert.match(stderr, said);
      assert.match(stderr, /\[SECRET_BAKER_NOT_A_VARIABLE\]/);
      assert.equal(code, 3);
    }
    const asked = await askedBelow(folder);
    assert.deepEqual(asked, []);
  });

  it('tells a secret that there is not, and what there is', async (t) => {
    const { commands } = await shop(t, 'program');
    const { code, stderr } = await commands.run(['exec', '--only', 'OTHERS', ...SHOW]);
    assert.match(stderr, /there is no secret `OTHERS` in secrets.*OTHER/);
    assert.equal(code, 3);
  });

  it('leaves the environment as it is, and pristine but for what programs need', async (t) => {
    const { commands } = await shop(t, 'program');
    const env = { MINE: 'kept', LC_ALL: 'C' };
    const show = ['--', 'sh', '-c', 'echo "$MINE|$AWS_ACCESS_KEY_ID|$LC_ALL|$OTHER"'];
    assert.equal((await commands.run(['exec', ...show], { env })).stdout, `kept|${credentials.accessKeyId}|C|another\n`);
    assert.equal((await commands.run(['exec', '--pristine', ...show], { env })).stdout, '||C|another\n');
  });

  it('takes the values of the local file with --local, without AWS', async (t) => {
    const secrets = { DB_PASSWORD: `/exec-local/db-${process.pid}`, OTHER: '/exec-local/other' };
    const commands = new Commands(
      t,
      'program',
      undefined,
      { secrets, options: { local: '.env.local' } },
      { '.env.local': 'DB_PASSWORD=mine\nOTHER=too\n', '.gitignore': '.env.local\n' },
    );
    execFileSync('git', ['init', '--quiet'], { cwd: commands.dir });
    const { stdout, stderr, code } = await commands.run(['exec', '--local', ...SHOW], {
      env: { HTTP_PROXY: 'http://127.0.0.1:9', http_proxy: 'http://127.0.0.1:9' },
    });
    assert.equal(stdout, 'mine|too\n', stderr);
    assert.equal(code, 0);
    const unnamed = new Commands(t, 'program', undefined, { secrets });
    const none = await unnamed.run(['exec', '--local', ...SHOW]);
    assert.match(none.stderr, /no file of local values is named\n {2}hint: name it by `options\.local` or SECRET_BAKER_LOCAL/);
    assert.equal(none.code, 3);
  });

  it('runs nothing where KMS denies a secret, and tells it with the opener’s code', async (t) => {
    const { commands } = await shop(t, 'program');
    await standIn.faults([{ target: 'TrentService.Decrypt', error: 'AccessDeniedException' }]);
    t.after(() => standIn.faults([]));
    const { code, stdout, stderr } = await commands.run(['exec', '--', 'echo', 'ran']);
    assert.equal(stdout, '');
    assert.match(stderr, /secret `DB_PASSWORD`.*KMS denies kms:Decrypt.*\[SECRET_BAKER_ACCESS_DENIED\]/);
    assert.match(stderr, /secret `OTHER`/);
    assert.equal(code, 3);
  });

  const SHOW_ALL = ['--', 'sh', '-c', 'echo "$A|$B|$C"'];

  it('takes from the lock what a bake would take, without a call to Parameter Store, and asks for the rest alone', async (t) => {
    const { commands, root, configure, read, asked } = await locked(t, standIn, { keys: ['a', 'b', 'c'] });
    await standIn.putSecret(`${root}/a`, 'newer');
    const before = (await standIn.calls()).length;
    const all = await succeed(commands, ['exec', ...SHOW_ALL]);
    assert.equal(all.stdout, 'a ☃|b ☃|\n');
    assert.equal(all.stderr, '2 secrets are taken from secret-baker.lock.json: A 1, B 1\n');
    const services = (await standIn.calls()).slice(before).map(({ service }) => service);
    assert.deepEqual([...new Set(services)], ['kms']);
    const bytes = read();
    configure({ A: `${root}/a`, C: `${root}/c` });
    const asking = (await asked()).length;
    const some = await succeed(commands, ['exec', ...SHOW_ALL]);
    assert.equal(some.stdout, 'a ☃||c ☃\n');
    assert.equal(some.stderr, '1 secret is taken from secret-baker.lock.json: A 1\n');
    assert.deepEqual((await asked()).slice(asking), [`${root}/c`]);
    assert.equal(read(), bytes);
  });

  it('frozen or in CI, refuses what the lock has not, as a bake does, but looks only at what is chosen', async (t) => {
    const { commands, root, configure, read, asked } = await locked(t, standIn, { keys: ['a', 'b', 'c'] });
    const bytes = read();
    configure([{ name: 'A', path: `${root}/a` }, { name: 'C', path: `${root}/c` }, { path: `${root}/p/*` }]);
    const before = (await asked()).length;
    const said = await fail(
      commands,
      ['exec', ...SHOW_ALL],
      /`C` is not locked, and secret-baker.lock.json is frozen, since CI is set/,
      {
        env: { CI: 'true' },
      },
    );
    assert.match(said, /what this entry gives is not locked/);
    assert.match(said, /`B` is locked, and configured no longer/);
    await fail(
      commands,
      ['exec', '--frozen', '--only', 'C', ...SHOW_ALL],
      /secret-baker: secret-baker\.yml:1: secrets\[1\]: `C` is not locked, and/,
    );
    const { stdout } = await succeed(commands, ['exec', '--only', 'A', ...SHOW_ALL], { env: { CI: 'true' } });
    assert.equal(stdout, 'a ☃||\n');
    assert.equal((await asked()).length, before);
    assert.equal(read(), bytes);
  });

  it('runs nothing where the lock is none', async (t) => {
    const { commands } = await locked(t, standIn);
    commands.write({ [LOCK]: '' });
    await fail(commands, ['exec', '--', 'echo', 'ran'], /secret-baker\.lock\.json is damaged: it is empty/);
  });

  it('ends as the command does, whatever its exit code or signal', async (t) => {
    const { commands } = await shop(t, 'program');
    for (const code of [0, 1, 2, 3, 126, 127, 128, 255])
      assert.equal((await commands.run(['exec', '--', 'sh', '-c', `exit ${code}`])).code, code);
    for (const signal of ['KILL', 'HUP', 'PIPE', 'SEGV'])
      assert.equal((await commands.run(['exec', '--', 'sh', '-c', `kill -${signal} $$`])).signal, `SIG${signal}`);
  });

  it('keeps to the launcher’s rules of names, and takes none that belongs to a loader, the runtime or AWS', async (t) => {
    const { commands } = await shop(t, 'program');
    const reserved = [
      'PATH',
      'HOME',
      'LD_PRELOAD',
      'LD_LIBRARY_PATH',
      'DYLD_INSERT_LIBRARIES',
      'NODE_OPTIONS',
      'PYTHONPATH',
      'BASH_ENV',
    ];
    for (const name of [...reserved, 'JAVA_TOOL_OPTIONS', 'RUBYOPT', 'AWS_PROFILE', 'SECRET_BAKER_LOCAL', '_X_AMZN_TRACE_ID']) {
      const { code, stdout, stderr } = await commands.run(['exec', '--only', `OTHER=${name}`, '--', 'echo', 'ran']);
      assert.match(stderr, new RegExp(`\`${name}\` is reserved.*--only.*\\[SECRET_BAKER_NOT_A_VARIABLE\\]`));
      assert.deepEqual({ code, stdout }, { code: 3, stdout: '' });
    }
    const { stdout } = await commands.run(['exec', '--only', 'OTHER=LANG', '--', 'sh', '-c', 'echo $LANG']);
    assert.equal(stdout, 'another\n');
  });

  it('tells what cannot be a variable: a name, bytes, and NUL', async (t) => {
    const key = await standIn.createKey();
    const name = `exec-bytes-${process.pid}`;
    const SecretBinary = Buffer.from([255]).toString('base64');
    await standIn.secretsManager('CreateSecret', { Name: name, SecretBinary, KmsKeyId: key });
    await standIn.secretsManager('CreateSecret', { Name: `${name}-nul`, SecretString: 'a\0b', KmsKeyId: key });
    const secrets = { 'a-b': `/exec/${name}` };
    const named = await new Commands(t, 'program', standIn, { secrets }).run(['exec', '--only', 'a-b', '--', 'echo', 'ran']);
    assert.match(named.stderr, /`a-b` has other characters than letters, digits and `_`/);
    const commands = new Commands(t, 'program', standIn, {
      secrets: { BYTES: { secretsManager: name }, NUL: { secretsManager: `${name}-nul` } },
    });
    assert.deepEqual([named.code, named.stdout], [3, '']);
    for (const [only, said] of /** @type {const} */ ([
      ['BYTES', /secret `BYTES` .*: its value is not text in UTF-8.*\[SECRET_BAKER_NOT_TEXT\]/],
      ['NUL', /secret `NUL`: it cannot be an environment variable: .*\[SECRET_BAKER_NOT_A_VARIABLE\]/],
    ])) {
      const { code, stdout, stderr } = await commands.run(['exec', '--only', only, '--', 'echo', 'ran']);
      assert.match(stderr, said);
      assert.deepEqual({ code, stdout }, { code: 3, stdout: '' });
    }
  });

  it('tells that all variables together are more than the system takes', { skip: process.platform !== 'linux' }, async (t) => {
    const Value = 'x'.repeat(8192);
    const names = Array.from({ length: 10 }, (_, index) => `S${index}`);
    const secrets = Object.fromEntries(names.map((name) => [name, `/exec-large/${name}`]));
    const put = (/** @type {string} */ Name) =>
      standIn.ssm('PutParameter', { Name, Value, Type: 'SecureString', Tier: 'Advanced' });
    await Promise.all(Object.values(secrets).map(put));
    const commands = new Commands(t, 'program', standIn, { secrets });
    // Nearly all of the 2 MiB that Linux has for arguments and variables.
    const env = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`E${index}`, 'x'.repeat(103_000)]));
    const { code, stderr } = await commands.run(['exec', '--', 'true'], { env });
    assert.match(
      stderr,
      /the command `true` cannot be run: .*environment variables that are too large.*choose fewer secrets in --only/,
    );
    assert.equal(code, 126);
    assert.equal((await commands.run(['exec', '--only', 'S0', '--', 'true'], { env })).code, 0);
  });

  it('runs within itself, each with its own secrets', async (t) => {
    const { commands } = await shop(t, 'program');
    const inner = ['exec', '--only', 'OTHER=IN', '--', 'sh', '-c', 'echo "$DB_PASSWORD|$IN|$OTHER"'];
    const { stdout, stderr } = await commands.run(['exec', '--only', 'DB_PASSWORD', '--', PROGRAM, ...inner]);
    assert.equal(stdout, 'of the shop|another|\n', stderr);
  });

  it('hands all of a long standard input to the command', async (t) => {
    const { commands } = await shop(t, 'program');
    const { stdout } = await commands.run(['exec', '--only', 'OTHER', '--', 'wc', '-c'], { input: Buffer.alloc(3_000_000, 'a') });
    assert.equal(stdout.trim(), '3000000');
  });

  it('demands a command', async (t) => {
    const { commands } = await shop(t, 'program');
    const { code, stderr } = await commands.run(['exec']);
    assert.match(stderr, /required arguments were not provided[\s\S]*COMMAND/);
    const bare = await commands.run(['exec', 'echo', 'ran']);
    assert.match(bare.stderr, /unexpected argument 'echo' found[\s\S]*exec \[OPTIONS\] -- <COMMAND>/);
    assert.deepEqual([code, bare.code, bare.stdout], [2, 2, '']);
  });
});
