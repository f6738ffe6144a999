'use strict';

const { Connection } = require('./connection.js');
const { trouble } = require('./error.js');
const { settings } = require('./settings.js');

const TICK_MS = 50;
// After a freeze the other side has closed what we think open.
const LONGEST_IDLE_MS = 5_000;

/** @type {Set<T.Connection>} */
const idle = new Set();
let used = 0;

// In milliseconds. Not by `performance`, for which Node loads a module.
const now = () => Number(process.hrtime.bigint()) / 1e6;

// While Lambda freezes the process or something blocks it, no time is counted: the answer may lie in the socket already.
class Patience {
  #left;
  #last = now();
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
    const time = now();
    this.#left -= Math.min(time - this.#last, 4 * TICK_MS);
    this.#last = time;
    return Math.max(0, this.#left);
  }

  stop() {
    clearInterval(this.#timer);
  }
}
exports.Patience = Patience;

/** @type {T.Exchange} */
exports.exchange = async (call, timeout) => {
  if (Math.abs(Date.now() - used) > LONGEST_IDLE_MS) hangUp();
  used = Date.now();
  const { attemptTimeout, connectTimeout } = settings();
  const { host, origin } = call.url;
  let late = false;
  /** @param {string} what @param {number} ms */
  const limit = (what, ms) =>
    new Patience(ms, () => {
      late = true;
      connection?.close(`no ${what} within ${Math.round(ms)} ms`);
    });
  const answering = limit('answer', Math.min(attemptTimeout, timeout));
  const kept = [...idle].find((each) => each.open && each.origin === origin);
  const connecting = kept ? undefined : limit('connection', connectTimeout);
  let connection = kept;
  try {
    connection ??= new Connection(call.url, () => connecting?.stop());
    idle.delete(connection);
    const answer = await connection.send(call);
    if (connection.open) idle.add(connection);
    return answer;
  } catch (/** @type {any} */ { message }) {
    hangUp();
    // That a kept connection was dead says nothing of KMS.
    throw trouble('UNREACHABLE', `${host}: ${message}`, { again: kept && !late ? 'now' : 'later' });
  } finally {
    answering.stop();
    connecting?.stop();
  }
};

const hangUp = () => {
  for (const connection of idle) connection.close('');
  idle.clear();
};
