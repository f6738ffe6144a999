// Parameter Store and KMS for the benchmark of commands, in a process of its own: whatever is named is there. Answers after a latency.
//
//     node commands-server.mjs

import http from 'node:http';
import { json } from 'node:stream/consumers';
import { answerParent } from './child.mjs';
import { BLOB, KEY_ARN } from './sops-file.mjs';

/** @typedef {{endpoint: string, calls: number, opening: number, unknown: string[]}} Seen since the last question with a latency */

export const ALIAS = 'alias/bench';
const WRITTEN = 1_700_000_000;

let latencyMs = 0;
let seen = nothingSeen();

function nothingSeen() {
  return { calls: 0, opening: 0, unknown: /** @type {string[]} */ ([]) };
}

const arnOf = (/** @type {string} */ name) => `arn:aws:ssm:eu-central-1:123456789012:parameter${name}`;
const common = (/** @type {string} */ Name) => ({
  Name,
  ARN: arnOf(Name),
  Type: 'SecureString',
  Version: 3,
  LastModifiedDate: WRITTEN,
});

/** @type {Record<string, (question: any) => object>} */
const answers = {
  'AmazonSSM.GetParameters': ({ Names }) => ({
    Parameters: [...Names].sort().map((name) => ({ ...common(name), Value: BLOB })),
    InvalidParameters: [],
  }),
  'AmazonSSM.DescribeParameters': ({ ParameterFilters: [{ Values }] }) => ({
    Parameters: Values.map((/** @type {string} */ name) => ({ ...common(name), KeyId: KEY_ARN, Tier: 'Standard' })),
  }),
  'TrentService.DescribeKey': () => ({
    KeyMetadata: {
      Arn: KEY_ARN,
      KeyId: KEY_ARN.split('/')[1],
      KeyManager: 'CUSTOMER',
      KeyState: 'Enabled',
      Enabled: true,
      KeySpec: 'SYMMETRIC_DEFAULT',
      KeyUsage: 'ENCRYPT_DECRYPT',
      MultiRegion: false,
    },
  }),
  'TrentService.ListAliases': () => ({ Aliases: [{ AliasName: ALIAS, TargetKeyId: KEY_ARN.split('/')[1] }], Truncated: false }),
};

const server = http.createServer(async (request, response) => {
  seen.calls += 1;
  const due = performance.now() + latencyMs;
  const target = String(request.headers['x-amz-target']);
  const answer = answers[target];
  if (!answer) seen.unknown.push(target);
  const question = await json(request).catch(() => ({}));
  if (/** @type {any} */ (question).WithDecryption) seen.opening += 1;
  const text = JSON.stringify(answer ? answer(question) : { __type: 'AccessDeniedException', message: 'nobody may' });
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
  response.writeHead(answer ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' });
  response.end(text);
});
server.keepAliveTimeout = 60_000;
await new Promise((resolve) => server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }, () => resolve(undefined)));
const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());

answerParent((order) => {
  const before = seen;
  if (order.latencyMs !== undefined) {
    ({ latencyMs } = order);
    seen = nothingSeen();
  }
  return { endpoint: `http://127.0.0.1:${port}`, ...before };
});
