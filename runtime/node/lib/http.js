'use strict';

const { fs, http, https, tls } = require('./builtin.js');
const { Patience } = require('./patience.js');
const { settings } = require('./settings.js');

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {import('node:http').IncomingHttpHeaders} headers
 * @property {string} body may hold a plaintext
 *
 * @typedef {object} Call
 * @property {URL} url
 * @property {string} [method]
 * @property {Record<string, string>} headers
 * @property {string} [body]
 * @property {import('node:http').Agent} [agent] instead of ours
 */

/** After a freeze the other side has long closed what we think open; opening anew costs less than finding out. */
const LONGEST_IDLE_MS = 5_000;
const LONGEST_ANSWER = 1 << 20;

/** @type {Record<string, {agent: import('node:http').Agent, used: number}>} */
const agents = {};

/** There was no answer. It keeps no error of Node: that may hold what was received. */
class NoAnswer extends Error {
  /**
   * @param {string} reason
   * @param {boolean} [died] a kept connection was found dead: says nothing of the other side
   */
  constructor(reason, died = false) {
    super(reason);
    this.died = died;
  }
}

/**
 * Sends one request and waits for the whole answer, whatever its status.
 * @param {Call} call
 * @param {number} timeout milliseconds for all of it
 * @returns {Promise<Answer>}
 * @throws {NoAnswer}
 */
const exchange = async (call, timeout) => {
  const { url } = call;
  const own = call.agent === undefined ? agentFor(url.protocol) : undefined;
  try {
    return await send(call, call.agent ?? own, timeout);
  } catch (/** @type {any} */ error) {
    if (own !== undefined) closeIdle(own);
    if (error instanceof NoAnswer) throw error;
    throw new NoAnswer(`${url.host}: ${reasonOf(error)}`, error.reused === true);
  }
};

/**
 * @param {Call} call
 * @param {import('node:http').Agent | undefined} agent
 * @param {number} timeout
 * @returns {Promise<Answer>}
 */
const send = ({ url, method = 'POST', headers, body }, agent, timeout) =>
  new Promise((resolve, reject) => {
    const { request } = url.protocol === 'https:' ? https() : http();
    const sent = request(url, { method, headers, agent });
    const giveUp = (/** @type {string} */ what, /** @type {number} */ ms) =>
      sent.destroy(new NoAnswer(`${url.host}: ${what} within ${Math.round(ms)} ms`));
    const overall = new Patience(timeout, () => giveUp('no answer', timeout));
    const { connectTimeout } = settings();
    const connecting = new Patience(connectTimeout, () => giveUp('no connection', connectTimeout));
    sent.once('socket', (socket) => {
      if (socket.connecting) socket.once('connect', () => connecting.stop());
      else connecting.stop();
    });
    sent.once('close', () => {
      overall.stop();
      connecting.stop();
      reject(new NoAnswer(`${url.host}: the connection was closed`));
    });
    sent.once('error', (error) => reject(Object.assign(error, { reused: sent.reusedSocket })));
    sent.once('response', (response) => collect(response, resolve, reject));
    sent.end(body);
  });

/**
 * @param {import('node:http').IncomingMessage} response
 * @param {(answer: Answer) => void} resolve
 * @param {(error: Error) => void} reject
 */
const collect = (response, resolve, reject) => {
  let body = '';
  response.setEncoding('utf8');
  response.on('data', (chunk) => {
    body += chunk;
    if (body.length > LONGEST_ANSWER) response.destroy(new NoAnswer('the answer is too long'));
  });
  response.once('error', reject);
  response.once('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
};

/**
 * Our own agent, with connections that are kept but do not keep the process.
 * @param {string} protocol
 */
const agentFor = (protocol) => {
  agents[protocol] ??= { agent: newAgent(protocol), used: 0 };
  const kept = agents[protocol];
  const now = Date.now();
  if (Math.abs(now - kept.used) > LONGEST_IDLE_MS) closeIdle(kept.agent);
  kept.used = now;
  return kept.agent;
};

/** @param {string} protocol */
const newAgent = (protocol) => {
  if (protocol !== 'https:') return new (http().Agent)({ keepAlive: true });
  const { AWS_CA_BUNDLE } = process.env;
  const ca = AWS_CA_BUNDLE ? [...tls().rootCertificates, authorities(AWS_CA_BUNDLE)] : undefined;
  return new (https().Agent)({ keepAlive: true, ca });
};

/** @param {string} file */
const authorities = (file) => {
  try {
    return fs().readFileSync(file, 'utf8');
  } catch (/** @type {any} */ error) {
    throw new NoAnswer(`AWS_CA_BUNDLE names ${file}, which cannot be read: ${error.code}`);
  }
};

/** @param {import('node:http').Agent} agent */
const closeIdle = (agent) => {
  for (const socket of Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? [])) socket.destroy();
};

/**
 * Only what cannot hold a byte of the answer: the message of some errors quotes it.
 * @param {any} error
 */
const reasonOf = (error) => {
  const { code = error.errors?.[0]?.code ?? error.name, syscall } = error;
  return syscall ? `${code} (${syscall})` : String(code);
};

module.exports = { NoAnswer, exchange };
