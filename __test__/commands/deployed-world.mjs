// A Lambda, a CloudFormation and an S3 on loopback that answer what a test orders, however odd.

import { once } from 'node:events';
import { createServer } from 'node:http';

/** @import { IncomingMessage, ServerResponse } from 'node:http' */
/** @import { TestContext } from 'node:test' */

/**
 * @typedef {(request: IncomingMessage, response: ServerResponse, zip: Buffer) => void} Serve
 *
 * @typedef {object} DeployedFunction
 * @property {Buffer} [zip] what lies behind its URL
 * @property {Serve} [serve] how: in ranges unless told
 * @property {object} [answer] what GetFunction says in place of the zip's URL
 * @property {Record<string, string>} [variables] of its environment
 *
 * @typedef {{code: string, status?: number}} Refusal
 * @typedef {{id: string, name: string, type?: string}} Resource a function unless told
 *
 * @typedef {object} World
 * @property {Record<string, DeployedFunction | Refusal>} [functions] by name
 * @property {Record<string, Resource[] | Refusal>} [stacks] by name or ARN
 */

/**
 * @param {TestContext} t
 * @param {World} world
 * @returns {Promise<{endpoint: string, asked: string[]}>} `asked`: each request in one line
 */
export async function deployedWorld(t, { functions = {}, stacks = {} }) {
  const asked = /** @type {string[]} */ ([]);
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://world');
    const [, kind, , name] = /^\/(code|2015-03-31)\/(functions\/)?(.*)$/.exec(url.pathname) ?? [];
    const key = decodeURIComponent(name ?? '');
    if (kind === undefined) {
      const form = new URLSearchParams(await textOf(request));
      const stack = form.get('StackName') ?? '';
      asked.push(`${form.get('Action')} ${stack}`);
      return tellStack(response, stacks[stack]);
    }
    asked.push(`${kind === 'code' ? request.headers.range : 'GetFunction'} ${key}`);
    const own = functions[key] ?? { code: 'ResourceNotFoundException', status: 404 };
    if ('code' in own) return refuse(response, own);
    if (kind === 'code') return (own.serve ?? inRanges)(request, response, own.zip ?? Buffer.alloc(0));
    return json(response, 200, told(own, `${endpoint}/code/${name}?X-Amz-Signature=00`));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  return { endpoint, asked };
}

/**
 * @param {DeployedFunction} own
 * @param {string} Location
 */
function told({ answer, variables }, Location) {
  const environment = variables && { Configuration: { Environment: { Variables: variables } } };
  return { ...environment, ...(answer ?? { Code: { RepositoryType: 'S3', Location } }) };
}

/** @type {Serve} as S3 does */
export function inRanges(request, response, zip) {
  const [first, end] = rangeOf(request, zip);
  response.writeHead(206, { 'content-range': `bytes ${first}-${end - 1}/${zip.length}` });
  response.end(zip.subarray(first, end));
}

/**
 * @param {IncomingMessage} request
 * @param {Buffer} zip
 * @returns {[number, number]} where it begins and ends
 */
export function rangeOf(request, zip) {
  const [, first, last] = /^bytes=(\d*)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
  if (!first) return [Math.max(0, zip.length - Number(last)), zip.length];
  return [Number(first), Math.min(zip.length, Number(last) + 1)];
}

/**
 * @param {ServerResponse} response
 * @param {Refusal} refusal
 */
function refuse(response, { code, status = 400 }) {
  response.setHeader('x-amzn-errortype', code);
  json(response, status, { Message: `the message of ${code}` });
}

/**
 * @param {ServerResponse} response
 * @param {Resource[] | Refusal | undefined} stack
 */
function tellStack(response, stack) {
  if (stack === undefined || 'code' in stack) {
    const { code, status = 400 } = stack ?? { code: 'ValidationError' };
    const message = stack ? `the message of ${code}` : 'Stack with id x does not exist';
    return xml(
      response,
      status,
      `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
    );
  }
  const members = stack.map(
    ({ id, name, type = 'AWS::Lambda::Function' }) =>
      `<member><LogicalResourceId>${id}</LogicalResourceId><PhysicalResourceId>${name}</PhysicalResourceId>` +
      `<ResourceType>${type}</ResourceType><ResourceStatus>CREATE_COMPLETE</ResourceStatus></member>`,
  );
  const list = `<StackResourceSummaries>${members.join('')}</StackResourceSummaries>`;
  xml(
    response,
    200,
    `<ListStackResourcesResponse><ListStackResourcesResult>${list}</ListStackResourcesResult></ListStackResourcesResponse>`,
  );
}

/**
 * @param {ServerResponse} response
 * @param {number} status
 * @param {object} body
 */
function json(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/**
 * @param {ServerResponse} response
 * @param {number} status
 * @param {string} body
 */
function xml(response, status, body) {
  response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
}

/** @param {IncomingMessage} request */
async function textOf(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}
