const { readFileSync } = require('node:fs');
const { DecryptCommand, KMSClient } = require('@aws-sdk/client-kms');

const bundle = JSON.parse(readFileSync(String(process.env.SECRET_BAKER_FILE), 'utf8'));
const kms = new KMSClient({});

/** @param {string} name */
async function open(name) {
  const { ciphertext, arn } = bundle[name];
  const asked = { CiphertextBlob: Buffer.from(ciphertext, 'base64'), EncryptionContext: { PARAMETER_ARN: arn } };
  const { Plaintext } = await kms.send(new DecryptCommand(asked));
  return Buffer.from(Plaintext ?? []).toString('utf8');
}

Promise.all(process.argv.slice(2).map(open)).then((opened) => {
  for (const value of opened) console.log(value);
});
