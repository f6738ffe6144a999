import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startStandIn } from '../aws/stand-in.mjs';
import { bundleOf, FILE, frameworks, Service } from './harness.mjs';

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;

before(async () => {
  standIn = await startStandIn();
  await standIn.putSecret('/plain/first', 'one');
  await standIn.putSecret('/plain/second', 'zwei ☃');
});

after(() => standIn.stop());

for (const framework of frameworks) {
  describe(`package on ${framework}`, () => {
    it('bakes the secrets into the artefact and leaves nothing behind', async () => {
      const service = new Service(framework, 'plain');
      await standIn.reset();
      const { code, output } = await service.run(['package'], { env: { AWS_ENDPOINT_URL: standIn.endpoint } });
      assert.equal(code, 0, output);
      const bundle = await bundleOf(await service.zip('.serverless/plain.zip'));
      assert.deepEqual(Object.keys(bundle), ['SECOND', '/plain/first']);
      assert.equal(await standIn.decrypt(bundle.SECOND?.ciphertext ?? '', bundle.SECOND?.arn ?? ''), 'zwei ☃');
      assert.equal(service.has(FILE), false);
      service.remove();
    });
  });
}
