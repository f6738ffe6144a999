// A run that fails or is stopped leaves nothing behind; one that is killed is mended by the next.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { startStandIn } from '../aws/stand-in.mjs';
import { bundleOf, FILE, frameworks, plainWith, until } from './harness.mjs';

/** @import { Service } from './harness.mjs' */

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;
before(async () => {
  standIn = await startStandIn();
  await standIn.putSecret('/leave/one', 'one');
});
beforeEach(() => standIn.reset());
after(() => standIn.stop());

const CUSTOM = { secretBaker: ['/leave/one'] };
const PLUGINS = ['./.point-at-stand-in.js', 'serverless-secret-baker', './later.js'];

/** A plugin that acts while the framework packages, when the bundle lies in the folder. */
const later = (/** @type {string} */ body) =>
  `module.exports = class { constructor(serverless) { this.hooks = { 'before:package:createDeploymentArtifacts': async () => { ${body} } }; } };`;

const WAITS = later("process.stderr.write('waiting\\n'); await new Promise((resolve) => setTimeout(resolve, 60000));");
const FAILS = later("throw new serverless.classes.Error('a later plugin has failed');");

const env = () => ({ AWS_ENDPOINT_URL: standIn.endpoint });

/** @param {Service} service */
async function packagesWell(service) {
  service.write({ 'later.js': later('') });
  const { code, output } = await service.run(['package'], { env: env() });
  assert.equal(code, 0, output);
  const zip = await service.zip('.serverless/plain.zip');
  assert.deepEqual(Object.keys(await bundleOf(zip)), ['/leave/one']);
  assert.deepEqual(
    [...zip.keys()].filter((name) => name.includes('.tmp')),
    [],
  );
  assert.deepEqual(service.names().sort(), ['handler.js', 'later.js', 'serverless.yml']);
}

/**
 * Starts `package` and stops it by a signal at a stage.
 * @param {Service} service
 * @param {'fetch' | 'packaging'} stage
 * @param {NodeJS.Signals} signal
 */
async function stopped(service, stage, signal) {
  if (stage === 'fetch') await standIn.faults([{ target: 'AmazonSSM.*', hang: true }]);
  const { child, said, ended } = service.start(['package'], { env: env() });
  const called = async () => (await standIn.calls()).length > 0;
  await until(`the ${stage}`, stage === 'fetch' ? called : () => said.output.includes('waiting'));
  assert.equal(service.has(FILE), stage === 'packaging');
  child.kill(signal);
  const result = await ended;
  await standIn.reset();
  return result;
}

for (const framework of frameworks) {
  describe(`package on ${framework}`, () => {
    for (const stage of /** @type {const} */ (['fetch', 'packaging'])) {
      for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
        it(`leaves nothing when ${signal} comes during the ${stage}, and ends by it`, async (t) => {
          const service = plainWith(t, framework, { custom: CUSTOM, plugins: PLUGINS }, { 'later.js': WAITS });
          const { signal: by, output } = await stopped(service, stage, signal);
          assert.equal(by, signal, output);
          assert.deepEqual(service.names().sort(), ['handler.js', 'later.js', 'serverless.yml']);
        });
      }

      it(`is mended by the next run when it was killed during the ${stage}`, async (t) => {
        const service = plainWith(t, framework, { custom: CUSTOM, plugins: PLUGINS }, { 'later.js': WAITS });
        const { signal } = await stopped(service, stage, 'SIGKILL');
        assert.equal(signal, 'SIGKILL');
        assert.equal(service.has(FILE), stage === 'packaging');
        // What a kill in the middle of the write would leave.
        service.write({ '.secret-baker-secrets.json.1.tmp': '{"half":' });
        await packagesWell(service);
      });
    }

    it('leaves nothing when a later plugin fails', async (t) => {
      const service = plainWith(t, framework, { custom: CUSTOM, plugins: PLUGINS }, { 'later.js': FAILS });
      const { code, output } = await service.run(['package'], { env: env() });
      assert.equal(code, 1, output);
      assert.match(output, /a later plugin has failed/);
      assert.deepEqual(service.names().sort(), ['handler.js', 'later.js', 'serverless.yml']);
    });

    it('replaces what a killed run has left', async (t) => {
      const left = '{"OLD":{"ciphertext":"AQICAHh","arn":"arn:aws:ssm:eu-central-1:123456789012:parameter/old","version":1}}';
      const service = plainWith(t, framework, { custom: CUSTOM, plugins: PLUGINS }, { [FILE]: left });
      await packagesWell(service);
    });

    it("refuses the user's own file of that name, and leaves it as it is", async (t) => {
      const own = '{"OLD":{}}';
      const service = plainWith(t, framework, { custom: CUSTOM }, { [FILE]: own });
      const { code, output } = await service.run(['package'], { env: env() });
      assert.equal(code, 1, output);
      assert.ok(output.includes(`${FILE} is no bundle of this plugin`), output);
      assert.ok(output.includes('hint: move or rename it: it was neither replaced nor removed'), output);
      assert.equal(readFileSync(join(service.dir, FILE), 'utf8'), own);
    });

    it('refuses a second run while the first one packages, before it bakes or changes anything', async (t) => {
      const service = plainWith(t, framework, { custom: CUSTOM, plugins: PLUGINS }, { 'later.js': WAITS });
      const { child, said, ended } = service.start(['package'], { env: env() });
      await until('the first run', () => said.output.includes('waiting'));
      await standIn.putSecret('/leave/one', 'another version');
      const second = await service.run(['package', '--package', 'elsewhere'], { env: env() });
      assert.equal(second.code, 1, second.output);
      assert.ok(second.output.includes(`another run is packaging ${service.dir}`), second.output);
      assert.match(second.output, /hint: wait until it ends, or package from another copy of the folder.*nothing was baked/);
      assert.equal(existsSync(join(service.dir, 'elsewhere/plain.zip')), false);
      assert.equal(service.has(FILE), true);
      child.kill('SIGTERM');
      await ended;
      assert.equal(service.has(FILE), false);
    });
  });
}
