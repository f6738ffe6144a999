// Equal inputs give equal bytes, from whichever folder and with whatever the machine keeps within the service.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startStandIn } from '../aws/stand-in.mjs';
import { FILE, frameworks, plainWith } from './harness.mjs';
import { makeZip } from './zips.mjs';

/** @import { Framework, Service } from './harness.mjs' */

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;
before(async () => {
  standIn = await startStandIn();
  for (const name of ['/checkout/one', '/checkout/two']) await standIn.putSecret(name, 'v');
});
after(() => standIn.stop());

const LAUNCHER = 'secret-baker-launcher';

/**
 * A checkout whose temporary folder lies within it, as some build machines have it, packaged.
 * @param {import('node:test').TestContext} t
 * @param {Framework} framework
 */
async function checkout(t, framework) {
  const service = plainWith(t, framework, {
    custom: { secretBaker: ['/checkout/one', '/checkout/two'], secretBakerOptions: { env: { tool: ['/checkout/one=ONE'] } } },
    package: { individually: true },
    functions: {
      hello: { handler: 'handler.hello', secretBaker: ['/checkout/one'] },
      tool: { handler: 'handler.hello' },
      own: { handler: 'handler.hello', package: { artifact: 'dist/own.zip' } },
    },
  });
  service.write({ 'dist/own.zip': await makeZip([{ name: 'handler.js', content: '' }]) });
  const temporary = join(service.dir, 'tmp');
  mkdirSync(temporary);
  const before = files(service);
  const { code, output } = await service.run(['package'], { env: { AWS_ENDPOINT_URL: standIn.endpoint, TMPDIR: temporary } });
  assert.equal(code, 0, output);
  return { service, left: files(service).filter((name) => !before.includes(name)) };
}

/** @param {Service} service */
const files = (service) =>
  readdirSync(service.dir, { recursive: true, encoding: 'utf8' }).filter((name) => !name.startsWith('.serverless'));

/**
 * @param {Service} service
 * @param {string} name
 */
const digest = (service, name) =>
  createHash('sha256')
    .update(readFileSync(join(service.dir, '.serverless', name)))
    .digest('hex');

for (const framework of frameworks) {
  describe(`two checkouts on ${framework}, TMPDIR within each`, () => {
    it('give the same zips, without a lock file, and leave nothing of ours', async (t) => {
      const one = await checkout(t, framework);
      const other = await checkout(t, framework);
      assert.notEqual(one.service.dir, other.service.dir);
      for (const name of ['hello.zip', 'tool.zip', 'own.zip']) {
        assert.equal(digest(one.service, name), digest(other.service, name), name);
        const names = [...(await one.service.zip(join('.serverless', name))).keys()];
        const ours = names.filter((each) => each.includes('secret-baker'));
        assert.deepEqual(ours.sort(), name === 'tool.zip' ? [LAUNCHER, FILE].sort() : [FILE]);
      }
      for (const { left } of [one, other])
        assert.deepEqual(
          left.filter((name) => name.includes('secret-baker')),
          [],
        );
    });
  });
}
