'use strict';

const { Failure, reasonOf } = require('./failure.js');
const { shownKey } = require('./shown.js');
const { misspelt } = require('./spelling.js');

/**
 * @typedef {object} Settings
 * @property {string} config `custom.secretBaker` as JSON; only the core looks inside
 * @property {boolean} enabled
 * @property {string} [region]
 * @property {string} [endpoint] URL
 * @property {boolean} [allowInsecureEndpoint] plain HTTP beyond loopback
 * @property {EnvSetting} [env] which secrets the launcher makes environment variables of
 * @property {string[]} [default] what a function without a list of its own carries; absent: all
 * @property {boolean} [check] a preflight before each deployment
 * @property {boolean} [iam] whether the functions' roles get what they need
 * @property {boolean} [frozen] whether a bake fails rather than change the lock; absent: it does where CI is set
 * @property {string} [local] the file that has the values where handlers run on this machine
 *
 * @typedef {boolean | string[]} EnvOfFunction true: all that the function carries; else NAME, NAME=VARIABLE, and * for all others
 * @typedef {EnvOfFunction | Record<string, EnvOfFunction>} EnvSetting for all functions, or by the function's name
 *
 * @typedef {(value: unknown, place: string) => Failure[]} Check
 */

const OPTIONS = 'custom.secretBakerOptions';

/**
 * The user's settings. Call it in hooks only: in the constructor variables are not resolved.
 * @param {Record<string, any> | null | undefined} custom
 * @returns {Settings | undefined} undefined without `custom.secretBaker`: then there is nothing to do
 * @throws {Failure} SECRET_BAKER_CONFIG_INVALID with every mistake
 */
const readSettings = (custom) => {
  if (custom?.secretBaker === undefined) {
    Failure.throwAll(misspelt(custom, 'secretBaker', 'custom'));
    return undefined;
  }
  // What is blank may have been meant to narrow, as `${self:custom.typo, null}`.
  const { secretBakerOptions: options = {} } = custom;
  Failure.throwAll([...misspelt(custom, 'secretBakerOptions', 'custom'), ...mistakesOf(options)]);
  const { region, endpoint, env, local } = options;
  return {
    config: asJson(custom.secretBaker),
    enabled: flag(options.enabled) ?? true,
    region,
    endpoint,
    ...(flag(options.allowInsecureEndpoint) && { allowInsecureEndpoint: true }),
    ...(env && { env }),
    ...(Object.hasOwn(options, 'default') && { default: options.default }),
    ...(flag(options.iam) && { iam: true }),
    ...(local && { local }),
    ...(flag(options.check) && { check: true }),
    ...(flag(options.frozen) !== undefined && { frozen: flag(options.frozen) }),
  };
};

/**
 * @param {Record<string, any> | undefined} custom
 * @returns {Settings | undefined} undefined for what `readSettings` refuses, too
 */
