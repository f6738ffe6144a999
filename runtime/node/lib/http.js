'use strict';

const { trusted } = require('./certificates.js');
const { limits } = require('./contract.js');
const { Patience } = require('./patience.js');
const { settings } = require('./settings.js');

/** @type {Record<string, T.Agent>} */
const agents = {};
let used = 0;

/** @type {T.Exchange} */
exports.exchange = async (call, patience, direct) => {
  const { url } = call;
  /** @type {T.Attempt} */
  const attempt = { late: undefined, reused: false };
  try {
    const agent = direct ? false : (settings().agent ?? ownAgent(url.protocol));
    return await send(call, agent, patience, attempt);
  } catch (/** @type {any} */ error) {
    hangUp();
    if (error?.kind) throw error;
    // That a kept connection was dead says nothing of KMS.
    const again = attempt.reused && !attempt.late ? 'connection' : 'later';
    throw require('./outage.js').outage(url, attempt.late ?? error ?? {}, again, direct);
  }
};

/** @type {T.SendCall} */
const send = async ({ url, method, headers, body = '' }, agent, patience, attempt) => {
  const { attemptTimeout, connectTimeout } = settings();
  const secure = url.protocol === 'https:' ? { secureContext: trusted() } : {};
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

// Whatever the options of the process are.
const STRICT = { insecureHTTPParser: false, maxHeaderSize: limits.headBytes };

/** @type {T.AnswerOf} */
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

/** @type {T.WhenReady} */
const whenReady = (socket, protocol, ready) => {
  if (!socket.connecting && !socket.secureConnecting) ready();
  else socket.once(protocol === 'https:' ? 'secureConnect' : 'connect', ready);
};

/** @param {import('node:http').IncomingMessage} response @returns {Promise<T.Answer>} */
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
