'use strict';

const { createHash, createHmac } = process.getBuiltinModule('node:crypto');
const { limits } = require('../contract.js');

// How far the clock of this machine is behind that of AWS.
let behind = 0;

exports.skew = () => behind;

/**
 * The headers of a call, with its Signature Version 4. To be made anew for each attempt.
 * @param {URL} url
 * @param {{service: string, target: string, region: string}} call
 * @param {string} body
 * @param {import('../../index.js').Keys} keys
 * @returns {Record<string, string>}
 */
exports.sign = (url, { service, target, region }, body, { accessKeyId, secretAccessKey, sessionToken }) => {
  const time = new Date(Date.now() + behind).toISOString().replace(/[:-]|\.\d+/g, '');
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
  // In the order of the alphabet.
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    host: url.host,
    'x-amz-date': time,
    ...(sessionToken && { 'x-amz-security-token': sessionToken }),
    'x-amz-target': target,
  };
  const names = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map((header) => header.join(':'));
  const request = ['POST', url.pathname, '', ...lines, '', names, sha256(body)].join('\n');
  const signature = hmac(keyFor(secretAccessKey, scope), `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(request)}`).toString(
    'hex',
  );
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...headers, authorization, 'user-agent': 'secret-baker-node/3.1.0' };
};

/**
 * What the `Date` of a refusal says of the clock of this machine, and whether the next signature has another time than one with the
 * skew that was used.
 * @param {string | undefined} date
 * @param {number} used
 * @returns {{corrected?: boolean, told?: string | undefined}}
 */
exports.compareClock = (date, used) => {
  const difference = timeOf(date ?? '') - Date.now();
  if (Number.isNaN(difference)) return {};
  const wrong = Math.abs(difference) > limits.clockMs;
  // A clock that was set right since is taken as it is again.
  behind = wrong ? difference : 0;
  const minutes = Math.round(Math.abs(difference) / 60_000);
  const told = wrong ? `the clock of this machine is ${minutes} minutes ${difference > 0 ? 'behind' : 'ahead'}` : undefined;
  return { corrected: Math.abs(behind - used) > limits.clockMs, told };
};

const DATE = /^\w{3}, \d\d \w{3} 20\d\d \d\d:\d\d:\d\d GMT$/;

// Written again it is the same, or `Date` has taken what is no day.
/** @param {string} date */
const timeOf = (date) => {
  const time = DATE.test(date) ? Date.parse(date) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toUTCString().slice(5) === date.slice(5) ? time : Number.NaN;
};

let derivedFrom = '';
/** @type {Buffer} */
let derived;

// The same for all secrets that are opened together.
/** @param {string} secretAccessKey @param {string} scope */
const keyFor = (secretAccessKey, scope) => {
  if (derivedFrom !== secretAccessKey + scope) {
    derived = scope.split('/').reduce(hmac, /** @type {any} */ (`AWS4${secretAccessKey}`));
    derivedFrom = secretAccessKey + scope;
  }
  return derived;
};

/** @param {string} text */
const sha256 = (text) => createHash('sha256').update(text).digest('hex');

/** @param {Buffer} key @param {string} text */
const hmac = (key, text) => createHmac('sha256', key).update(text).digest();
