'use strict';

const { trouble } = require('./error.js');
const { http, https } = require('./platform.js');
const { settings } = require('./settings.js');

const TICK_MS = 50;
// After a freeze the other side has closed what we think open.
const LONGEST_IDLE_MS = 5_000;

/** @type {Record<string, import('node:http').Agent>} */
let agents = {};
let used = 0;

// While Lambda freezes the process or something blocks it, no time is counted: the answer may lie in the socket already.
class Patience {
  #left;
  #last = performance.now();
  #timer;

  /** @param {number} ms @param {() => void} [expired] */
  constructor(ms, expired) {
    this.#left = ms;
    this.#timer = setInterval(() => {
      if (this.left > 0) return;
      this.stop();
      expired?.();
    }, TICK_MS);
  }

  get left() {
    const now = performance.now();
    this.#left -= Math.min(now - this.#last, 4 * TICK_MS);
    this.#last = now;
    return Math.max(0, this.#left);
  }

  stop() {
    clearInterval(this.#timer);
  }
}
exports.Patience = Patience;

/** @type {T.Exchange} */
exports.exchange = async (call, timeout) => {
  const { protocol } = call.url;
  if (Math.abs(Date.now() - used) > LONGEST_IDLE_MS) agents = {};
  used = Date.now();
  const { Agent, request } = protocol === 'https:' ? https() : http();
  agents[protocol] ??= new Agent({ keepAlive: true });
  const { attemptTimeout } = settings();
  try {
    const sent = request(call.url, { agent: agents[protocol], ...call });
    return await answerTo(sent, call, Math.min(attemptTimeout, timeout));
  } catch (error) {
    agents = {};
    throw error;
  }
};

/** @type {T.AnswerTo} */
const answerTo = async (request, { url, body }, timeout) => {
  let late = '';
  /** @param {string} what @param {number} ms */
  const limit = (what, ms) =>
    new Patience(ms, () => {
      late = `no ${what} within ${Math.round(ms)} ms`;
      request.destroy();
    });
  const answering = limit('answer', timeout);
  const connecting = limit('connection', settings().connectTimeout);
  request.once('socket', (socket) => {
    if (socket.connecting) socket.once('connect', () => connecting.stop());
    else connecting.stop();
  });
  try {
    const response = await new Promise((resolve, reject) => request.on('response', resolve).on('error', reject).end(body));
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += chunk;
    return { status: response.statusCode, headers: response.headers, body: text };
  } catch (/** @type {any} */ { code, name }) {
    // Only the code of Node's error: some quote what was received. That a kept connection was dead says nothing of KMS.
    const detail = `${url.host}: ${late || (code ?? name)}`;
    throw trouble('UNREACHABLE', detail, { again: request.reusedSocket && !late ? 'now' : 'later' });
  } finally {
    answering.stop();
    connecting.stop();
  }
};
