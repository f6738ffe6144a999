'use strict';

const { Failure, reasonOf } = require('./failure.js');

/**
 * @typedef {object} Settings
 * @property {string} config `custom.secretBaker` as JSON; only the core looks inside
 * @property {boolean} enabled
 * @property {string} [region]
 * @property {string} [endpoint] URL
 * @property {EnvSetting} [env] which secrets the launcher makes environment variables of
 *
 * @typedef {boolean | string[]} EnvOfFunction true: all that the function carries; else NAME, NAME=VARIABLE, and * for all others
 * @typedef {EnvOfFunction | Record<string, EnvOfFunction>} EnvSetting for all functions, or by the function's name
 */

const TYPES = /** @type {const} */ ({ enabled: 'boolean', region: 'string', endpoint: 'string' });
const HINT = `secretBakerOptions takes ${[...Object.keys(TYPES), 'env'].join(', ')}`;

/**
 * The user's settings. Call it in hooks only: in the constructor variables are not resolved.
 * @param {Record<string, any> | undefined} custom
 * @returns {Settings | undefined} undefined without `custom.secretBaker`: then there is nothing to do
 * @throws {Failure} SECRET_BAKER_CONFIG_INVALID
 */
const readSettings = (custom) => {
  if (custom?.secretBaker === undefined) return undefined;
  const options = custom.secretBakerOptions ?? {};
  checkOptions(options);
  const { region, endpoint, env } = options;
  return { config: asJson(custom.secretBaker), enabled: options.enabled ?? true, region, endpoint, ...(env && { env }) };
};

/**
 * A function's own list of secrets, each once. Whether they exist is the core's to say.
 * @param {string} name the function's
 * @param {unknown} value `functions.<name>.secretBaker`
 * @returns {string[] | undefined} undefined: all
 * @throws {Failure} SECRET_BAKER_CONFIG_INVALID
 */
const readOnly = (name, value) => {
  if (value === undefined || value === null) return undefined;
  if (isNames(value)) return [...new Set(value)];
  throw invalid(`functions.${name}.secretBaker: expected a list of names`, 'the names are those of custom.secretBaker');
};

/**
 * The framework checks the same by its schema, but in serverless 3 it only warns.
 * @param {unknown} options
 */
const checkOptions = (options) => {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw invalid('custom.secretBakerOptions: expected a map', HINT);
  }
  for (const [key, value] of Object.entries(options)) checkOption(key, value);
};

/**
 * @param {string} key
 * @param {unknown} value
 */
const checkOption = (key, value) => {
  const place = `custom.secretBakerOptions.${key}`;
  if (key === 'env') return checkEnv(place, value);
  if (!Object.hasOwn(TYPES, key)) throw invalid(`${place}: unknown key`, HINT);
  const type = TYPES[/** @type {keyof typeof TYPES} */ (key)];
  if (value === undefined || value === null) return;
  if (typeof value !== type || value === '') throw invalid(`${place}: expected a ${type}`);
};

/**
 * @param {string} place
 * @param {unknown} value
 */
const checkEnv = (place, value) => {
  const byFunction = typeof value === 'object' && value !== null && !Array.isArray(value);
  const settings = byFunction ? Object.entries(value) : [['', value ?? false]];
  for (const [name, setting] of settings) {
    if (typeof setting === 'boolean' || isNames(setting)) continue;
    const hint =
      'true stands for all that a function carries; a list has NAME, NAME=VARIABLE, and "*" for all that are not named; ' +
      'a map has one of these for each function';
    throw invalid(`${name ? `${place}.${name}` : place}: expected true, false or a list of names`, hint);
  }
};

/**
 * @param {unknown} value
 * @returns {value is string[]}
 */
const isNames = (value) => Array.isArray(value) && value.every((item) => typeof item === 'string');

/** @param {unknown} value */
const asJson = (value) => {
  const json = attemptJson(value);
  if (json === undefined) throw invalid(`custom.secretBaker: expected a list or a map, found a ${typeof value}`);
  return json;
};

/** @param {unknown} value */
const attemptJson = (value) => {
  try {
    return JSON.stringify(value);
  } catch (error) {
    const hint = 'only lists, maps and strings can be baked, and none may contain itself';
    throw invalid(`custom.secretBaker: cannot be written as JSON: ${reasonOf(error)}`, hint);
  }
};

/**
 * @param {string} message
 * @param {string} [hint]
 */
const invalid = (message, hint) => new Failure('SECRET_BAKER_CONFIG_INVALID', message, hint);

module.exports = { readOnly, readSettings };
