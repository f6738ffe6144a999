'use strict';

const { limits } = require('../contract.js');
const { trouble } = require('../error.js');
const { readJson } = require('../json.js');
const { isLocal } = require('./endpoint.js');
const { exchange } = require('./http.js');

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** @typedef {import('../patience.js').Patience} Patience */

/** @type {{keys: Promise<any>, until: number, accessKeyId?: string} | undefined} */
let kept;

/**
 * Those of the container's endpoint, fetched once for all who ask and kept until shortly before they end: not checked yet. Throws Trouble
 * CREDENTIALS.
 * @param {Patience} patience
 * @returns {Promise<unknown>}
 */
exports.containerCredentials = (patience) => {
  if (kept && Date.now() < kept.until) return kept.keys;
  const fetched = { keys: fetchKeys(patience, (found) => Object.assign(fetched, found)), until: Number.POSITIVE_INFINITY };
  kept = fetched;
  fetched.keys.catch(() => {
    fetched.until = 0;
  });
  return fetched.keys;
};

/** AWS has refused these. Says whether there may be others. @param {import('../../index.js').Keys} keys */
exports.refused = ({ accessKeyId }) => {
  // Others may have come meanwhile.
  if (kept?.accessKeyId === accessKeyId) kept.until = 0;
  return kept !== undefined;
};

/** @param {Patience} patience @param {(what: {accessKeyId: string, until: number}) => void} found */
const fetchKeys = async (patience, found) => {
  const url = address();
  const { status, body } = await ask(url, patience);
  const content = status === 200 ? readJson(body) : undefined;
  if (!content?.AccessKeyId || !content.SecretAccessKey) {
    throw trouble('CREDENTIALS', `${url.host} answered ${status} without credentials`, { again: 'later', hint: 'container' });
  }
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Token: sessionToken } = content;
  found({ accessKeyId, until: endOf(content.Expiration) });
  return { accessKeyId, secretAccessKey, sessionToken };
};

/** @param {unknown} expiration */
const endOf = (expiration) => {
  const text = typeof expiration === 'string' ? expiration.toUpperCase().replace(' ', 'T') : '';
  const end = RFC_3339.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(end) ? Date.now() + limits.credentialsWithoutEndMs : end - limits.credentialsEarlyMs;
};

const address = () => {
  const { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: relative, AWS_CONTAINER_CREDENTIALS_FULL_URI: full = '' } = process.env;
  const text = relative ? `http://169.254.170.2${relative}` : full;
  const url = /^https?:\/\/[^\s@\\]+$/i.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  if (url && (url.protocol === 'https:' || isLocal(url))) return url;
  const named = relative ? 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI' : 'AWS_CONTAINER_CREDENTIALS_FULL_URI';
  throw trouble('CREDENTIALS', `${named} must be https or local, not ${url?.host ?? 'what it is'}`, { hint: 'container' });
};

// No proxy leads to it, and it says nothing of AWS when it fails.
/** @param {URL} url @param {Patience} patience */
const ask = async (url, patience) => {
  try {
    return await exchange({ url, method: 'GET', headers: { host: url.host, ...authorization() } }, patience, true);
  } catch (/** @type {any} */ { kind, message, hint, again }) {
    throw trouble('CREDENTIALS', message, { again, hint: kind === 'CREDENTIALS' ? hint : 'container' });
  }
};

/** @returns {Record<string, string>} */
const authorization = () => {
  const { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file, AWS_CONTAINER_AUTHORIZATION_TOKEN: token } = process.env;
  const text = (file ? readToken(file) : token)?.trim();
  if (text && /[^ -~]/.test(text)) {
    throw trouble('CREDENTIALS', 'the AWS_CONTAINER_AUTHORIZATION_TOKEN holds a line end or the like', { hint: 'malformed' });
  }
  return text ? { authorization: text } : {};
};

/** @param {string} file */
const readToken = (file) => {
  try {
    return require('../file.js').readText(file, 'utf8');
  } catch (/** @type {any} */ { code }) {
    throw trouble('CREDENTIALS', `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: ${code}`, { hint: 'container' });
  }
};
