// `npm run demo`: the main job, visibly, against the local stand-in for AWS. Nothing leaves this machine.

import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../__test__/aws/python.mjs';
import { setUp } from './steps.mjs';

await setUp(['packages', 'python', 'addon', 'v3']);
const { default: yaml } = await import('js-yaml');
const { AwsError, credentials, startStandIn } = await import('../__test__/aws/stand-in.mjs');
const { bundleOf, FILE, readZip } = await import('../__test__/e2e/harness.mjs');

// The tests run it with an example that has a mistake in it.
const example = process.argv[2] ?? join(root, 'examples/node');
const [bold, plain] = process.stdout.isTTY ? ['\u001b[1m', '\u001b[0m'] : ['', ''];
const say = (/** @type {string} */ text) => console.log(`\n${bold}${text}${plain}`);

/**
 * What the demo stores: the parameters that the example's config names, under made-up values. Where somebody has changed the config and
 * made a mistake, it is the framework's to tell.
 * @param {string} dir
 */
function parametersOf(dir) {
  const paths = secretsOf(dir).map((secret) => String(secret?.path ?? secret).split(':')[0] ?? '');
  return [...new Set(paths)].filter((path) => /^[\w./-]+$/.test(path));
}

/**
 * @param {string} dir
 * @returns {any[]}
 */
function secretsOf(dir) {
  try {
    const { custom } = /** @type {any} */ (yaml.load(readFileSync(join(dir, 'serverless.yml'), 'utf8')));
    return Object.values(custom.secretBaker);
  } catch {
    return [];
  }
}

/** The example in a folder of its own, with the framework's packages beside it. */
function copyOfExample() {
  const parent = realpathSync(mkdtempSync(join(tmpdir(), 'secret-baker-demo-')));
  const dir = join(parent, 'shop');
  cpSync(example, dir, { recursive: true });
  symlinkSync(join(root, '__test__/frameworks/v3/node_modules'), join(parent, 'node_modules'), 'dir');
  return { parent, dir };
}

/**
 * @param {string} dir
 * @param {string} endpoint
 * @returns {Promise<boolean>} whether it succeeded; if not, it has said why
 */
function serverlessPackage(dir, endpoint) {
  const cli = join(dir, '../node_modules/serverless/bin/serverless.js');
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    SLS_TELEMETRY_DISABLED: '1',
    SLS_NOTIFICATIONS_MODE: 'off',
  };
  console.log('$ serverless package --verbose');
  const child = spawn(process.execPath, [cli, 'package', '--verbose'], { cwd: dir, env, stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code === 0));
  });
}

/** @param {string} folder */
const list = (folder) =>
  readdirSync(folder)
    .filter((name) => name !== '.serverless')
    .sort()
    .join('  ');

/** @param {string} dir */
async function bakeAndShow(dir) {
  say('1. A KMS key and ten secrets in the Parameter Store of the stand-in');
  const keyId = await standIn.createKey();
  const paths = parametersOf(dir);
  for (const path of paths) await standIn.putSecret(path, `the secret of ${path}`, { keyId });
  console.log(`key ${keyId}\n${paths.join('\n')}`);

  say('2. The framework packages the service; the plugin bakes');
  const before = list(dir);
  await standIn.reset();
  if (!(await serverlessPackage(dir, standIn.endpoint))) return false;
  const calls = (await standIn.calls()).filter((call) => call.target.startsWith('AmazonSSM.'));
  const decrypting = calls.filter((call) => call.withDecryption).length;
  console.log(`calls of Parameter Store: ${calls.map((call) => `${call.target} for ${call.names.length} names`).join(', ')}`);
  console.log(`calls that asked for a plaintext: ${decrypting}`);

  say('3. What is in the artefact');
  const zip = await readZip(join(dir, '.serverless/shop.zip'));
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
  console.log(`before  ${before}\nafter   ${list(dir)}`);
  if (before !== list(dir) || decrypting > 0) throw new Error('something was left behind, or decrypted');
  say('Done: ten secrets baked, none of them seen on the way.');
  return true;
}

/**
 * What the demo cannot go on from, mostly a config that the framework takes and that is no more the demo's.
 * @param {unknown} error
 */
function tell(error) {
  console.error(`\nThe demo stops here: ${error instanceof Error ? error.message : error}`);
  console.error('  hint: it shows the service of examples/node as it is in the repository; see what was changed in there');
}

const standIn = await startStandIn();
const { parent, dir } = copyOfExample();
try {
  if (!(await bakeAndShow(dir))) process.exitCode = 1;
} catch (error) {
  tell(error);
  process.exitCode = 1;
} finally {
  await standIn.stop();
  rmSync(parent, { recursive: true, force: true });
}
