'use strict';

const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { DecryptCommand, KMSClient } = require('@aws-sdk/client-kms');

const file = join(process.env.LAMBDA_TASK_ROOT ?? '.', 'secret-baker-secrets.json');
const bundle = new Map(Object.entries(JSON.parse(readFileSync(file, 'utf8'))));
const opened = new Map();

/** One call of KMS for each secret in the life of the process; a failed call is made again. */
exports.secret = (name) => {
  if (!opened.has(name)) {
    const plaintext = open(name);
    opened.set(name, plaintext);
    plaintext.catch(() => opened.delete(name));
  }
  return opened.get(name);
};

async function open(name) {
  if (!bundle.has(name)) throw new Error(`${name} is not in ${file}`);
  const { ciphertext, arn } = bundle.get(name);
  const kms = new KMSClient({ region: arn.split(':')[3] });
  const context = { CiphertextBlob: Buffer.from(ciphertext, 'base64'), EncryptionContext: { PARAMETER_ARN: arn } };
  const { Plaintext } = await kms.send(new DecryptCommand(context));
  return Buffer.from(Plaintext).toString('utf8');
}
