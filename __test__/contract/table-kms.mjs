// A KMS made of the vectors' table, for one opener: it counts the calls of one mutant after the other.

import http from 'node:http';

/** Starts one on a free port of loopback. @param {any[]} rules */
export async function startKms(rules) {
  const kms = {
    url: '',
    calls: 0,
    own: /** @type {any[]} */ ([]),
    answer: (/** @type {Buffer} */ right) => right,
    stop: () => {},
  };
  const server = http.createServer(async (request, response) => {
    kms.calls++;
    const parts = [];
    for await (const chunk of request) parts.push(chunk);
    const [, region] = /Credential=[^/]+\/\d{8}\/([^/]+)\//.exec(request.headers.authorization ?? '') ?? [];
    const asked = keyOf({ region, ...askedOf(JSON.parse(String(Buffer.concat(parts)))) });
    const rule = [...kms.own, ...rules].find((one) => keyOf(one) === asked) ?? { error: 'InvalidCiphertextException' };
    response.writeHead(rule.error ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' });
    const right = rule.error ? { __type: rule.error } : { Plaintext: rule.plaintext, KeyId: rule.keyId };
    response.end(kms.answer(Buffer.from(JSON.stringify(right))));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  kms.url = `http://127.0.0.1:${typeof address === 'object' && address?.port}`;
  kms.stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return kms;
}

const askedOf = (/** @type {any} */ body) => ({ ciphertext: body.CiphertextBlob, context: body.EncryptionContext });

const keyOf = (/** @type {any} */ { region, ciphertext, context }) =>
  JSON.stringify([region, ciphertext, Object.entries(context ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))]);
