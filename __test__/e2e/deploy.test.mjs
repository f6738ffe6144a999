// Whole deployments to the stand-in, whose functions really run: what was baked opens in them.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startStandIn } from '../aws/stand-in.mjs';
import { FILE, Service } from './harness.mjs';

/** @import { Framework } from './harness.mjs' */

// A deploy mostly waits for the stack, so the frameworks wait at once.
describe('deploy', { concurrency: true }, () => {
  for (const framework of /** @type {const} */ (['v3', 'osls4'])) deploys(framework);
});

/** @param {Framework} framework */
function deploys(framework) {
  describe(`on ${framework}`, { concurrency: 1 }, () => {
    /** @type {import('../aws/stand-in.mjs').StandIn} */
    let standIn;
    /** @type {Service} */
    let service;
    /** @type {string[]} */
    let names;

    before(async () => {
      standIn = await startStandIn();
      await standIn.putSecret('/deployed/password', 'before');
      await standIn.putSecret('/deployed/token', 'Grüße ☃');
      service = new Service(framework, 'deployed');
      names = service.names();
    });

    after(async () => {
      service.remove();
      await standIn.stop();
    });

    /** @param {string[]} args */
    async function run(...args) {
      const { code, output, stdout } = await service.run(args, { env: { AWS_ENDPOINT_URL: standIn.endpoint } });
      assert.equal(code, 0, output);
      assert.equal(service.has(FILE), false);
      return stdout;
    }

    const invoked = async (/** @type {string} */ name) => JSON.parse(await run('invoke', '--function', name));

    /** The calls of Parameter Store, and whether they wanted a plaintext. */
    async function asked() {
      const calls = (await standIn.calls()).filter(({ target }) => target.startsWith('AmazonSSM.'));
      return calls.map(({ target, withDecryption }) => [target, withDecryption]);
    }

    it('bakes into what it deploys, and each function opens its secrets', async () => {
      await standIn.reset();
      await run('deploy');
      assert.deepEqual(await asked(), [['AmazonSSM.GetParameters', false]]);
      for (const name of ['hello', 'other']) {
        assert.deepEqual(await invoked(name), { secrets: { PASSWORD: 'before', '/deployed/token': 'Grüße ☃' }, version: 1 });
      }
      assert.deepEqual(service.names(), names);
    });

    it('goes on running what was deployed when a parameter changes, until the function is deployed again', async () => {
      await standIn.putSecret('/deployed/password', 'after');
      assert.equal((await invoked('hello')).secrets.PASSWORD, 'before');
      await run('deploy', 'function', '--function', 'hello');
      assert.deepEqual(await invoked('hello'), { secrets: { PASSWORD: 'after', '/deployed/token': 'Grüße ☃' }, version: 2 });
      assert.equal((await invoked('other')).secrets.PASSWORD, 'before');
      assert.deepEqual(service.names(), names);
    });

    it('takes a changed parameter for a change of the code', async () => {
      await run('deploy');
      assert.equal((await invoked('other')).secrets.PASSWORD, 'after');
    });

    it('deploys what an earlier command has packaged, without asking again', async () => {
      await standIn.putSecret('/deployed/password', 'packaged');
      await run('package', '--package', '../packaged');
      await standIn.putSecret('/deployed/password', 'later');
      await standIn.reset();
      await run('deploy', '--package', '../packaged');
      assert.deepEqual(await asked(), []);
      for (const name of ['hello', 'other']) assert.equal((await invoked(name)).secrets.PASSWORD, 'packaged');
      assert.deepEqual(service.names(), names);
    });

    it('removes the service without asking for a parameter', async () => {
      await standIn.reset();
      await run('remove');
      assert.deepEqual(await asked(), []);
      assert.deepEqual(service.names(), names);
    });
  });
}
