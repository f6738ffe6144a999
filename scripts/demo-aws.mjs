// The demo with the stand-in for AWS: ten secrets baked, one of them opened.

import { join } from 'node:path';
import { AwsError, credentials, startStandIn } from '../__test__/aws/stand-in.mjs';
import { bundleOf, FILE, readZip } from '../__test__/e2e/harness.mjs';
import { DemoService, run, say } from './demo-service.mjs';

/** @import { StandIn } from '../__test__/aws/stand-in.mjs' */

/**
 * @param {string} example the folder of a service
 * @returns {Promise<boolean>} whether all went well
 */
export async function demo(example) {
  const standIn = await startStandIn();
  const service = new DemoService(example);
  return run(
    () => bakeAndShow(service, standIn),
    async () => {
      await standIn.stop();
      service.remove();
    },
  );
}

/**
 * What the demo stores: the parameters that the example's config names, under made-up values.
 * @param {DemoService} service
 */
function parametersOf(service) {
  const paths = Object.values(service.secrets()).map((secret) => String(secret?.path ?? secret).split(':')[0] ?? '');
  return [...new Set(paths)].filter((path) => /^[\w./-]+$/.test(path));
}

/**
 * @param {DemoService} service
 * @param {StandIn} standIn
 */
async function bakeAndShow(service, standIn) {
  say('1. A KMS key and ten secrets in the Parameter Store of the stand-in');
  const keyId = await standIn.createKey();
  const paths = parametersOf(service);
  for (const path of paths) await standIn.putSecret(path, `the secret of ${path}`, { keyId });
  console.log(`key ${keyId}\n${paths.join('\n')}`);

  say('2. The framework packages the service; the plugin bakes');
  const before = service.list();
  await standIn.reset();
  const { ended } = await service.serverless(['package', '--verbose'], {
    AWS_ENDPOINT_URL: standIn.endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  });
  if (!ended) return false;
  const calls = (await standIn.calls()).filter((call) => call.target.startsWith('AmazonSSM.'));
  const decrypting = calls.filter((call) => call.withDecryption).length;
  console.log(`calls of Parameter Store: ${calls.map((call) => `${call.target} for ${call.names.length} names`).join(', ')}`);
  console.log(`calls that asked for a plaintext: ${decrypting}`);

  say('3. What is in the artefact');
  const zip = await readZip(join(service.dir, '.serverless/shop.zip'));
  for (const { name, mode } of zip.values()) console.log(`${mode.toString(8).padStart(4, '0')}  ${name}`);

  say(`4. ${FILE}: ciphertext, ARN and version of each secret`);
  const bundle = await bundleOf(zip);
  for (const [name, { ciphertext, arn, version }] of Object.entries(bundle)) {
    console.log(`${name.padEnd(20)} ${ciphertext.slice(0, 24)}...  ${arn}  version ${version}`);
  }

  say('5. kms:Decrypt opens a secret, and only under the ARN of its own parameter');
  const [one, other] = [bundle.DB_PASSWORD, bundle.PAYMENT_KEY];
  if (!one || !other) throw new Error('the bundle lacks the secrets of the example');
  const plaintext = await standIn.decrypt(one.ciphertext, one.arn);
  console.log(`DB_PASSWORD with its own ARN:    "${plaintext}"`);
  const refusal = await standIn.decrypt(one.ciphertext, other.arn).catch((error) => error);
  if (plaintext !== 'the secret of /shop/db/password') throw new Error('the secret did not open');
  if (!(refusal instanceof AwsError)) throw new Error('another ARN has opened the secret');
  console.log(`DB_PASSWORD with PAYMENT_KEY's:  ${refusal.code}`);

  say('6. The folder, before and after');
  const after = service.list();
  console.log(`before  ${before}\nafter   ${after}`);
  if (before !== after || decrypting > 0) throw new Error('something was left behind, or decrypted');
  say('Done: ten secrets baked, none of them seen on the way.');
  return true;
}
