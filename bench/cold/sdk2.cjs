const { readFileSync } = require('node:fs');
const AWS = require('aws-sdk');

const bundle = JSON.parse(readFileSync(String(process.env.SECRET_BAKER_FILE), 'utf8'));
const kms = new AWS.KMS({ endpoint: process.env.AWS_ENDPOINT_URL });

/** @param {string} name */
async function open(name) {
  const { ciphertext, arn } = bundle[name];
  const asked = { CiphertextBlob: Buffer.from(ciphertext, 'base64'), EncryptionContext: { PARAMETER_ARN: arn } };
  const { Plaintext } = await kms.decrypt(asked).promise();
  return String(Plaintext);
}

Promise.all(process.argv.slice(2).map(open)).then((opened) => {
  for (const value of opened) console.log(value);
});
