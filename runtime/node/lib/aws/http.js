'use strict';

const { limits } = require('../contract.js');
const { Patience } = require('../patience.js');
const { settings } = require('../settings.js');
const { trusted, usual } = require('./certificates.js');

/** @typedef {import('node:http').Agent} Agent */

/**
 * @typedef {object} Request
 * @property {URL} url
 * @property {string} method
 * @property {Record<string, string>} headers without line ends
 * @property {string} [body]
 */

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {import('node:http').IncomingHttpHeaders} headers
 * @property {Buffer} body may hold a plaintext
 */

/**
 * @typedef {object} Attempt
 * @property {Error | undefined} late set when its time was over
 * @property {boolean} reused over a connection that was kept
 */

/** @type {Record<string, Agent>} */
const agents = {};
let used = 0;

/**
 * Sends one request and waits for the whole answer, whatever its status, as long as one attempt and the patience allow. Throws Trouble
 * UNREACHABLE.
 * @param {Request} call
 * @param {Patience} patience
 * @param {boolean} [direct] by no proxy and no kept connection
 */
exports.exchange = async (call, patience, direct) => {
  const { url } = call;
  /** @type {Attempt} */
  const attempt = { late: undefined, reused: false };
  try {
    const agent = direct ? false : (settings().agent ?? ownAgent(url.protocol));
    return await send(call, agent, patience, attempt);
  } catch (/** @type {any} */ error) {
    hangUp();
    if (error?.kind) throw error;
    // That a kept connection was dead says nothing of AWS.
    const again = attempt.reused && !attempt.late ? 'connection' : 'later';
    throw require('./outage.js').outage(url, attempt.late ?? error ?? {}, again, direct);
  }
};

/** @param {Request} call @param {Agent | false} agent @param {Patience} patience @param {Attempt} attempt @returns {Promise<Answer>} */
const send = async ({ url, method, headers, body = '' }, agent, patience, attempt) => {
  const { attemptTimeout, connectTimeout } = settings();
  const secure = url.protocol === 'https:' ? { secureContext: contextFor(agent) } : {};
  const own = { method, headers: { ...headers, 'content-length': Buffer.byteLength(body) }, agent };
  const request = clientOf(url.protocol).request(url, { ...own, ...secure, ...STRICT });
  /** @type {(error: Error) => void} */
  let giveUp = () => {};
  const late = new Promise((_, reject) => {
    giveUp = reject;
  });
  const limit = (/** @type {string} */ what, /** @type {number} */ ms) =>
    new Patience(ms, () => {
      attempt.late ??= new Error(`no ${what} within ${Math.round(ms)} ms`);
      giveUp(attempt.late);
    });
  const answering = limit('answer', Math.min(attemptTimeout, patience.left));
  const connecting = limit('connection', connectTimeout);
  request.on('socket', (/** @type {import('node:tls').TLSSocket} */ socket) => {
    attempt.reused = request.reusedSocket;
    whenReady(socket, url.protocol, () => connecting.stop());
  });
  request.on('response', () => connecting.stop());
  try {
    // An agent that still asks a proxy does not tell that its request was destroyed.
    return await Promise.race([answerOf(request, body), late]);
  } catch (error) {
    request.destroy();
    throw error;
  } finally {
    answering.stop();
    connecting.stop();
  }
};

// Somebody else's agent may have roots of its own.
/** @param {Agent | false} agent */
const contextFor = (agent) => trusted() ?? (agent === settings().agent ? undefined : usual());

// Whatever the options of the process are.
const STRICT = { insecureHTTPParser: false, maxHeaderSize: limits.headBytes };

/** @param {import('node:http').ClientRequest} request @param {string} body @returns {Promise<Answer>} */
const answerOf = (request, body) =>
  new Promise((resolve, reject) => {
    /** @type {import('node:http').IncomingMessage | undefined} */
    let response;
    request.on('response', (received) => {
      response = received;
      read(received).then(resolve, reject);
    });
    // What comes after a whole answer does not spoil it.
    request.on('error', (error) => response?.complete || reject(error));
    // Such as after an upgrade that nobody asked for, of which Node tells nothing else.
    request.on('close', () => response ?? reject(new Error('it closes the connection')));
    // Node would pass over headers beyond the two thousandth, whatever their size.
    request.maxHeadersCount = 0;
    request.end(body);
  });

/** @param {import('node:tls').TLSSocket & {secureConnecting?: boolean}} socket @param {string} protocol @param {() => void} ready */
const whenReady = (socket, protocol, ready) => {
  if (!socket.connecting && !socket.secureConnecting) ready();
  else socket.once(protocol === 'https:' ? 'secureConnect' : 'connect', ready);
};

/** @param {import('node:http').IncomingMessage} response @returns {Promise<Answer>} */
const read = async (response) => {
  const { statusCode: status = 0, headers, httpVersion } = response;
  const coding = headers['transfer-encoding'] ?? 'identity';
  if (!/^(chunked|identity)$/i.test(coding) || (httpVersion === '1.0' && !/^identity$/i.test(coding)))
    throw unreadable('its answer has an unknown transfer coding');
  if (Number(headers['content-length'] ?? 0) > limits.replyBytes) throw unreadable('its answer is too long');
  /** @type {Buffer[]} */
  const pieces = [];
  let size = 0;
  for await (const piece of response) {
    size += piece.length;
    if (size > limits.replyBytes) throw unreadable('its answer is too long');
    pieces.push(piece);
  }
  // Not `Buffer.concat`: it may put a plaintext into memory that others see.
  const body = Buffer.alloc(size);
  pieces.reduce((at, piece) => at + piece.copy(body, at), 0);
  return { status, headers, body };
};

/** @param {string} message */
const unreadable = (message) => Object.assign(new Error(message), { hint: 'answer' });

/** @param {string} protocol */
const clientOf = (protocol) => process.getBuiltinModule(protocol === 'https:' ? 'node:https' : 'node:http');

// After a freeze the other side has closed what we think open, and no timer has told.
/** @param {string} protocol */
const ownAgent = (protocol) => {
  if (Math.abs(Date.now() - used) > limits.idleMs) hangUp();
  used = Date.now();
  // Plain HTTP is allowed to this machine: through a proxy it would leave it.
  const proxyEnv = protocol === 'https:' ? process.env : undefined;
  const options = { keepAlive: true, timeout: limits.idleMs, proxyEnv };
  agents[protocol] ??= new (clientOf(protocol).Agent)(options);
  return agents[protocol];
};

const hangUp = () => {
  for (const agent of Object.values(agents)) {
    for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy();
  }
};
