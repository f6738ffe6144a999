'use strict';

const { fs } = require('./builtin.js');
const { exchange } = require('./http.js');
const { settings } = require('./settings.js');
const { Trouble } = require('./trouble.js');

/** @import { Keys } from '../index.js' */
/** @import { Patience } from './patience.js' */

const ATTEMPTS = 3;
/** As the SDKs do: they are renewed before they end in the middle of a call. */
const EARLY_MS = 5 * 60_000;
const CONTAINER_HOST = 'http://169.254.170.2';
/** Where plain HTTP may take the token; the SDKs allow the same. */
const LOCAL_HOSTS = /^(localhost|127(\.\d+){3}|\[::1\]|169\.254\.170\.(2|23)|\[fd00:ec2::23\])$/;

/** @type {{keys: Promise<Keys>, until: number} | undefined} */
let kept;

/**
 * Credentials of the endpoint that a container has, and a function restored from a snapshot. Fetched once for all who ask, and
 * kept until shortly before they end.
 * @param {Patience} patience
 * @returns {Promise<Keys>}
 * @throws {Trouble} CREDENTIALS
 */
const containerCredentials = (patience) => {
  if (kept !== undefined && Date.now() < kept.until) return kept.keys;
  const mine = { keys: fetched(patience), until: Number.POSITIVE_INFINITY };
  kept = mine;
  const done = (/** @type {number} */ until) => {
    mine.until = until;
  };
  mine.keys.then(
    ({ expiration }) => done((expiration?.getTime() ?? 0) - EARLY_MS),
    () => done(0),
  );
  return mine.keys;
};

/** Fetches them again at the next call; false if there was nothing to forget. */
const forget = () => {
  const had = kept !== undefined;
  kept = undefined;
  return had;
};

/** @param {Patience} patience */
const fetched = async (patience) => {
  const url = endpoint();
  let reason = '';
  for (let attempt = 1; attempt <= ATTEMPTS && patience.left > 0; attempt++) {
    try {
      const call = { url, method: 'GET', headers: { accept: 'application/json', ...authorization() } };
      const answer = await exchange(call, Math.min(settings().attemptTimeout, patience.left));
      const keys = answer.status === 200 ? keysOf(answer.body) : undefined;
      if (keys !== undefined) return keys;
      reason = `${url.host} answered ${answer.status} without credentials`;
    } catch (/** @type {any} */ error) {
      reason = error.message;
      if (error instanceof Trouble) throw error;
    }
  }
  throw unusable(`the container's credentials: ${reason}`);
};

const endpoint = () => {
  const { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: relative, AWS_CONTAINER_CREDENTIALS_FULL_URI: full } = process.env;
  const text = relative ? CONTAINER_HOST + relative : String(full);
  if (!URL.canParse(text)) throw unusable('AWS_CONTAINER_CREDENTIALS_FULL_URI is not a URL');
  const url = new URL(text);
  if (url.protocol !== 'https:' && !LOCAL_HOSTS.test(url.hostname)) {
    throw unusable(`AWS_CONTAINER_CREDENTIALS_FULL_URI: ${url.host} would get the token without TLS`);
  }
  return url;
};

/** @returns {Record<string, string>} */
const authorization = () => {
  const { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file, AWS_CONTAINER_AUTHORIZATION_TOKEN: token } = process.env;
  const text = file ? tokenOf(file) : token;
  if (!text) return {};
  if (!/^[\x20-\x7e]+$/.test(text)) throw unusable('the authorization token of the container has a line end in it');
  return { authorization: text };
};

/** @param {string} file */
const tokenOf = (file) => {
  try {
    return fs().readFileSync(file, 'utf8');
  } catch (/** @type {any} */ error) {
    throw unusable(`AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE names ${file}, which cannot be read: ${error.code}`);
  }
};

/**
 * @param {string} body
 * @returns {(Keys & {expiration: Date}) | undefined}
 */
const keysOf = (body) => {
  try {
    const { AccessKeyId, SecretAccessKey, Token, Expiration } = JSON.parse(body);
    if (!AccessKeyId || !SecretAccessKey) return undefined;
    return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token, expiration: new Date(Expiration) };
  } catch {
    return undefined;
  }
};

/** @param {string} detail */
const unusable = (detail) => new Trouble('CREDENTIALS', detail);

module.exports = { containerCredentials, forget };
