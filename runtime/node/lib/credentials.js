'use strict';

const { trouble } = require('./error.js');
const { settings } = require('./settings.js');

/** @type {T.Credentials} */
const credentials = async (region, timeout) => {
  const keys = await find(region, timeout);
  for (const text of [keys?.accessKeyId, keys?.secretAccessKey, keys?.sessionToken ?? '-']) {
    // Node would refuse the header, and a line end in a variable is a mistake that is seen often.
    if (!/^[\x21-\x7e]+$/.test(text ?? '')) throw trouble('CREDENTIALS', 'they are incomplete or contain white space');
  }
  return keys;
};

/** @type {T.Credentials} */
const find = async (region, timeout) => {
  const { credentials: configured } = settings();
  if (typeof configured === 'function') return ask('configure()', configured, timeout);
  if (configured) return configured;
  const { env } = process;
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = env;
  if (accessKeyId && secretAccessKey) return { accessKeyId, secretAccessKey, sessionToken };
  if (env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI || env.AWS_CONTAINER_CREDENTIALS_FULL_URI) {
    return require('./container-credentials.js').containerCredentials(timeout);
  }
  if (env.AWS_LAMBDA_RUNTIME_API) throw trouble('CREDENTIALS', 'the environment has none');
  return ask("the AWS SDK's chain", require('./sdk-credentials.js').sdkChain(region), timeout);
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

module.exports = { credentials };
