// What was built, against what a bake would give now.

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

for (const way of /** @type {const} */ (['program', 'v3'])) {
  describe(`diff, by ${way}`, () => {
    it('tells what is added, gone and of another version, and decrypts nothing', async (t) => {
      const folder = `/diff-${process.pid}-${way}`;
      await standIn.putSecret(`${folder}/db`, 'first');
      await standIn.putSecret(`${folder}/new`, 'new');
      const { Parameter } = await standIn.ssm('GetParameter', { Name: `${folder}/db` });
      const entry = { ciphertext: Parameter.Value, arn: Parameter.ARN, version: 1 };
      await standIn.putSecret(`${folder}/db`, 'second');
      const commands = new Commands(t, way, standIn, { secrets: { DB: `${folder}/db`, NEW: `${folder}/new` } });
      commands.write({ 'built/secret-baker-secrets.json': JSON.stringify({ DB: entry, OLD: entry }) });
      const before = (await standIn.calls()).filter(({ action }) => action === 'Decrypt').length;
      const { code, value } = await commands.json(['diff', 'built']);
      assertAsDocumented('diff', value);
      const told = value.differences.map((/** @type {any} */ { name, difference }) => `${name} ${difference}`);
      assert.deepEqual(told, ['DB version', 'NEW added', 'OLD gone']);
      assert.equal(code, 1);
      const { stdout } = await commands.run(['diff', 'built']);
      assert.match(stdout, /^built\tDB\tversion\t1\t2\n/);
      assert.equal((await standIn.calls()).filter(({ action }) => action === 'Decrypt').length, before);
    });

    it('tells an artefact that is none', async (t) => {
      const commands = new Commands(t, way, standIn, { secrets: [] });
      commands.write({ 'broken.zip': 'no zip' });
      const { code, stderr } = await commands.run(['diff', 'broken.zip', 'none.zip']);
      assert.match(stderr, /broken\.zip cannot be used/);
      assert.match(stderr, /none\.zip does not exist/);
      assert.equal(code, 3);
    });
  });
}
