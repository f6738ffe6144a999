'use strict';

const { fs } = require('./builtin.js');
const { trouble } = require('./error.js');
const { exchange } = require('./http.js');
const { parseJson } = require('./memory.js');

const EARLY_MS = 5 * 60_000;
// Where plain HTTP may take the token; the SDKs allow the same.
const LOCAL = /^(localhost|127(\.\d+){3}|\[::1\]|169\.254\.170\.(2|23)|\[fd00:ec2::23\])$/;

/** @type {Promise<T.Keys>} */
let kept;
let until = 0;

/** @type {T.ContainerCredentials} */
const containerCredentials = (timeout) => {
  if (Date.now() >= until) {
    until = Number.POSITIVE_INFINITY;
    kept = fetchKeys(timeout).catch((error) => {
      forget();
      throw error;
    });
  }
  return kept;
};

// Also for those that KMS refuses although they should hold.
const forget = () => {
  until = 0;
};

/** @type {T.ContainerCredentials} */
const fetchKeys = async (timeout) => {
  const { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: relative, AWS_CONTAINER_CREDENTIALS_FULL_URI: full = '' } = process.env;
  const text = relative ? `http://169.254.170.2${relative}` : full;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || (url.protocol !== 'https:' && !LOCAL.test(url.hostname))) {
    throw trouble('CREDENTIALS', `AWS_CONTAINER_CREDENTIALS_FULL_URI must be https or local, not ${url?.host}`);
  }
  const { status, body } = await exchange({ url, method: 'GET', headers: authorization() }, timeout);
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Token: sessionToken, Expiration } = parseJson(body) ?? {};
  if (!accessKeyId) throw trouble('CREDENTIALS', `${url.host} answered ${status} without credentials`, { again: 'later' });
  until = Date.parse(Expiration) - EARLY_MS;
  return { accessKeyId, secretAccessKey, sessionToken };
};

/** @returns {Record<string, string>} */
const authorization = () => {
  const { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file, AWS_CONTAINER_AUTHORIZATION_TOKEN: token } = process.env;
  try {
    const text = file ? fs().readFileSync(file, 'utf8') : token;
    return text ? { authorization: text } : {};
  } catch (/** @type {any} */ { code }) {
    throw trouble('CREDENTIALS', `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: ${code}`);
  }
};

module.exports = { containerCredentials, forget };
