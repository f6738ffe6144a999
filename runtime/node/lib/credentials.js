'use strict';

const { settings } = require('./settings.js');
const { Trouble } = require('./trouble.js');

/** @import { Keys } from '../index.js' */
/** @import { Patience } from './patience.js' */

/**
 * The credentials of this moment: configured ones, those of the environment, those of the container (SnapStart, ECS), and outside
 * Lambda those that an installed AWS SDK finds. To be asked before each attempt, since they change under a running process.
 * @param {Patience} patience
 * @param {string} region for the SDK
 * @returns {Promise<Keys>}
 * @throws {Trouble} CREDENTIALS
 */
const credentials = async (patience, region) => {
  const keys = await found(patience, region);
  for (const text of [keys.accessKeyId, keys.secretAccessKey, keys.sessionToken ?? '-']) {
    // Node would refuse the header, and a line end in a variable is a mistake that is seen often.
    if (typeof text !== 'string' || !/^[\x21-\x7e]+$/.test(text)) throw unusable('they are incomplete or contain white space');
  }
  return keys;
};

/**
 * @param {Patience} patience
 * @param {string} region
 */
const found = async (patience, region) => {
  const { credentials: configured } = settings();
  if (typeof configured === 'function') return ask(configured, patience, '`credentials` of configure()');
  if (configured !== undefined) return configured;
  const { env } = process;
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = env;
  if (accessKeyId && secretAccessKey) return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
  if (env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI || env.AWS_CONTAINER_CREDENTIALS_FULL_URI) {
    return require('./container-credentials.js').containerCredentials(patience);
  }
  if (env.AWS_LAMBDA_RUNTIME_API) throw unusable('the environment has none');
  return ask(require('./sdk-credentials.js').sdkChain(region), patience, "the AWS SDK's chain");
};

/**
 * Lets nobody else's code outlast the call.
 * @param {() => Keys | Promise<Keys>} provider
 * @param {Patience} patience
 * @param {string} who
 * @returns {Promise<Keys>}
 */
const ask = async (provider, patience, who) => {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), patience.left);
  });
  try {
    return /** @type {Keys} */ (await Promise.race([provider(), late])) ?? {};
  } catch (/** @type {any} */ error) {
    throw unusable(`${who}: ${error?.message ?? error}`);
  } finally {
    clearTimeout(timer);
  }
};

/** @param {string} detail */
const unusable = (detail) => new Trouble('CREDENTIALS', detail);

module.exports = { credentials };
