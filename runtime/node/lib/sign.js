'use strict';

const { createHash, createHmac } = process.getBuiltinModule('node:crypto');
const { trouble } = require('./error.js');
const { settings } = require('./settings.js');

/** @type {T.Sign} */
exports.sign = async (url, region, body, patience) => {
  const { accessKeyId, secretAccessKey, sessionToken = '' } = (await find(region, patience.left)) ?? {};
  // A line end would end the header, and one in a variable is a mistake that is seen often.
  if (!accessKeyId || !secretAccessKey || /[^\x21-\x7e]/.test(accessKeyId + secretAccessKey + sessionToken)) {
    throw trouble('CREDENTIALS', 'they are incomplete or contain white space');
  }
  const time = new Date().toISOString().replace(/[:-]|\.\d+/g, '');
  const scope = `${time.slice(0, 8)}/${region}/kms/aws4_request`;
  // In the order of the alphabet.
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    host: url.host,
    'x-amz-date': time,
    ...(sessionToken && { 'x-amz-security-token': sessionToken }),
    'x-amz-target': 'TrentService.Decrypt',
  };
  const names = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map((header) => header.join(':'));
  const request = ['POST', url.pathname, '', ...lines, '', names, sha256(body)].join('\n');
  const signature = hmac(keyFor(secretAccessKey, scope), `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(request)}`).toString(
    'hex',
  );
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...headers, authorization, 'user-agent': 'secret-baker-node/1.0.0' };
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

/** @type {T.Find} */
const find = (region, timeout) => {
  const { credentials: configured } = settings();
  if (typeof configured === 'function') return ask('configure()', configured, timeout);
  if (configured) return configured;
  const { env } = process;
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = env;
  if (accessKeyId && secretAccessKey) return { accessKeyId, secretAccessKey, sessionToken };
  if (env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI || env.AWS_CONTAINER_CREDENTIALS_FULL_URI) {
    return require('./credentials.js').containerCredentials(timeout);
  }
  if (env.AWS_LAMBDA_RUNTIME_API) throw trouble('CREDENTIALS', 'the environment has none');
  return ask("the AWS SDK's chain", require('./credentials.js').sdkChain(region), timeout);
};

// Nobody else's code outlasts the call.
/** @type {T.Ask} */
const ask = async (who, provider, timeout) => {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(reject, timeout, new Error('no answer in time'));
  });
  try {
    return /** @type {any} */ (await Promise.race([provider(), late]));
  } catch (/** @type {any} */ error) {
    throw trouble('CREDENTIALS', `${who}: ${error?.message ?? error}`);
  } finally {
    clearTimeout(timer);
  }
};
