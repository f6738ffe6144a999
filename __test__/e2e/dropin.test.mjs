// The same service with the real plugin 2.1.0 and with ours: the same secrets, each under its own name and ARN.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { root } from '../aws/python.mjs';
import { account, region, startStandIn } from '../aws/stand-in.mjs';
import { bundleOf, plainWith } from './harness.mjs';

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;
before(async () => {
  standIn = await startStandIn();
  for (const name of ['/drop/a', '/drop/b', 'flat']) {
    await standIn.putSecret(name, `first ${name}`);
    await standIn.putSecret(name, `second ${name}`);
    await standIn.ssm('LabelParameterVersion', { Name: name, ParameterVersion: 1, Labels: ['before'] });
  }
});
after(() => standIn.stop());

const ARN = `arn:aws:ssm:${region}:${account}:parameter/drop/a`;

/** Every spelling that 2.1.0 accepts. */
const configs = {
  'a list of names': ['/drop/b', 'flat'],
  'a list of names and paths': [
    { name: 'B', path: '/drop/b' },
    { name: 'A', path: '/drop/a' },
  ],
  'a mixed list': ['flat', { name: 'A', path: '/drop/a' }],
  'a map': { Z: '/drop/b', A: '/drop/a', SAME: '/drop/a' },
  'versions and labels': { OLD: '/drop/a:1', NEW: '/drop/a:2', LABEL: '/drop/b:before', FLAT: 'flat:1' },
  'an ARN': { ARN, PINNED: `${ARN}:1` },
  'an empty list': [],
  'an empty map': {},
  nothing: null,
};

/** From the folder of the benchmark, whose packages the old plugin needs. */
const OLD = `module.exports = require(${JSON.stringify(join(root, 'bench/node_modules/secret-baker-old'))});`;

describe('a service of 2.1.0', () => {
  for (const [title, secretBaker] of Object.entries(configs)) {
    it(`bakes the same with ${title}`, async (t) => {
      const bundles = [];
      for (const plugin of ['./old.js', 'serverless-secret-baker']) {
        const keys = { plugins: ['./.point-at-stand-in.js', plugin], custom: { secretBaker } };
        const service = plainWith(t, 'v3', { ...keys, configValidationMode: 'off' }, { 'old.js': OLD });
        const { code, output } = await service.run(['package'], { env: { AWS_ENDPOINT_URL: standIn.endpoint } });
        assert.equal(code, 0, output);
        bundles.push(await bundleOf(await service.zip('.serverless/plain.zip')));
      }
      const [old = {}, ours = {}] = bundles;
      assert.deepEqual(await opened(ours), await opened(old));
      // Nobody compares us with ourselves: only we write the version.
      assert.ok(Object.values(old).every((entry) => !('version' in entry)));
      assert.ok(Object.values(ours).every(({ version }) => version > 0));
    });
  }
});

/**
 * Names in their order, with ARN and plaintext.
 * @param {Record<string, {ciphertext: string, arn: string}>} bundle
 */
async function opened(bundle) {
  const entries = Object.entries(bundle).map(async ([name, { ciphertext, arn }]) => [
    name,
    arn,
    await standIn.decrypt(ciphertext, arn),
  ]);
  return Promise.all(entries);
}
