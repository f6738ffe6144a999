'use strict';

const { plaintextOf } = require('./answer.js');
const { credentials } = require('./credentials.js');
const { NoAnswer, exchange } = require('./http.js');
const { Retries } = require('./retries.js');
const { settings } = require('./settings.js');
const { signed } = require('./sign.js');
const { Trouble } = require('./trouble.js');

/** @import { Call } from './http.js' */
/** @import { Patience } from './patience.js' */

/**
 * @typedef {object} Sealed what `kms:Decrypt` is asked
 * @property {string} partition
 * @property {string} region
 * @property {Buffer} ciphertext
 * @property {Record<string, string>} context
 */

const USER_AGENT = `secret-baker-node/1.0.0 node/${process.versions.node}`;
const MOST_AT_ONCE = 16;

let free = MOST_AT_ONCE;
/** @type {((value?: unknown) => void)[]} */
const waiting = [];

/**
 * `kms:Decrypt`, with retries; at most 16 of them at a time in this process.
 * @param {Sealed} sealed
 * @param {Patience} patience for all of it, the wait for a free place too
 * @returns {Promise<Buffer>} the plaintext, in memory of its own
 * @throws {Trouble}
 */
const decrypt = async (sealed, patience) => {
  if (free > 0) free--;
  else await new Promise((resolve) => waiting.push(resolve));
  try {
    return await persist(sealed, patience);
  } finally {
    const next = waiting.shift();
    if (next) next();
    else free++;
  }
};

/**
 * @param {Sealed} sealed
 * @param {Patience} patience
 */
const persist = async (sealed, patience) => {
  const retries = new Retries();
  for (;;) {
    try {
      return await attempt(sealed, patience);
    } catch (error) {
      const pause = error instanceof Trouble ? retries.after(error) : undefined;
      if (pause === undefined || patience.left === 0) throw error;
      if (pause > 0) await new Promise((resolve) => setTimeout(resolve, Math.min(pause, patience.left)));
    }
  }
};

/**
 * One signed call. Everything is read anew: between two attempts the process may have been frozen for hours.
 * @param {Sealed} sealed
 * @param {Patience} patience
 */
const attempt = async ({ partition, region, ciphertext, context }, patience) => {
  const url = endpoint(partition, region);
  const body = JSON.stringify({ CiphertextBlob: ciphertext.toString('base64'), EncryptionContext: context });
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'TrentService.Decrypt' };
  const keys = await credentials(patience, region);
  const signedAt = new Date();
  const all = { ...signed({ url, region, headers, body }, keys, signedAt), 'user-agent': USER_AGENT };
  const answer = await answerTo({ url, body, headers: all, agent: settings().agent }, patience);
  return plaintextOf(answer, url.host, signedAt);
};

/**
 * @param {Call} call
 * @param {Patience} patience
 */
const answerTo = async (call, patience) => {
  if (patience.left === 0) throw new Trouble('UNREACHABLE', `${call.url.host}: no answer within ${settings().timeout} ms`);
  try {
    return await exchange(call, Math.min(settings().attemptTimeout, patience.left));
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    throw new Trouble('UNREACHABLE', error.message, { again: error.died ? 'now' : 'later' });
  }
};

/**
 * @param {string} partition
 * @param {string} region
 */
const endpoint = (partition, region) => {
  const { AWS_ENDPOINT_URL_KMS, AWS_ENDPOINT_URL } = process.env;
  const domain = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  const text = settings().endpoint || AWS_ENDPOINT_URL_KMS || AWS_ENDPOINT_URL || `https://kms.${region}.${domain}`;
  if (!/^https?:/i.test(text) || !URL.canParse(text)) {
    throw new Trouble('UNREACHABLE', 'the endpoint that is set for KMS is not a URL');
  }
  return new URL(text);
};

module.exports = { decrypt };
