'use strict';

const { crypto } = require('./builtin.js');

/** @import { Keys } from '../index.js' */

/**
 * Signature Version 4 of a call of KMS: every header that is sent goes in.
 * @param {{url: URL, region: string, headers: Record<string, string>, body: string}} call
 * @param {Keys} keys
 * @param {Date} [at]
 * @returns {Record<string, string>} the headers to send
 */
const signed = ({ url, region, headers, body }, keys, at = new Date()) => {
  const time = at.toISOString().replace(/[:-]|\.\d{3}/g, '');
  const scope = `${time.slice(0, 8)}/${region}/kms/aws4_request`;
  /** @type {Record<string, string>} */
  const all = { ...headers, host: url.host, 'x-amz-date': time };
  if (keys.sessionToken) all['x-amz-security-token'] = keys.sessionToken;

  const names = Object.keys(all).sort();
  const canonical = ['POST', url.pathname, '', ...names.map((name) => `${name}:${all[name]}`), '', names.join(';'), sha256(body)];
  const text = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical.join('\n'))].join('\n');
  const key = scope.split('/').reduce(hmac, /** @type {Buffer | string} */ (`AWS4${keys.secretAccessKey}`));
  const signature = Buffer.from(hmac(key, text)).toString('hex');
  all.authorization = `AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return all;
};

/** @param {string} text */
const sha256 = (text) => crypto().createHash('sha256').update(text).digest('hex');

/**
 * @param {Buffer | string} key
 * @param {string} text
 * @returns {Buffer | string}
 */
const hmac = (key, text) => crypto().createHmac('sha256', key).update(text).digest();

module.exports = { signed };
