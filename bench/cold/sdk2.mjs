import { readFileSync } from 'node:fs';
import AWS from 'aws-sdk';

const names = String(process.env.NAMES).split(',');
const bundle = JSON.parse(readFileSync(String(process.env.SECRET_BAKER_FILE), 'utf8'));
const kms = new AWS.KMS({ endpoint: process.env.AWS_ENDPOINT_URL });

/** @param {string} name */
async function open(name) {
  const { ciphertext, arn } = bundle[name];
  const asked = { CiphertextBlob: Buffer.from(ciphertext, 'base64'), EncryptionContext: { PARAMETER_ARN: arn } };
  const { Plaintext } = await kms.decrypt(asked).promise();
  return String(Plaintext);
}

export const handler = async () => Promise.all(names.map(open));
