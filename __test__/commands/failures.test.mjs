// What holds of every command that fails, or finds nothing: one shape as JSON, codes that have a page, and a result that is whole or told.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { startStandIn } from '../aws/stand-in.mjs';
import { textOf } from '../docs/blocks.mjs';
import { assertAsDocumented } from './pages.mjs';
import { Commands, PROGRAM } from './ways.mjs';

const WAYS = /** @type {const} */ (['program', 'v3']);
const { deployCodes, codes, launcherCodes } = JSON.parse(textOf('runtime/contract.json'));
const KNOWN = Object.keys({ ...deployCodes, ...codes, ...launcherCodes }).map((code) => `SECRET_BAKER_${code}`);
/** Each that asks AWS, as it is typed. */
const ASKING = [
  ['bake', '-'],
  ['check'],
  ['list'],
  ['set', 'A', '--generate'],
  ['open', 'A'],
  ['exec', '--json', '--', 'true'],
  ['lock'],
  ['update'],
  ['outdated'],
  ['diff', '--function', 'failures-none'],
  ['iam'],
];

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;
before(async () => {
  standIn = await startStandIn();
  await standIn.faults([
    { names: ['/failures/denied'], error: 'AccessDeniedException' },
    { names: ['/failures/throttled'], error: 'ThrottlingException', message: 'Rate exceeded' },
  ]);
});
after(() => standIn.stop());

/**
 * What a command that fails prints: one object in the documented shape, its sentences beside it, and known codes only.
 * @param {import('./ways.mjs').Ended} ended
 */
function failureOf({ stdout, stderr }) {
  const value = JSON.parse(stdout);
  assert.equal(stdout.trim().split('\n').length, 1, 'one line in a pipe');
  assertAsDocumented('README', value);
  const { failure } = value;
  const told = [failure.code, ...failure.problems.map((/** @type {any} */ { code }) => code)];
  assert.deepEqual(
    told.filter((code) => !KNOWN.includes(code)),
    [],
  );
  for (const { message } of failure.problems) assert.ok(stderr.includes(message), `${message}\n${stderr}`);
  assert.doesNotMatch(stderr, /\n\s+at |panicked|RUST_BACKTRACE/);
  return failure;
}

