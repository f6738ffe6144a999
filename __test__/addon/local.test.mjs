// Local values, with the real addon: what it seals opens in every opener, and with the SDKs that snippets of one's own use.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { sealForAge } from '../../scripts/sops-file.mjs';
import { python, root } from '../aws/python.mjs';
import { built } from '../contract/openers.mjs';

const require = createRequire(import.meta.url);
const { loadBinary } = require('../../plugin/binary.js');
const { Session } = loadBinary();
const { CALLER } = require('../../plugin/caller.js');

const VALUES = { A: 'the sécret of A', B: 'line one\nline two' };
const folder = mkdtempSync(join(tmpdir(), 'secret-baker-local-'));
const file = join(folder, 'bundle.json');
/** @type {import('../../binding.js').LocalBundle} */
let local;

before(async () => {
  const identity = await generateX25519Identity();
  process.env.SOPS_AGE_KEY = identity;
  writeFileSync(join(folder, 'secrets.yaml'), await sealForAge(VALUES, [await identityToRecipient(identity)]));
  const { value, failure } = await open(['A', 'B']);
  assert(value, failure?.message);
  local = value;
  writeFileSync(file, local.baked.bundle.bytes());
});
after(() => {
  local.kms.stop();
  delete process.env.SOPS_AGE_KEY;
  rmSync(folder, { recursive: true });
});

/**
 * @param {unknown} config
 * @param {string} [from]
 */
const open = (config, from = 'secrets.yaml') =>
  new Session(CALLER).openLocally({ config: JSON.stringify(config), serviceDir: folder, file: from, region: 'eu-central-1' });

const run = promisify(execFile);

/** What a handler finds: nothing else of the environment. */
const environment = () => ({
  PATH: process.env.PATH,
  PYTHONPATH: join(root, 'runtime/python/src'),
  AWS_ENDPOINT_URL_KMS: local.kms.endpoint,
  AWS_ACCESS_KEY_ID: 'made-up',
  AWS_SECRET_ACCESS_KEY: 'made-up',
  AWS_REGION: local.region,
});

describe('local values', () => {
  it('are entries of Parameter Store, without a plaintext in them', () => {
    const { A } = JSON.parse(String(local.baked.bundle.bytes()));
    assert.equal(A.arn, 'arn:aws:ssm:eu-central-1:000000000000:parameter/local/A');
    assert.match(A.ciphertext, /^AQIC/);
    assert.deepEqual(local.baked.entries, [
      { name: 'A', from: 'secrets.yaml' },
      { name: 'B', from: 'secrets.yaml' },
    ]);
    assert.match(local.kms.endpoint, /^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{64}$/);
    assert.deepEqual(readdirSync(folder).sort(), ['bundle.json', 'secrets.yaml']);
  });

  for (const [name, command] of /** @type {[string, () => string[]][]} */ ([
    ['Node.js', () => [process.execPath, join(root, '__test__/contract/open_lines.mjs')]],
    ['Python', () => [python, join(root, '__test__/contract/open_lines.py')]],
    ['Rust', () => [built('secret-baker', '--example', 'open_lines')]],
  ])) {
    it(`are opened by the package for ${name} as it is`, async () => {
      const [program = '', ...args] = command();
      const asked = ['A', 'B'].map((secret, id) => JSON.stringify({ id, file, secret, environment: {} })).join('\n');
      const running = run(program, args, { env: environment(), timeout: 60_000 });
      running.child.stdin?.end(`${asked}\n`);
      const { stdout } = await running;
      const lines = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      assert.deepEqual(lines, [
        { id: 0, text: VALUES.A },
        { id: 1, text: VALUES.B },
      ]);
    });
  }

  it('are opened by the launcher as it is', async () => {
    const launcher = built('secret-baker-launcher', '--bin', 'secret-baker-launcher');
    const env = { ...environment(), SECRET_BAKER_FILE: file, SECRET_BAKER_ENV: 'A=OPENED' };
    const { stdout } = await run(launcher, ['sh', '-c', 'printf %s "$OPENED"'], { env, timeout: 60_000 });
    assert.equal(stdout, VALUES.A);
  });

  it('are refused under the ARN of another secret, and by a KMS that has ended', async () => {
    const { A, B } = JSON.parse(String(local.baked.bundle.bytes()));
    const call = (/** @type {string} */ endpoint, /** @type {string} */ arn) =>
      fetch(endpoint, {
        method: 'POST',
        headers: { 'x-amz-target': 'TrentService.Decrypt' },
        body: JSON.stringify({ CiphertextBlob: A.ciphertext, EncryptionContext: { PARAMETER_ARN: arn } }),
      });
    assert.equal((await call(local.kms.endpoint, A.arn)).status, 200);
    const refused = await call(local.kms.endpoint, B.arn);
    assert.equal(refused.status, 400);
    assert.deepEqual(await refused.json(), { __type: 'InvalidCiphertextException' });
    const { value: other } = await open(['A']);
    const { endpoint } = /** @type {import('../../binding.js').LocalBundle} */ (other).kms;
    assert.equal((await call(endpoint, A.arn)).status, 400, 'another key');
    other?.kms.stop();
    other?.kms.stop();
    const ended = async () =>
      call(endpoint, A.arn).then(
        () => false,
        () => true,
      );
    for (let tried = 0; !(await ended()); tried += 1) assert.ok(tried < 500, 'it still answers');
  });

  it('keep no process alive', async () => {
    const script = `
      const { loadBinary } = require('./plugin/binary.js');
      const { Session } = loadBinary();
      new Session().openLocally({ config: '["A"]', serviceDir: ${JSON.stringify(folder)}, file: 'secrets.yaml' })
        .then(({ value }) => { globalThis.kept = value; console.log(value.kms.endpoint.slice(0, 17)); });`;
    const { stdout } = await run(process.execPath, ['-e', script], { cwd: root, timeout: 60_000 });
    assert.equal(stdout, 'http://127.0.0.1:\n');
  });

  it('that are missing are told at once, as data', async () => {
    const { value, failure } = await open(['A', 'AA', 'C_D']);
    assert.equal(value, undefined);
    assert.equal(failure?.code, 'SECRET_BAKER_LOCAL_VALUES');
    assert.deepEqual(
      failure?.problems.map(({ place, message }) => `${place}: ${message}`),
      [
        'custom.secretBaker[1]: `secrets.yaml` has no local value for `AA`, did you mean `A`?',
        'custom.secretBaker[2]: `secrets.yaml` has no local value for `C_D`',
      ],
    );
  });
});
