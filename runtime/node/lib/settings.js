'use strict';

/** @import { Configuration } from '../index.js' */

const isText = (/** @type {unknown} */ value) => typeof value === 'string' && value !== '';
const isDuration = (/** @type {unknown} */ value) => Number.isFinite(value) && Number(value) > 0;
const isAgent = (/** @type {any} */ value) => typeof value?.addRequest === 'function';
const isCredentials = (/** @type {any} */ value) =>
  typeof value === 'function' || (isText(value?.accessKeyId) && isText(value?.secretAccessKey));

/** @type {Record<string, [(value: unknown) => boolean, string]>} */
const KEYS = {
  file: [isText, 'the path of the bundle'],
  endpoint: [isText, 'the URL of a KMS'],
  credentials: [isCredentials, 'an object with accessKeyId and secretAccessKey, or a function that returns one'],
  agent: [isAgent, 'an agent of node:https or node:http'],
  timeout: [isDuration, 'a number of milliseconds'],
  attemptTimeout: [isDuration, 'a number of milliseconds'],
  connectTimeout: [isDuration, 'a number of milliseconds'],
};

/** @type {Configuration & {timeout: number, attemptTimeout: number, connectTimeout: number}} */
const DEFAULTS = { timeout: 10_000, attemptTimeout: 3_000, connectTimeout: 1_000 };

let current = DEFAULTS;

/** What is in force now. */
const settings = () => current;

/**
 * Changes what the next calls use. `undefined` puts a default back; a key that is not named stays.
 * @param {Configuration} changes
 * @throws {TypeError} for a key that is not known and a value that does not fit; then nothing changes
 */
const configure = (changes) => {
  if (typeof changes !== 'object' || changes === null) throw new TypeError('configure: expected an object');
  for (const [key, value] of Object.entries(changes)) check(key, value);
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  const kept = Object.entries(current).filter(([key]) => !Object.hasOwn(changes, key));
  current = { ...DEFAULTS, ...Object.fromEntries([...kept, ...given]) };
};

/**
 * @param {string} key
 * @param {unknown} value
 */
const check = (key, value) => {
  const rule = Object.hasOwn(KEYS, key) ? KEYS[key] : undefined;
  if (rule === undefined) throw new TypeError(`configure: unknown key \`${key}\`; there are ${Object.keys(KEYS).join(', ')}`);
  if (value !== undefined && !rule[0](value)) throw new TypeError(`configure: \`${key}\` must be ${rule[1]}`);
};

module.exports = { configure, settings };
