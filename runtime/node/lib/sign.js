'use strict';

const { crypto } = require('./builtin.js');

/** @type {T.Sign} */
const sign = (url, region, body, { accessKeyId, secretAccessKey, sessionToken }) => {
  const time = new Date().toISOString().replace(/[:-]|\.\d+/g, '');
  const scope = `${time.slice(0, 8)}/${region}/kms/aws4_request`;
  // In the order of the alphabet, as the signature wants them.
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    host: url.host,
    'x-amz-date': time,
    ...(sessionToken && { 'x-amz-security-token': sessionToken }),
    'x-amz-target': 'TrentService.Decrypt',
  };
  const names = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}`);
  const request = ['POST', url.pathname, '', ...lines, '', names, sha256(body)].join('\n');
  const key = scope.split('/').reduce(hmac, /** @type {any} */ (`AWS4${secretAccessKey}`));
  const signature = hmac(key, `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(request)}`).toString('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...headers, authorization, 'user-agent': 'secret-baker-node/1.0.0' };
};

/** @param {string} text */
const sha256 = (text) => crypto().createHash('sha256').update(text).digest('hex');

/** @param {Buffer} key @param {string} text */
const hmac = (key, text) => crypto().createHmac('sha256', key).update(text).digest();

module.exports = { sign };
