// What holds of every command, in each way that users have.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Commands, ways } from './ways.mjs';

const SERVICE = { secrets: ['/a/b'] };

for (const way of ways) {
  describe(`secret-baker, by ${way}`, () => {
    it('prints its help where no command is named', async (t) => {
      const { code, stdout, stderr } = await new Commands(t, way, undefined, SERVICE).run([]);
      assert.match(stdout + stderr, /Commands:\n {2}bake /);
      assert.equal(code, 0);
    });

    it('tells a command that does not exist, and which was meant', async (t) => {
      const { code, stderr } = await new Commands(t, way, undefined, SERVICE).run(['chekc']);
      assert.match(stderr, /unrecognized subcommand 'chekc'[\s\S]*'check'/);
      assert.equal(code, 2);
    });
  });
}
