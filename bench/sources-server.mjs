// DynamoDB and Secrets Manager for the benchmark, in a process of its own: whatever is asked for is there. Answers after a latency.
//
//     node sources-server.mjs

import http from 'node:http';
import { json } from 'node:stream/consumers';
import { answerParent } from './child.mjs';
import { BLOB } from './sops-file.mjs';

/** @typedef {{endpoint: string, calls: number, opening: number, mostAtOnce: number}} Seen since the last question with a latency */

let latencyMs = 0;
let seen = { calls: 0, opening: 0, mostAtOnce: 0 };
let underWay = 0;

const VERSION = '11111111-2222-3333-4444-555555555555';

/** @type {Record<string, (question: any) => object>} */
const answers = {
  'DynamoDB_20120810.Query': ({ ExpressionAttributeValues }) => {
    const [name] = Object.values(ExpressionAttributeValues);
    const item = {
      name,
      version: { S: '0000000000000000001' },
      key: { S: BLOB },
      contents: { S: 'AAAA' },
      hmac: { B: Buffer.from('0'.repeat(64)).toString('base64') },
      digest: { S: 'SHA256' },
    };
    return { Count: 1, ScannedCount: 1, Items: [item] };
  },
  'secretsmanager.DescribeSecret': ({ SecretId }) => ({
    ARN: `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${SecretId}-AbCdEf`,
    Name: SecretId,
    VersionIdsToStages: { [VERSION]: ['AWSCURRENT'] },
  }),
};

const server = http.createServer(async (request, response) => {
  underWay += 1;
  seen.calls += 1;
  seen.mostAtOnce = Math.max(seen.mostAtOnce, underWay);
  const due = performance.now() + latencyMs;
  const target = String(request.headers['x-amz-target']);
  const answer = answers[target];
  if (!answer) seen.opening += 1;
  const question = await json(request);
  const text = JSON.stringify(answer ? answer(question) : { __type: 'AccessDeniedException' });
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
  underWay -= 1;
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
    seen = { calls: 0, opening: 0, mostAtOnce: 0 };
  }
  return { endpoint: `http://127.0.0.1:${port}`, ...before };
});