const settingsIfRight = (custom) => {
  try {
    return readSettings(custom);
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
};

/**
 * A function's own list of secrets. Whether they exist is the core's to say.
 * @param {string} name the function's
 * @param {import('./framework.js').ServerlessFunction} own
 * @param {Failure[]} mistakes added to
 * @returns {string[] | undefined} undefined: the function has no list of its own
 */
const readOnly = (name, own, mistakes) => {
  const place = `functions.${shownKey(name)}`;
  const isSet = Object.hasOwn(own, 'secretBaker');
  const found = isSet ? checkNames(own.secretBaker, `${place}.secretBaker`) : misspelt(own, 'secretBaker', place);
  mistakes.push(...found);
  return isSet && isNames(own.secretBaker) ? own.secretBaker : undefined;
};

/**
 * What is set and does nothing.
 * @param {Record<string, any> | null | undefined} custom
 * @param {Record<string, any> | undefined} functions
 * @returns {string[]} places
 */
const idleSettings = (custom, functions = {}) => [
  ...(custom?.secretBakerOptions == null ? [] : [OPTIONS]),
  ...Object.entries(functions).flatMap(([name, own]) =>
    own && Object.hasOwn(own, 'secretBaker') ? [`functions.${shownKey(name)}.secretBaker`] : [],
  ),
];

/**
 * @param {unknown} options
 * @returns {Failure[]}
 */
const mistakesOf = (options) => {
  if (!isMap(options)) return [invalid(`${OPTIONS}: expected a map`, HINT)];
  return Object.entries(options).flatMap(([key, value]) => {
    const place = `${OPTIONS}.${shownKey(key)}`;
    const check = Object.hasOwn(CHECKS, key) ? CHECKS[key] : undefined;
    return check ? check(value, place) : [invalid(`${place}: unknown key`, HINT)];
  });
};

/** @type {Check} */
const checkFlag = (value, place) => (flag(value) === undefined ? [invalid(`${place}: expected true or false`)] : []);

/** @type {Check} the text itself may have come out of a variable, and is not repeated */
const checkRegion = (value, place) => {
  if (value == null || isRegion(value)) return [];
  return [invalid(`${place}: expected the name of a region`, 'such as eu-central-1')];
};

/** @type {Check} an address may hold a password, and is not repeated */
const checkEndpoint = (value, place) => {
  if (value == null || isAddress(value)) return [];
  return [invalid(`${place}: expected a URL`, 'such as https://ssm.eu-central-1.amazonaws.com')];
};

/** @type {Check} */
const checkEnv = (value, place) => {
  /** @type {[string, unknown][]} */
  const settings = isMap(value) ? Object.entries(value) : [['', value ?? false]];
  return settings.flatMap(([name, setting]) => {
    if (typeof setting === 'boolean' || isNames(setting)) return [];
    const where = name ? `${place}.${shownKey(name)}` : place;
    return [invalid(`${where}: expected true, false or a list of names`, ENV_HINT)];
  });
};

/** @type {Check} what narrows is either a list or an error: never all */
const checkNames = (value, place) => {
  if (isNames(value)) return [];
  const found = value == null ? 'it is empty: ' : '';
  return [invalid(`${place}: ${found}expected a list of names`, NAMES_HINT)];
};

/** @type {Check} a stage may have none */
const checkLocal = (value, place) => {
  if (value == null || value === false || (typeof value === 'string' && value.trim() !== '')) return [];
  return [invalid(`${place}: expected the path of a file`, 'for a stage without one: null or false')];
};

/** @type {Record<string, Check>} */
const CHECKS = {
  enabled: checkFlag,
  region: checkRegion,
  endpoint: checkEndpoint,
  allowInsecureEndpoint: checkFlag,
  env: checkEnv,
  default: checkNames,
  local: checkLocal,
  check: checkFlag,
  iam: checkFlag,
  frozen: checkFlag,
};

const HINT = `secretBakerOptions takes ${Object.keys(CHECKS).join(', ')}`;
const NAMES_HINT = 'the names are those of custom.secretBaker, [] is for none; for all of them leave the key out';
const ENV_HINT =
  'true stands for all that a function carries; a list has NAME, NAME=VARIABLE, and "*" for all that are not named; ' +
  'a map has one of these for each function';

/** @param {unknown} value */
const isRegion = (value) => {
  // Read where a region is set, and not by every command.
  const { patterns } = require('../runtime/contract.json');
  return typeof value === 'string' && new RegExp(patterns.region).test(value);
};

/** @param {unknown} value */
const isAddress = (value) =>
  typeof value === 'string' && URL.canParse(value) && ['http:', 'https:'].includes(new URL(value).protocol);

/**
 * What comes out of a variable, such as `${env:BAKE}`, is a text.
 * @param {unknown} value
 * @returns {boolean | undefined} undefined for anything else
 */
const flag = (value) => {
  if (typeof value === 'boolean') return value;
  return value === 'true' || value === 'false' ? value === 'true' : undefined;
};

/**
 * @param {unknown} value
 * @returns {value is string[]}
 */
const isNames = (value) => Array.isArray(value) && value.every((item) => typeof item === 'string');

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
const isMap = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

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

module.exports = { idleSettings, readOnly, readSettings, settingsIfRight };
