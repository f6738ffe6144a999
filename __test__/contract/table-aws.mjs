// An AWS made of the vectors' rules, for one opener: it counts the calls of one mutant after the other.

import http from 'node:http';
import { isDeepStrictEqual } from 'node:util';

/**
 * What it answers: the rules of __test__/vectors/bundles, and the error where none fits.
 * @typedef {{calls: any[], otherwise: string}} Table
 */

/** Starts one on a free port of loopback. */
export async function startAws() {
  const aws = {
    url: '',
    calls: 0,
    table: /** @type {Table} */ ({ calls: [], otherwise: '' }),
    answer: (/** @type {Buffer} */ right) => right,
    stop: () => {},
  };
  const server = http.createServer(async (request, response) => {
    aws.calls++;
    const parts = [];
    for await (const chunk of request) parts.push(chunk);
    const rule = ruleFor(aws.table, request.headers, JSON.parse(String(Buffer.concat(parts))));
    const answers = 'answer' in rule;
    response.writeHead(answers ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(aws.answer(Buffer.from(JSON.stringify(answers ? rule.answer : { __type: rule.error }))));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  aws.url = `http://127.0.0.1:${typeof address === 'object' && address?.port}`;
  aws.stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return aws;
}

/** @param {Table} table @param {http.IncomingHttpHeaders} headers @param {unknown} request */
function ruleFor({ calls, otherwise }, headers, request) {
  const [, region, service] = /Credential=[^/]+\/\d{8}\/([^/]+)\/([^/]+)\//.exec(headers.authorization ?? '') ?? [];
  const asked = { service, target: headers['x-amz-target'], region, request };
  const found = calls.find(({ service, target, region, request }) =>
    isDeepStrictEqual({ service, target, region, request }, asked),
  );
  return found ?? { error: otherwise };
}
