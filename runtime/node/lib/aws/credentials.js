'use strict';

const { trouble } = require('../error.js');
const { settings } = require('../settings.js');

/**
 * @typedef {import('../../index.js').Keys} Keys
 * @typedef {import('../patience.js').Patience} Patience
 */

const PARTS = /** @type {const} */ ([
  ['accessKeyId', 'the access key ID'],
  ['secretAccessKey', 'the secret access key'],
  ['sessionToken', 'the session token'],
]);

/**
 * The credentials of this moment: configured ones, those of the environment, those of the container (SnapStart, ECS), and outside Lambda
 * those that an installed AWS SDK finds. Throws Trouble CREDENTIALS.
 * @param {string} region
 * @param {Patience} patience
 * @returns {Promise<Keys>}
 */
exports.findCredentials = async (region, patience) => {
  const { credentials: configured } = settings();
  if (configured) {
    const given = typeof configured === 'function' ? ask('configure()', configured, patience) : configured;
    return checked('configure()', await given);
  }
  const { env } = process;
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = env;
  if (accessKeyId || secretAccessKey) return checked('the environment', { accessKeyId, secretAccessKey, sessionToken });
  if (env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI || env.AWS_CONTAINER_CREDENTIALS_FULL_URI) {
    const { containerCredentials } = require('./container.js');
    // Fetched once for all: whoever began may have had more time.
    const kept = await patience.within(containerCredentials(patience), () => trouble('CREDENTIALS', 'no answer in time'));
    return checked('the container', kept);
  }
  if (env.AWS_LAMBDA_RUNTIME_API) throw trouble('CREDENTIALS', 'the environment has none');
  return checked("the AWS SDK's chain", await ask("the AWS SDK's chain", () => require('./sdk.js').sdkChain(region)(), patience));
};

// Named, never shown. A line end would end the header, and one in a variable is a mistake that is seen often.
/** @param {string} who @param {any} given @returns {Keys} */
const checked = (who, given) => {
  const keys = typeof given === 'object' && given !== null ? given : {};
  if (!keys.accessKeyId || !keys.secretAccessKey) {
    const missing = PARTS.slice(0, 2).flatMap(([part, name]) => (keys[part] ? [] : [name]));
    throw trouble('CREDENTIALS', `${who} gives no ${missing.join(' and no ').replace(/the /g, '')}`, { hint: 'incomplete' });
  }
  for (const [part, name] of PARTS) {
    if (isClean(keys[part] || '')) continue;
    throw trouble('CREDENTIALS', `${name} of ${who} holds white space or what is no printable ASCII`, { hint: 'malformed' });
  }
  return { accessKeyId: keys.accessKeyId, secretAccessKey: keys.secretAccessKey, sessionToken: keys.sessionToken || undefined };
};

/** @param {unknown} part */
const isClean = (part) => typeof part === 'string' && /^[\x21-\x7e]*$/.test(part);

/** @param {string} who @param {() => Keys | Promise<Keys>} provider @param {Patience} patience @returns {Promise<unknown>} */
const ask = async (who, provider, patience) => {
  try {
    return await patience.within((async () => provider())(), () => new Error('no answer in time'));
  } catch (/** @type {any} */ error) {
    if (error?.kind) throw error;
    throw trouble('CREDENTIALS', `${who}: ${require('../shown.js').shown(error?.message ?? error)}`);
  }
};
