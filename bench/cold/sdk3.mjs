import { readFileSync } from 'node:fs';
import { DecryptCommand, KMSClient } from '@aws-sdk/client-kms';

const names = String(process.env.NAMES).split(',');
const bundle = JSON.parse(readFileSync(String(process.env.SECRET_BAKER_FILE), 'utf8'));
const kms = new KMSClient({});

/** @param {string} name */
async function open(name) {
  const { ciphertext, arn } = bundle[name];
  const asked = { CiphertextBlob: Buffer.from(ciphertext, 'base64'), EncryptionContext: { PARAMETER_ARN: arn } };
  const { Plaintext } = await kms.send(new DecryptCommand(asked));
  return Buffer.from(Plaintext ?? []).toString('utf8');
}

export const handler = async () => Promise.all(names.map(open));