for (const way of WAYS) {
  describe(`a failure, by ${way}`, () => {
    it('of a wrong command line has the code USAGE, its page, and what was meant', async (t) => {
      const commands = new Commands(t, way, undefined, { secrets: ['/a'] });
      for (const [words, meant] of /** @type {[string[], RegExp][]} */ ([
        [['chekc'], /'check'/],
        [['list', '--versons'], /'--versions'/],
        [['open'], /usage: .*secret-baker open .*<NAME>/],
        [['completions', 'csh'], /--help/],
        [['open', 'A', '--from'], /--help/],
      ])) {
        const ended = await commands.run([...words, '--json']);
        const failure = failureOf(ended);
        assert.equal(failure.code, 'SECRET_BAKER_USAGE');
        assert.match(failure.problems[0].hint, meant);
        assert.match(ended.stderr, /^secret-baker: .*\n {2}hint: .*\n {2}more: https:.*#secret_baker_usage$/m);
        assert.equal(ended.code, 2);
      }
    });

    it('of the config is told by each command, with every mistake', async (t) => {
      const commands = new Commands(t, way, standIn, { secrets: [{ name: 'A', pth: '/a' }, 7] });
      for (const words of [['list'], ['check', '--json'], ['bake', '-'], ['lock'], ['outdated'], ['iam']]) {
        const isOut = words.includes('-');
        const ended = await commands.run(isOut ? words : [...new Set([...words, '--json'])]);
        assert.equal(ended.code, 3);
        assert.match(ended.stderr, /\[0\]: unknown key `pth`, did you mean `path`\?[\s\S]*\[1\]: must be/);
        if (!isOut) assert.equal(failureOf(ended).problems.length, 2);
      }
    });
  });
}

describe('a failure', () => {
  it('of a denied or throttled parameter is in one shape, whichever command asks', { timeout: 200_000 }, async (t) => {
    const denied = new Commands(t, 'program', standIn, { secrets: { A: '/failures/denied' } });
    const throttled = new Commands(t, 'program', standIn, { secrets: { A: '/failures/throttled' } });
    const slow = throttled.run(['lock', '--json']);
    for (const words of [['open', 'A'], ['exec', '--json', '--', 'true'], ['lock'], ['iam']]) {
      const ended = await denied.run(words.includes('--json') ? words : [...words, '--json']);
      assert.equal(failureOf(ended).code, 'SECRET_BAKER_ACCESS_DENIED', words[0]);
      assert.equal(ended.code, 3);
    }
    assert.equal(failureOf(await slow).code, 'SECRET_BAKER_THROTTLED');
  });

  it('of a service that nobody reaches is in one shape, whichever command asks', async (t) => {
    const commands = new Commands(t, 'program', undefined, { secrets: { A: '/a' } });
    for (const words of ASKING.filter(([command = '']) => !['bake', 'update', 'diff'].includes(command))) {
      const ended = await commands.run(words.includes('--json') ? words : [...words, '--json']);
      assert.equal(failureOf(ended).code, 'SECRET_BAKER_UNREACHABLE', words[0]);
      assert.equal(ended.code, 3);
    }
  });

  it('where there is no config is told by each command that needs one', async (t) => {
    const commands = new Commands(t, 'program', undefined, { secrets: [] });
    for (const words of ASKING.filter(([, second]) => second !== '-')) {
      const [command = '', ...rest] = words.filter((word) => word !== '--json');
      const ended = await commands.run([command, '--json', '--config', 'none.yml', ...rest]);
      const failure = failureOf(ended);
      assert.equal(failure.code, 'SECRET_BAKER_FILE', command);
      assert.match(failure.problems[0].message, /^there is no file `none\.yml`$/);
      assert.equal(ended.code, 3);
    }
  });

  it('of the plugin itself keeps its code and its hint', async (t) => {
    const commands = new Commands(t, 'v3', undefined, { secrets: ['/a'], options: { reigon: 'x', check: 5 } });
    const failure = failureOf(await commands.run(['list', '--json']));
    assert.equal(failure.code, 'SECRET_BAKER_CONFIG_INVALID');
    assert.deepEqual(
      failure.problems.map((/** @type {any} */ { message }) => message),
      ['custom.secretBakerOptions.reigon: unknown key', 'custom.secretBakerOptions.check: expected true or false'],
    );
    assert.match(failure.problems[0].hint, /^secretBakerOptions takes enabled, region/);
  });

  it('of a binary that cannot be loaded is in the same shape, in the way of npm', async (t) => {
    const commands = new Commands(t, 'npm', undefined, { secrets: [] }, { 'broken.node': 'no binary' });
    const ended = await commands.run(['doctor', '--json'], { env: { SECRET_BAKER_BINARY: 'broken.node' } });
    assert.equal(failureOf(ended).code, 'SECRET_BAKER_NO_BINARY');
    assert.equal(ended.code, 3);
  });

  it('shows no control character of what was typed', async (t) => {
    const { stderr, code } = await new Commands(t, 'program', undefined, { secrets: [] }).run(['\u001b[31ml\u202eist', '--json']);
    assert.match(stderr, /'l\\u\{202e\}ist'/);
    assert.ok(!stderr.includes('\u001b'));
    assert.equal(code, 2);
  });
});

describe('standard output', () => {
  it('that takes nothing more is a failure, and one that nobody reads is none', { skip: full() }, (t) => {
    const { dir } = new Commands(t, 'program', undefined, { secrets: [] });
    const run = (/** @type {string} */ line) => spawnSync('bash', ['-c', line, PROGRAM], { cwd: dir, encoding: 'utf8' });
    for (const words of ['schema', '--help', 'help list', 'completions bash', 'doctor --json', '--version']) {
      const { status, stderr } = run(`"$0" ${words} > /dev/full`);
      assert.match(stderr, /secret-baker: cannot write standard output: No space left/, words);
      assert.equal(status, 3, words);
    }
    const { stdout, stderr } = run('set -o pipefail; "$0" schema | head -1; echo $?');
    assert.deepEqual([stdout, stderr], ['{\n0\n', '']);
  });

  for (const words of [['list'], ['check'], ['outdated'], ['diff', 'empty'], ['lock']]) {
    it(`of ${words[0]} is empty where there is nothing to tell, and a sentence beside it says so`, async (t) => {
      const commands = new Commands(t, 'program', standIn, { secrets: [] }, { 'empty/file': '' });
      const piped = await commands.run(words);
      assert.equal(piped.stdout, '');
      assert.match(piped.stderr, SENTENCE);
      const { code, value } = await commands.json(words);
      assert.deepEqual(Object.values(value)[words[0] === 'lock' ? 1 : 0], []);
      assert.equal(code, 0);
      const { output } = await commands.inTerminal(words, []);
      assert.match(output, SENTENCE);
    });
  }

  it('has headers in capital letters, whichever table it is', async (t) => {
    await standIn.putSecret('/failures/there', 'x');
    const commands = new Commands(t, 'program', standIn, { secrets: { A: '/failures/there' } });
    for (const words of [['list'], ['check'], ['lock']]) {
      const { output } = await commands.inTerminal(words, [], { env: { NO_COLOR: '1' } });
      const header = output.split('\n').find((line) => /name/i.test(line)) ?? '';
      assert.match(header, /^ *NAME( |$)/, output);
      assert.equal(header, header.toUpperCase());
    }
  });
});

const SENTENCE =
  /the config names no secret|nothing differs|nothing changed: the lock is up to date|no secret is known to be behind/;

function full() {
  return !existsSync('/dev/full') && 'there is no /dev/full here';
}
