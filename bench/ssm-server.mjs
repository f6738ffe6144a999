// Parameter Store for the benchmark, in a process of its own: answers GetParameter and GetParameters with ciphertexts
// made by the stand-in, after a latency, and from a bucket of calls. Why not the stand-in itself: README.md.
//
//     node ssm-server.mjs CERTIFICATE KEY

import { answerParent } from './child.mjs';
import { listen } from './listen.mjs';

/** @import { Parameter } from './secrets.mjs' */

/**
 * @typedef {object} Order
 * @property {Parameter[]} [parameters] What it holds from now on
 * @property {number} latencyMs Before each answer
 * @property {{rate: number, burst: number}} [bucket] Calls a second, and how many at once; absent: no limit
 *
 * @typedef {object} Seen What was seen since the last order
 * @property {string} endpoint
 * @property {string} [tlsEndpoint]
 * @property {number} calls Throttled ones too
 * @property {number} throttled
 * @property {number} decrypting Calls that asked for plaintext
 * @property {number} mostAtOnce
 * @property {number} underWay Not answered yet
 */

/** @type {Map<string, Parameter>} */
let parameters = new Map();
/** @type {Order} */
let order = { latencyMs: 0 };
let seen = nothingSeen();
let underWay = 0;
let bucket = { tokens: 0, at: 0 };

function nothingSeen() {
  return { calls: 0, throttled: 0, decrypting: 0, mostAtOnce: 0 };
}

/** @type {import('node:http').RequestListener} */
const answer = async (request, response) => {
  underWay += 1;
  seen.calls += 1;
  seen.mostAtOnce = Math.max(seen.mostAtOnce, underWay);
  const allowed = takeToken();
  const due = performance.now() + order.latencyMs;
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const question = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  const [status, body] = allowed ? answerTo(String(request.headers['x-amz-target']), question) : throttle();
  const text = JSON.stringify(body);
  // A service works side by side: what this one takes for a call is a part of the latency, not more of it.
  const rest = due - performance.now();
  if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest));
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
  response.end(text);
  underWay -= 1;
};

function takeToken() {
  if (!order.bucket) return true;
  const { rate, burst } = order.bucket;
  const now = performance.now();
  bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) * rate) / 1000);
  bucket.at = now;
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

/** @returns {[number, object]} */
function throttle() {
  seen.throttled += 1;
  return [400, { __type: 'ThrottlingException', message: 'Rate exceeded' }];
}

/**
 * @param {string} target
 * @param {{Name?: string, Names?: string[], WithDecryption?: boolean}} question
 * @returns {[number, object]}
 */
function answerTo(target, { Name = '', Names = [], WithDecryption }) {
  if (WithDecryption) seen.decrypting += 1;
  if (target === 'AmazonSSM.GetParameter') {
    const parameter = parameters.get(Name);
    return parameter ? [200, { Parameter: parameter }] : [400, { __type: 'ParameterNotFound' }];
  }
  if (target !== 'AmazonSSM.GetParameters' || Names.length === 0 || Names.length > 10) {
    return [400, { __type: 'ValidationException', message: `this server cannot answer ${target} with ${Names.length} names` }];
  }
  // In alphabetical order, as the service does.
  const found = [...Names].sort().flatMap((name) => parameters.get(name) ?? []);
  return [200, { Parameters: found, InvalidParameters: Names.filter((name) => !parameters.has(name)) }];
}

/**
 * Takes an order, or tells what was seen since the last one.
 * @param {{order?: Order}} question
 */
function obey(question) {
  if (question.order) {
    order = question.order;
    if (order.parameters) parameters = new Map(order.parameters.map((parameter) => [parameter.Name, parameter]));
    seen = nothingSeen();
    bucket = { tokens: order.bucket?.burst ?? 0, at: performance.now() };
  }
  return { ...seen, underWay };
}

const [, , certificate = '', key = ''] = process.argv;
const listening = listen(answer, { certificate, key, latencyMs: () => order.latencyMs });
/** @returns {Promise<Seen>} */
const reply = async (/** @type {{order?: Order}} */ question) => ({ ...(await listening), ...obey(question) });
answerParent(reply);
