// A KMS made of a table: it answers over real HTTP what the vectors say, or what a test orders.

import { readFileSync } from 'node:fs';
import http from 'node:http';

/**
 * @typedef {object} Rule
 * @property {string} region
 * @property {string} ciphertext base64
 * @property {Record<string, string>} context
 * @property {string} [plaintext] base64
 * @property {string} [keyId]
 * @property {string} [error]
 *
 * @typedef {object} Case
 * @property {string} title
 * @property {string} [file]
 * @property {string} [fileBase64]
 * @property {string} secret
 * @property {Rule[]} [kms] what KMS answers in this case, before what it answers in all
 * @property {{text?: string, bytes?: string, fails?: string, calls?: number}} expect
 *
 * @typedef {object} Call
 * @property {Record<string, any>} body
 * @property {import('node:http').IncomingHttpHeaders} headers
 * @property {string} raw
 * @property {string} region
 * @property {string} accessKeyId
 * @property {number} connection counted from 1
 * @property {number} at milliseconds
 *
 * @typedef {(call: Call, response: http.ServerResponse, ordinary: () => void) => void} Behaviour
 */

/** @type {{kms: Rule[], cases: Case[]}} */
export const vectors = JSON.parse(readFileSync(new URL('../../../__test__/vectors/bundles.json', import.meta.url), 'utf8'));

export const KEY = 'arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555';

/** Starts one on a free port of loopback. It does not keep the process. */
export async function startKms(rules = vectors.kms) {
  const kms = new FakeKms(rules);
  await new Promise((resolve) => kms.server.listen(0, '127.0.0.1', () => resolve(undefined)));
  kms.server.unref();
  return kms;
}

class FakeKms {
  /** @type {Call[]} */
  calls = [];
  /** @type {Behaviour} */
  behaviour = (_call, _response, ordinary) => ordinary();
  /** @type {Set<import('node:net').Socket>} */
  sockets = new Set();
  connections = 0;
  most = 0;
  #open = 0;

  /** @param {Rule[]} rules */
  constructor(rules) {
    this.rules = rules;
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
    const [, accessKeyId = '', region = ''] =
      /Credential=([^/]+)\/\d{8}\/([^/]+)\/kms\/aws4_request/.exec(headers.authorization ?? '') ?? [];
    const call = {
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
  #answer({ region, body }, response) {
    const asked = canonical(region, body.CiphertextBlob, body.EncryptionContext ?? {});
    const rule = this.rules.find(({ region, ciphertext, context }) => canonical(region, ciphertext, context) === asked);
    if (rule === undefined) refuse('InvalidCiphertextException')(undefined, response);
    else if (rule.error) refuse(rule.error)(undefined, response);
    else json(response, 200, { Plaintext: rule.plaintext, KeyId: rule.keyId, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' });
  }
}

/**
 * @param {string} region
 * @param {string} ciphertext
 * @param {Record<string, string>} context
 */
const canonical = (region, ciphertext, context) => JSON.stringify([region, ciphertext, Object.entries(context).sort()]);

/**
 * @param {http.ServerResponse} response
 * @param {number} status
 * @param {object} content
 */
const json = (response, status, content) =>
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(content));

/**
 * Behaviour: an error of KMS.
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
 * A parameter of the standard tier: its entry in a bundle and the rule of the KMS that opens it.
 * @param {string} path such as `/a/b`
 * @param {string | Buffer} plaintext
 * @param {string} [region]
 * @returns {{entry: {ciphertext: string, arn: string, version: number}, rule: Rule}}
 */
export function parameter(path, plaintext, region = 'eu-central-1') {
  const arn = `arn:aws:ssm:${region}:123456789012:parameter${path}`;
  const ciphertext = Buffer.concat([Buffer.from([1, 2]), Buffer.from(arn.repeat(2))]).toString('base64');
  const rule = {
    region,
    ciphertext,
    context: { PARAMETER_ARN: arn },
    plaintext: Buffer.from(plaintext).toString('base64'),
    keyId: KEY,
  };
  return { entry: { ciphertext, arn, version: 1 }, rule };
}
