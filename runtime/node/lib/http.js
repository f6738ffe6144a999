'use strict';

const { events, http, https } = require('./builtin.js');
const { trouble } = require('./error.js');
const { Patience } = require('./patience.js');
const { settings } = require('./settings.js');

// After a freeze the other side has long closed what we think open; opening anew costs less than finding out.
const LONGEST_IDLE_MS = 5_000;

/** @type {Record<string, import('node:http').Agent>} */
let agents = {};
let used = 0;

/** @type {T.Exchange} */
const exchange = async (call, timeout) => {
  const { protocol } = call.url;
  if (Math.abs(Date.now() - used) > LONGEST_IDLE_MS) agents = {};
  used = Date.now();
  agents[protocol] ??= new (protocol === 'https:' ? https() : http()).Agent({ keepAlive: true });
  try {
    return await send({ ...call, agent: call.agent ?? agents[protocol] }, timeout);
  } catch (error) {
    agents = {};
    throw error;
  }
};

/** @type {T.Exchange} */
const send = async ({ url, agent, method = 'POST', headers, body }, timeout) => {
  const { request } = url.protocol === 'https:' ? https() : http();
  const sent = request(url, { agent, method, headers });
  let late = '';
  /** @param {string} what @param {number} ms */
  const limit = (what, ms) =>
    new Patience(ms, () => {
      late = `no ${what} in time`;
      sent.destroy();
    });
  const answering = limit('answer', timeout);
  const connecting = limit('connection', settings().connectTimeout);
  sent.once('socket', (socket) => {
    if (socket.connecting) socket.once('connect', () => connecting.stop());
    else connecting.stop();
  });
  try {
    sent.on('error', () => {}).end(body);
    const [response] = await events().once(sent, 'response');
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += chunk;
    return { status: response.statusCode, headers: response.headers, body: text };
  } catch (/** @type {any} */ { code, errors, name }) {
    // No more of Node's error than its code: some quote what was received. A kept connection that was found dead says
    // nothing of the other side.
    const detail = `${url.host}: ${late || (code ?? errors?.[0]?.code ?? name)}`;
    throw trouble('UNREACHABLE', detail, { again: sent.reusedSocket && !late ? 'now' : 'later' });
  } finally {
    answering.stop();
    connecting.stop();
  }
};

module.exports = { exchange };
