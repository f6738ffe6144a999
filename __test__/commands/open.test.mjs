// Opening one secret, by the caller's own rights.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startStandIn } from '../aws/stand-in.mjs';
import { assertAsDocumented } from './pages.mjs';
import { Commands } from './ways.mjs';

/** @import { StandIn } from '../aws/stand-in.mjs' */

/** @type {StandIn} */
let standIn;
before(async () => {
  standIn = await startStandIn();
});
after(() => standIn.stop());

let count = 0;

/**
 * @param {import('node:test').TestContext} t
 * @param {import('./ways.mjs').Way} way
 */
async function shop(t, way) {
  const folder = `/open-${process.pid}-${way}-${++count}`;
  await standIn.putSecret(`${folder}/db`, 'a value of the shop');
  await standIn.putSecret(`${folder}/other`, 'another');
  const commands = new Commands(t, way, standIn, { secrets: { DB_PASSWORD: `${folder}/db`, OTHER: `${folder}/other` } });
  return { commands, folder };
}

for (const way of /** @type {const} */ (['program', 'v3'])) {
  describe(`open, by ${way}`, () => {
    it('writes just the bytes into a pipe, and a line end in a terminal', async (t) => {
      const { commands } = await shop(t, way);
      const { code, stdout, stderr } = await commands.run(['open', 'DB_PASSWORD', '--reveal']);
      assert.equal(stdout, 'a value of the shop', stderr);
      assert.equal(code, 0);
      const shown = await commands.inTerminal(['open', 'DB_PASSWORD', '--reveal'], []);
      assert.match(shown.output, /a value of the shop\r\n/);
      assert.equal(shown.code, 0);
    });

    it('shows nothing without --reveal, and says what it would show', async (t) => {
      const { commands } = await shop(t, way);
      const { code, stdout, stderr } = await commands.run(['open', 'DB_PASSWORD']);
      assert.equal(stdout, '');
      assert.match(
        stderr,
        /this would write the value of one secret, in plain text, into a pipe or a file\n {2}hint: add --reveal/,
      );
      assert.equal(code, 2);
      const { output, code: ended } = await commands.inTerminal(['open', 'DB_PASSWORD'], []);
      assert.match(output, /in plain text, on this terminal/);
      assert.doesNotMatch(output, /a value/);
      assert.equal(ended, 2);
    });

    it('tells as JSON whether it opens, and the value only with --reveal', async (t) => {
      const { commands, folder } = await shop(t, way);
      const { value, code } = await commands.json(['open', 'DB_PASSWORD']);
      assertAsDocumented('open', value);
      assert.deepEqual(value, { name: 'DB_PASSWORD', version: '1', from: `${folder}/db` });
      assert.equal(code, 0);
      const revealed = await commands.json(['open', 'DB_PASSWORD', '--reveal']);
      assert.equal(revealed.value.value, 'a value of the shop');
    });
  });
}

describe('open', () => {
  it('tells a name that the config does not have, and which was meant', async (t) => {
    const { commands } = await shop(t, 'program');
    const { code, stderr } = await commands.run(['open', 'DB_PASWORD', '--reveal']);
    assert.match(stderr, /there is no secret `DB_PASWORD` in secrets.*DB_PASSWORD/);
    assert.equal(code, 3);
  });

  it('fetches that secret alone', async (t) => {
    const { commands, folder } = await shop(t, 'program');
    await standIn.faults([{ names: [`${folder}/other`], error: 'AccessDeniedException' }]);
    t.after(() => standIn.faults([]));
    const { code, stderr } = await commands.run(['open', 'DB_PASSWORD', '--reveal']);
    assert.equal(code, 0, stderr);
  });

  it('opens what a folder carries, and tells what it does not carry', async (t) => {
    const { commands, folder } = await shop(t, 'program');
    const { Parameter } = await standIn.ssm('GetParameter', { Name: `${folder}/other` });
    const bundle = { OTHER: { ciphertext: Parameter.Value, arn: Parameter.ARN } };
    commands.write({ 'built/secret-baker-secrets.json': JSON.stringify(bundle) });
    const opened = await commands.run(['open', 'OTHER', '--from', 'built', '--reveal']);
    assert.equal(opened.stdout, 'another', opened.stderr);
    const { code, stderr } = await commands.run(['open', 'OTHERS', '--from', 'built', '--reveal']);
    assert.match(stderr, /there is no secret `OTHERS` in built.*OTHER/);
    assert.equal(code, 3);
    const none = await commands.run(['open', 'OTHER', '--from', 'nothing.zip', '--reveal']);
    assert.match(none.stderr, /nothing\.zip does not exist/);
    assert.equal(none.code, 3);
  });

  it('tells with the opener’s sentence and code that KMS denies it', async (t) => {
    const { commands } = await shop(t, 'program');
    await standIn.faults([{ target: 'TrentService.Decrypt', error: 'AccessDeniedException' }]);
    t.after(() => standIn.faults([]));
    const { code, stdout, stderr } = await commands.run(['open', 'DB_PASSWORD', '--reveal']);
    assert.equal(stdout, '');
    assert.match(stderr, /secret `DB_PASSWORD` .*KMS denies kms:Decrypt.*\[SECRET_BAKER_ACCESS_DENIED\]/);
    assert.equal(code, 3);
  });
});
