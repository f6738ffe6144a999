'use strict';

// A handler as users of 2.1.0 have it: the file in LAMBDA_TASK_ROOT, each entry opened by kms:Decrypt. Without an SDK, so that no
// framework has to install one.

const { readFileSync } = require('node:fs');
const http = require('node:http');
const { join } = require('node:path');

const bundle = JSON.parse(readFileSync(join(process.env.LAMBDA_TASK_ROOT, 'secret-baker-secrets.json'), 'utf8'));

/** Answers with each secret of the bundle, opened. */
exports.hello = async () => {
  const secrets = Object.entries(bundle).map(async ([name, entry]) => [name, await decrypt(entry)]);
  return { secrets: Object.fromEntries(await Promise.all(secrets)), version: bundle.PASSWORD.version };
};

async function decrypt({ ciphertext, arn }) {
  const body = JSON.stringify({ CiphertextBlob: ciphertext, EncryptionContext: { PARAMETER_ARN: arn } });
  const scope = `${process.env.AWS_ACCESS_KEY_ID}/20260101/${arn.split(':')[3]}/kms/aws4_request`;
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'TrentService.Decrypt',
    authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
  };
  const { Plaintext } = JSON.parse(await post(process.env.AWS_ENDPOINT_URL, headers, body));
  return Buffer.from(Plaintext, 'base64').toString('utf8');
}

function post(url, headers, body) {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method: 'POST', headers, agent: false }, async (response) => {
      response.setEncoding('utf8');
      let text = '';
      for await (const chunk of response) text += chunk;
      if (response.statusCode === 200) resolve(text);
      else reject(new Error(`kms:Decrypt was answered with ${response.statusCode}: ${text}`));
    });
    request.on('error', reject);
    request.end(body);
  });
}
