'use strict';

const { limits } = require('../contract.js');
const { readJson } = require('../json.js');
const { findCredentials } = require('./credentials.js');
const { endpointOf } = require('./endpoint.js');
const { exchange } = require('./http.js');
const { inTurn, tooLate } = require('./queue.js');
const { sign, skew } = require('./sign.js');

/** @typedef {import('../patience.js').Patience} Patience */

/**
 * What is asked of a service: its key in the contract's `services`, and a target such as `TrentService.Decrypt`.
 * @typedef {{service: keyof typeof import('../contract.js').services, target: string}} Action
 */

/**
 * @template Value
 * @typedef {object} Wish
 * @property {string} partition
 * @property {string} region
 * @property {Record<string, unknown>} body
 * @property {(content: Record<string, any>) => Value | undefined} read What is wanted of an answer of status 200; undefined where it is
 *     not in it: then something other than the service has answered. May throw Trouble.
 */

/**
 * Calls a service of AWS that speaks JSON, with retries, at most 16 at a time in this process. The patience is for all of it, the wait for
 * a free place too. Throws Trouble.
 * @typedef {<Value>(call: Action & Wish<Value>, patience: Patience) => Promise<Value>} Aws
 */

/** @type {Aws} */
exports.aws = (call, patience) => inTurn(patience, () => persist(call, patience));

/** @type {Aws} */
const persist = async (call, patience) => {
  /** @type {Set<import('../error.js').Again>} */
  const mended = new Set();
  for (let failed = 0; ; ) {
    try {
      return await attempt(call, patience);
    } catch (/** @type {any} */ error) {
      if (canMend(error, mended) && patience.left > 0) continue;
      failed++;
      if (!COUNTED.includes(error.again) || failed === limits.attempts) throw error;
      await pause(failed, patience.left);
      if (patience.left === 0) throw error;
    }
  }
};

const COUNTED = ['later', 'connection'];

// At once, no attempt, and once in a call.
/** @param {import('../error.js').Symptom} error @param {Set<import('../error.js').Again>} mended */
const canMend = ({ again }, mended) => {
  if (!again || again === 'later' || mended.has(again)) return false;
  mended.add(again);
  return true;
};

// Full jitter: callers that failed together do not come back together.
/** @param {number} failed @param {number} left */
const pause = (failed, left) => {
  const ms = Math.random() * Math.min(limits.longestPauseMs, limits.firstPauseMs * 2 ** (failed - 1), left);
  return new Promise((resolve) => setTimeout(resolve, ms));
};

// Everything is read anew: between two attempts the process may have been frozen for hours.
/** @type {Aws} */
const attempt = async (call, patience) => {
  if (patience.left === 0) throw tooLate();
  const { service, region } = call;
  const url = endpointOf(call);
  const body = JSON.stringify(call.body);
  const credentials = await findCredentials(region, patience);
  const signed = { service, url, credentials, at: Date.now(), skew: skew() };
  const headers = sign(url, call, body, credentials);
  const answer = await exchange({ url, method: 'POST', headers, body }, patience);
  const content = readJson(answer.body);
  const wanted = answer.status === 200 && content ? call.read(content) : undefined;
  if (wanted === undefined) throw require('./refusal.js').refusalOf(answer, content ?? {}, signed);
  return wanted;
};
