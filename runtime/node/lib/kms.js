'use strict';

const { decodeBase64 } = require('./base64.js');
const { limits } = require('./contract.js');
const { findCredentials } = require('./credentials.js');
const { endpointOf } = require('./endpoint.js');
const { trouble } = require('./error.js');
const { exchange } = require('./http.js');
const { readJson } = require('./json.js');
const { sign, skew } = require('./sign.js');

let free = limits.atOncePerProcess;
/** @type {Set<() => void>} */
const waiting = new Set();

/** @type {T.Decrypt} */
exports.decrypt = async (sealed, patience) => {
  if (free > 0) free--;
  else await turn(patience);
  try {
    return await persist(sealed, patience);
  } finally {
    release();
  }
};

const tooLate = () => trouble('UNREACHABLE', 'the calls before it took all the time that there was', { hint: 'waiting' });

const release = () => {
  const [next] = waiting;
  if (next) next();
  else free++;
};

/** @param {T.Patience} patience */
const turn = async (patience) => {
  let take = () => {};
  const given = new Promise((resolve) => {
    take = () => {
      waiting.delete(take);
      resolve(undefined);
    };
  });
  waiting.add(take);
  try {
    await patience.within(given, tooLate);
  } catch (error) {
    // It may have been given a place that it no longer wants.
    if (!waiting.delete(take)) release();
    throw error;
  }
};

/** @type {T.Decrypt} */
const persist = async (sealed, patience) => {
  /** @type {Set<T.Again>} */
  const mended = new Set();
  for (let failed = 0; ; ) {
    try {
      return await attempt(sealed, patience);
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
/** @type {T.CanMend} */
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
/** @type {T.Decrypt} */
const attempt = async ({ partition, region, ciphertext, context, key }, patience) => {
  if (patience.left === 0) throw tooLate();
  const url = endpointOf(partition, region);
  const body = JSON.stringify({ CiphertextBlob: ciphertext.toString('base64'), EncryptionContext: context });
  const credentials = await findCredentials(region, patience);
  const signed = { url, credentials, at: Date.now(), skew: skew() };
  const headers = sign(url, region, body, credentials);
  const answer = await exchange({ url, method: 'POST', headers, body }, patience);
  const content = readJson(answer.body) ?? {};
  const plaintext = answer.status === 200 ? decodeBase64(content.Plaintext) : undefined;
  if (!plaintext) throw require('./refusal.js').refusalOf(answer, content, signed);
  if (!key || content.KeyId === key) return plaintext;
  plaintext.fill(0);
  throw trouble('WRONG_CONTEXT', 'KMS opened it by another key than the one that it names', { key });
};
