// KMS and Parameter Store for the cold starts, in a process of its own: opens ciphertexts that the stand-in has made, after a
// latency. Why not the stand-in itself: README.md.
//
//     node kms-server.mjs CERTIFICATE KEY

import { json } from 'node:stream/consumers';
import { answerParent } from './child.mjs';
import { listen } from './listen.mjs';

/** @typedef {{Name: string, ARN?: string, ciphertext: string, plaintext: string, keyId?: string}} Secret */

/** @type {Secret[]} */
let secrets = [];
let latencyMs = 0;

/** @type {import('node:http').RequestListener} */
const answer = async (request, response) => {
  const question = /** @type {any} */ (await json(request));
  if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs));
  const body = answerTo(String(request.headers['x-amz-target']), question);
  response.writeHead(body ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' });
  response.end(JSON.stringify(body ?? { __type: 'InvalidCiphertextException' }));
};

/**
 * @param {string} target
 * @param {any} question
 */
function answerTo(target, question) {
  if (target === 'TrentService.Decrypt') {
    const { PARAMETER_ARN } = question.EncryptionContext ?? {};
    const found = secrets.find(({ ARN, ciphertext }) => ciphertext === question.CiphertextBlob && ARN === PARAMETER_ARN);
    return (
      found && {
        KeyId: found.keyId ?? 'key',
        Plaintext: Buffer.from(found.plaintext).toString('base64'),
        EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      }
    );
  }
  const parameters = secrets.map(({ Name, ARN, plaintext }) => ({
    Name,
    ARN,
    Type: 'SecureString',
    Value: plaintext,
    Version: 1,
  }));
  if (target === 'AmazonSSM.GetParameter') return { Parameter: parameters.find(({ Name }) => Name === question.Name) };
  return { Parameters: parameters.filter(({ Name }) => question.Names.includes(Name)), InvalidParameters: [] };
}

const [, , certificate = '', key = ''] = process.argv;
const listening = listen(answer, { certificate, key, latencyMs: () => latencyMs });
answerParent((order) => {
  ({ secrets = secrets, latencyMs } = order);
  return listening;
});
