// `update` and `outdated`: newer versions than those of the lock and of pins.

import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startStandIn } from '../aws/stand-in.mjs';
import { fail, git, LOCK, locked, succeed } from './locked-service.mjs';
import { assertAsDocumented } from './pages.mjs';

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;
before(async () => {
  standIn = await startStandIn();
});
after(() => standIn.stop());

describe('update', () => {
  it('takes the latest version, which is one line of a diff', async (t) => {
    const { commands, root } = await locked(t, standIn);
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
    const { commands, root } = await locked(t, standIn, { secrets: (root) => ({ A: `${root}/a:1`, B: `${root}/b` }) });
    for (const key of ['a', 'b']) await standIn.putSecret(`${root}/${key}`, 'newer');
    const { stdout, stderr } = await succeed(commands, ['update']);
    assert.equal(stdout, 'B\tchanged\t1\t2\n');
    assert.match(stderr, /`A` stays as it is: the config names its version/);
  });

  it('tells a name that there is not, and which was meant; and that there is no lock', async (t) => {
    const { commands } = await locked(t, standIn, { secrets: (root) => ({ DATABASE: `${root}/a` }) });
    assert.equal((await commands.run(['update', '--frozen'])).code, 2, 'it changes the lock, or is not run');
    await fail(commands, ['update', 'DATABSE'], /there is no secret `DATABSE`, did you mean `DATABASE`\?/);
    rmSync(join(commands.dir, LOCK));
    await fail(commands, ['update'], /there is no secret-baker\.lock\.json .*\n.*hint: write it by `secret-baker lock`/);
  });
});

describe('outdated', () => {
  it('tells locked versions and pins that are behind, and ends with 1', async (t) => {
    const { commands, root } = await locked(t, standIn, {
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

  it('does not take a line for locked whose entry the config has changed since', async (t) => {
    const { commands, configure, root } = await locked(t, standIn, { keys: ['a', 'b', 'c'] });
    configure({ A: `${root}/a`, B: `${root}/c` });
    const { code, stdout } = await commands.run(['outdated']);
    assert.match(stdout, /^B\t-\t1\t\d+ (s|min)\n$/);
    assert.equal(code, 1);
  });

  it('tells what is locked and is not there any more, and what came to a prefix', async (t) => {
    const { commands, root } = await locked(t, standIn, {
      secrets: (root) => [{ path: `${root}/p/*` }, { name: 'X', path: `${root}/x` }],
      keys: ['p/a', 'p/b', 'x'],
    });
    await standIn.putSecret(`${root}/p/new`, 'later');
    for (const key of ['p/b', 'x']) await standIn.ssm('DeleteParameter', { Name: `${root}/${key}` });
    const { code, value, stderr } = await commands.json(['outdated']);
    assertAsDocumented('outdated', value);
    assert.deepEqual(
      value.secrets.map((/** @type {any} */ { name, locked, latest }) => [name, locked, latest]),
      [
        ['new', null, '1'],
        ['X', '1', null],
        ['b', '1', null],
      ],
    );
    assert.match(stderr, /an update would fail: secrets\[1\]: /);
    assert.equal(code, 1);
  });

  it('refuses a lock of another region, as a bake does', async (t) => {
    const { commands } = await locked(t, standIn);
    await fail(commands, ['outdated'], /is of region eu-central-1, and this is for region eu-west-1/, {
      env: { AWS_REGION: 'eu-west-1' },
    });
  });

  it('says what it could not tell for want of a permission, and does not pass it', async (t) => {
    const { commands } = await locked(t, standIn);
    await standIn.faults([{ target: 'AmazonSSM.*', error: 'AccessDeniedException' }]);
    const { code, stdout, stderr } = await commands.run(['outdated']);
    await standIn.faults();
    assert.equal(stdout, '');
    assert.match(stderr, /`A`: nobody can tell whether it is behind, for want of ssm:\w+: /);
    assert.equal(code, 1);
  });

  it('prints a table in a terminal', async (t) => {
    const { commands, root } = await locked(t, standIn);
    await standIn.putSecret(`${root}/a`, 'newer');
    const { code, output } = await commands.inTerminal(['outdated'], []);
    assert.match(output, /NAME .*LOCKED .*LATEST .*AGE/);
    assert.match(output, /A +1 +2 +\d+ (s|min)/);
    assert.equal(code, 1);
  });
});
