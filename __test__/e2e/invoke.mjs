// Calls a deployed function as `serverless invoke` does, without starting a framework for it.

import assert from 'node:assert/strict';
import { credentials, region } from '../aws/stand-in.mjs';

/**
 * @param {import('../aws/stand-in.mjs').StandIn} standIn
 * @param {string} name of the function in AWS
 * @returns {Promise<any>} its answer
 */
export async function invoke({ endpoint }, name) {
  const scope = `${credentials.accessKeyId}/20260101/${region}/lambda/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`;
  const url = `${endpoint}/2015-03-31/functions/${name}/invocations`;
  const response = await fetch(url, { method: 'POST', headers: { authorization }, body: '{}' });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  assert.equal(response.headers.get('x-amz-function-error'), null, text);
  return JSON.parse(text);
}
