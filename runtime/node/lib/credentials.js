'use strict';

const { parseJson } = require('./decode.js');
const { trouble } = require('./error.js');
const { exchange } = require('./http.js');

const EARLY_MS = 5 * 60_000;
// Where plain HTTP may take the token; the SDKs allow the same.
const LOCAL = /^(localhost|127(\.\d+){3}|\[::1\]|169\.254\.170\.(2|23)|\[fd00:ec2::23\])$/;

/** @type {Promise<T.Keys>} */
let kept;
let until = 0;
/** @type {ReturnType<T.SdkChain> | undefined} */
let chain;

/** @type {T.ContainerCredentials} */
exports.containerCredentials = (timeout) => {
  if (Date.now() >= until) {
    until = Number.POSITIVE_INFINITY;
    kept = fetchKeys(timeout).catch((error) => {
      until = 0;
      throw error;
    });
  }
  return kept;
};

// Says whether there were any.
exports.forget = () => {
  const had = until > 0;
  until = 0;
  return had;
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
  const text = (file ? readToken(file) : token)?.trim();
  if (text && /[^ -~]/.test(text))
    throw trouble('CREDENTIALS', 'the AWS_CONTAINER_AUTHORIZATION_TOKEN holds a line end or the like');
  return text ? { authorization: text } : {};
};

/** @param {string} file */
const readToken = (file) => {
  try {
    return process.getBuiltinModule('node:fs').readFileSync(file, 'utf8');
  } catch (/** @type {any} */ { code }) {
    throw trouble('CREDENTIALS', `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: ${code}`);
  }
};

/** @type {T.SdkChain} */
exports.sdkChain = (region) => {
  const init = { clientConfig: { region } };
  chain ??= installed('credential-providers')?.fromNodeProviderChain(init);
  chain ??= installed('credential-provider-node')?.defaultProvider(init);
  if (chain) return chain;
  throw trouble('CREDENTIALS', 'the environment has none, and @aws-sdk/credential-providers is not installed');
};

// Beside this package, the program and in the working folder. Never by a literal: a bundler would pack the whole SDK.
/** @param {string} name */
const installed = (name) => {
  const { createRequire } = process.getBuiltinModule('node:module');
  const { resolve } = process.getBuiltinModule('node:path');
  for (const base of [typeof __filename === 'string' && __filename, process.argv[1], '_']) {
    try {
      return createRequire(resolve(base || '_'))(`@aws-sdk/${name}`);
    } catch (/** @type {any} */ { code, message }) {
      if (code !== 'MODULE_NOT_FOUND') throw trouble('CREDENTIALS', `@aws-sdk/${name} cannot be loaded: ${message}`);
    }
  }
};
