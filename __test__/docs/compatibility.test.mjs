// Handlers as users of 2.1.0 have them (read the file, call kms:Decrypt with PARAMETER_ARN, with the SDKs of their day) still open
// what we bake from a parameter of the standard tier.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { promisify } from 'node:util';
import { python, root } from '../aws/python.mjs';
import { credentials, region, startStandIn } from '../aws/stand-in.mjs';

const { loadBinary } = createRequire(import.meta.url)('../../plugin/binary.js');
const { Session } = loadBinary();

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;
/** @type {string} */
let folder;
before(async () => {
  standIn = await startStandIn();
  await standIn.putSecret('/compatible/secret', 'a value of old, ü');
  const config = JSON.stringify({ MY_SECRET: '/compatible/secret' });
  const { value, failure } = await new Session().bake({
    config,
    serviceDir: '.',
    region,
    endpoints: { ssm: standIn.endpoint },
    credentials,
  });
  assert.equal(failure, undefined);
  folder = mkdtempSync(join(tmpdir(), 'compatible-'));
  writeFileSync(join(folder, 'secret-baker-secrets.json'), value.bundle.bytes());
});
after(async () => {
  await standIn.stop();
  rmSync(folder, { recursive: true, force: true });
});

const NODE = `
const AWS = require(${JSON.stringify(join(root, 'bench/node_modules/aws-sdk'))});
const baked = require(process.cwd() + '/secret-baker-secrets.json').MY_SECRET;
const request = { CiphertextBlob: Buffer.from(baked.ciphertext, 'base64'), EncryptionContext: { PARAMETER_ARN: baked.arn } };
const kms = new AWS.KMS({ endpoint: process.env.AWS_ENDPOINT_URL });
kms.decrypt(request).promise().then(({ Plaintext }) => process.stdout.write(Plaintext.toString()));
`;

const PYTHON = `
import base64, json, sys
import boto3

with open("secret-baker-secrets.json") as baked_file:
    baked = json.load(baked_file)["MY_SECRET"]
answer = boto3.client("kms").decrypt(
    CiphertextBlob=base64.b64decode(baked["ciphertext"]),
    EncryptionContext={"PARAMETER_ARN": baked["arn"]},
)
sys.stdout.buffer.write(answer["Plaintext"])
`;

for (const [language, command, flag, code] of [
  ['Node.js, with the AWS SDK v2', process.execPath, '-e', NODE],
  ['Python, with boto3', python, '-c', PYTHON],
]) {
  it(`an old handler in ${language}`, async () => {
    const env = {
      PATH: process.env.PATH,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_ENDPOINT_URL: standIn.endpoint,
    };
    const { stdout } = await promisify(execFile)(String(command), [String(flag), String(code)], {
      cwd: folder,
      env,
      timeout: 60_000,
    });
    assert.equal(stdout, 'a value of old, ü');
  });
}
