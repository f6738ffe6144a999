// An AWS made of rules: it answers over real HTTP what the vectors say, or what a test orders. It knows no service.

import { readdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import { isDeepStrictEqual } from 'node:util';

/**
 * A call and its answer, as in __test__/vectors/bundles.
 * @typedef {object} Rule
 * @property {string} service
 * @property {string} target
 * @property {string} region
 * @property {Record<string, any>} request
 * @property {any} [answer] any JSON value
 * @property {string} [error]
 *
 * @typedef {object} Case
 * @property {string} title
 * @property {string} [file]
 * @property {string} [fileBase64]
 * @property {string} secret
 * @property {Rule[]} [calls] what AWS answers in this case, before what it answers in all
 * @property {Record<string, string>} [environment] those of the process that matter, see `setEnvironment`
 * @property {{text?: string, bytes?: string, fails?: string, calls?: number}} expect
 *
 * @typedef {Omit<Case, 'file' | 'fileBase64' | 'secret'> & {variable?: string}} VariableCase
 *
 * @typedef {{otherwise: string, calls: Rule[], cases: Case[]}} Vectors
 *
 * @typedef {object} Call
 * @property {string} service
 * @property {string} target
 * @property {string} region
 * @property {Record<string, any>} body
 * @property {import('node:http').IncomingHttpHeaders} headers
 * @property {string} raw
 * @property {string} accessKeyId
 * @property {number} connection counted from 1
 * @property {number} at milliseconds
 *
 * @typedef {(call: Call, response: http.ServerResponse, ordinary: () => void) => void} Behaviour
 */

const folder = new URL('../../../__test__/vectors/', import.meta.url);

/** @param {string} name */
export const vectorsOf = (name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));

/** Of all sources. @type {Vectors[]} */
export const vectors = readdirSync(new URL('bundles/', folder)).map((name) => vectorsOf(`bundles/${name}`));

export const KEY = 'arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555';

/** Starts one on a free port of loopback. It does not keep the process. */
export async function startAws(/** @type {Rule[]} */ rules, otherwise = 'InvalidCiphertextException') {
  const aws = new FakeAws(rules, otherwise);
  await new Promise((resolve) => aws.server.listen(0, '127.0.0.1', () => resolve(undefined)));
  aws.server.unref();
  return aws;
}

class FakeAws {
  /** @type {Call[]} */
  calls = [];
  /** @type {Behaviour} */
  behaviour = (_call, _response, ordinary) => ordinary();
  /** @type {Set<import('node:net').Socket>} */
  sockets = new Set();
  connections = 0;
  most = 0;
  #open = 0;

  /** @param {Rule[]} rules @param {string} otherwise the error where no rule fits */
  constructor(rules, otherwise) {
    this.rules = rules;
    this.otherwise = otherwise;
    this.server = http.createServer((request, response) => this.#receive(request, response));
    this.server.on('connection', (socket) => {
      this.connections++;
      Object.assign(socket, { number: this.connections });
      this.sockets.add(socket.on('close', () => this.sockets.delete(socket)).unref());
    });
  }

  get endpoint() {
    const address = this.server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address?.port}`;
  }

  /** @param {Behaviour[]} behaviours of the next calls; after them it answers as ever */
  next(...behaviours) {
    this.behaviour = (call, response, ordinary) => (behaviours.shift() ?? ((_c, _r, go) => go()))(call, response, ordinary);
  }

  reset() {
    this.calls = [];
    this.most = 0;
    this.next();
  }

  closeConnections() {
    for (const socket of this.sockets) socket.destroy();
  }

  stop() {
    this.closeConnections();
    this.server.close();
  }

  /**
   * @param {http.IncomingMessage} request
   * @param {http.ServerResponse} response
   */
  async #receive(request, response) {
    this.most = Math.max(this.most, ++this.#open);
    response.on('close', () => this.#open--);
    let raw = '';
    for await (const chunk of request) raw += chunk;
    const { headers, socket } = request;
    const [, accessKeyId = '', region = '', service = ''] =
      /Credential=([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/.exec(headers.authorization ?? '') ?? [];
    const call = {
      service,
      target: `${headers['x-amz-target']}`,
      body: JSON.parse(raw),
      raw,
      headers,
      region,
      accessKeyId,
      connection: Reflect.get(socket, 'number'),
      at: Date.now(),
    };
    this.calls.push(call);
    this.behaviour(call, response, () => this.#answer(call, response));
  }

  /**
   * @param {Call} call
   * @param {http.ServerResponse} response
   */
  #answer({ service, target, region, body }, response) {
    const rule = this.rules.find(
      (one) => one.service === service && one.target === target && one.region === region && isDeepStrictEqual(one.request, body),
    );
    if (rule && 'answer' in rule) json(response, 200, rule.answer);
    else refuse(rule?.error ?? this.otherwise)(undefined, response);
  }
}

/**
 * @param {http.ServerResponse} response
 * @param {number} status
 * @param {unknown} content
 */
const json = (response, status, content) =>
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(content));

/**
 * Behaviour: an error of AWS.
 * @param {string} type
 * @param {{status?: number, message?: string}} [options]
 */
export const refuse =
  (type, { status = 400, message } = {}) =>
  (/** @type {unknown} */ _call, /** @type {http.ServerResponse} */ response) =>
    json(response, status, { __type: type, ...(message && { message }) });

/**
 * Behaviour: whatever bytes.
 * @param {string} text
 * @param {number} [status]
 */
export const say =
  (text, status = 200) =>
  (/** @type {unknown} */ _call, /** @type {http.ServerResponse} */ response) =>
    response.writeHead(status).end(text);

/** Behaviour: the connection is cut before an answer. */
export const cut = (/** @type {unknown} */ _call, /** @type {http.ServerResponse} */ response) => response.socket?.destroy();

/** Behaviour: reset, not closed. */
export const reset = (/** @type {unknown} */ _call, /** @type {http.ServerResponse} */ response) =>
  response.socket?.resetAndDestroy();

/** Behaviour: no answer, ever. */
export const hang = () => {};

/**
 * A parameter of the standard tier: its entry in a bundle and the rule of KMS that opens it.
 * @param {string} path such as `/a/b`
 * @param {string | Buffer} plaintext
 * @param {string} [region]
 * @returns {{entry: {ciphertext: string, arn: string, version: number}, rule: Rule}}
 */
export function parameter(path, plaintext, region = 'eu-central-1') {
  const arn = `arn:aws:ssm:${region}:123456789012:parameter${path}`;
  const ciphertext = Buffer.concat([Buffer.from([1, 2]), Buffer.from(arn.repeat(2))]).toString('base64');
  return { entry: { ciphertext, arn, version: 1 }, rule: opens(ciphertext, { PARAMETER_ARN: arn }, plaintext, region) };
}

/**
 * The rule of KMS by which it decrypts.
 * @param {string} ciphertext base64
 * @param {Record<string, string>} context
 * @param {string | Buffer} plaintext
 * @param {string} [region]
 * @returns {Rule}
 */
export const opens = (ciphertext, context, plaintext, region = 'eu-central-1') => ({
  service: 'kms',
  target: 'TrentService.Decrypt',
  region,
  request: { CiphertextBlob: ciphertext, EncryptionContext: context },
  answer: { Plaintext: Buffer.from(plaintext).toString('base64'), KeyId: KEY, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' },
});
