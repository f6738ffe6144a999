// What packaging in a project must have done.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { startStandIn } from '../aws/stand-in.mjs';
import { bundleOf } from '../e2e/harness.mjs';
import { SECRETS } from './project.mjs';
import { LAUNCHER, packed } from './proof.mjs';

/** @import { StandIn } from '../aws/stand-in.mjs' */
/** @import { Entry, Framework } from '../e2e/harness.mjs' */
/** @import { Project } from './project.mjs' */

/** The value of the only secret. */
export const VALUE = 'Grüße ☃ of an empty project';

/** @returns {Promise<StandIn>} one that has the secret of each project */
export async function startWithSecret() {
  const standIn = await startStandIn();
  await standIn.putSecret(SECRETS.PASSWORD, VALUE);
  return standIn;
}

/**
 * Packages, and checks that what ran was installed here and not this clone, and that the artefacts carry just what they should: the
 * bundle, the launcher of the installed package where it is wanted, and nothing that was installed.
 * @param {Project} project
 * @param {StandIn} standIn
 * @param {{framework?: Framework, env?: NodeJS.ProcessEnv}} [options]
 * @returns {Promise<string[]>} the modules that were loaded, without the framework's
 */
export async function assertBakes(project, standIn, { framework = 'v3', env = {} } = {}) {
  const { code, output, loaded } = await project.package(framework, standIn, env);
  assert.equal(code, 0, output);
  const foreign = loaded.filter((file) => !file.startsWith(project.account.folder));
  assert.deepEqual(foreign, []);
  for (const end of ['/serverless-secret-baker/index.js', '.node'])
    assert.ok(
      loaded.some((file) => file.endsWith(end)),
      `${end} is not among ${loaded}`,
    );
  const hello = await project.zip('hello');
  const launched = await project.zip('launched');
  for (const zip of [hello, launched]) await assertBundle(zip, standIn);
  assert.equal(hello.has('secret-baker-launcher'), false);
  const launcher = await launched.get('secret-baker-launcher')?.read();
  const ofPackage = gunzipSync(readFileSync(join(packed(LAUNCHER).contents, `secret-baker-launcher-${project.processor}.gz`)));
  assert.ok(launcher?.equals(ofPackage), `the launcher is not that of ${LAUNCHER}`);
  return loaded;
}

/**
 * @param {Map<string, Entry>} zip
 * @param {StandIn} standIn
 */
async function assertBundle(zip, standIn) {
  const bundle = await bundleOf(zip);
  assert.deepEqual(Object.keys(bundle), Object.keys(SECRETS));
  const { ciphertext = '', arn = '' } = bundle.PASSWORD ?? {};
  assert.equal(await standIn.decrypt(ciphertext, arn), VALUE);
  const installed = [...zip.keys()].filter((name) => /serverless-secret-baker|\.node$/.test(name));
  assert.deepEqual(installed, []);
}
