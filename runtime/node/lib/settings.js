'use strict';

const { limits } = require('./contract.js');

const DEFAULTS = { timeout: limits.budgetMs, attemptTimeout: limits.attemptMs, connectTimeout: limits.connectMs };

const text = (/** @type {unknown} */ value) => typeof value === 'string' && value !== '';
const time = (/** @type {unknown} */ value) => typeof value === 'number' && value > 0 && value < 2 ** 31;
/** @type {Record<string, [(value: any) => boolean, string]>} */
const KINDS = {
  file: [text, 'a path'],
  endpoint: [text, 'a URL'],
  credentials: [(value) => typeof value === 'function' || (typeof value === 'object' && value !== null), 'keys or a function'],
  agent: [(value) => typeof value?.addRequest === 'function', 'an agent of node:https or node:http'],
  allowInsecureEndpoint: [(value) => typeof value === 'boolean', 'true or false'],
  timeout: [time, 'a number of milliseconds'],
  attemptTimeout: [time, 'a number of milliseconds'],
  connectTimeout: [time, 'a number of milliseconds'],
};

/**
 * What `configure` was given, and the times that it was not.
 * @typedef {Partial<import('../index.js').Configuration> & typeof DEFAULTS} Settings
 */

/** @type {Settings} */
let current = DEFAULTS;

exports.settings = () => current;

/** Throws TypeError, in words, before anything has changed. @param {any} changes */
exports.configure = (changes) => {
  if (typeof changes !== 'object' || changes === null) throw new TypeError(`configure: takes an object, not ${typeOf(changes)}`);
  for (const [key, value] of Object.entries(changes)) {
    const [fits, what] = (Object.hasOwn(KINDS, key) && KINDS[key]) || [];
    if (!fits) throw new TypeError(`configure: unknown key \`${key}\`; there are ${Object.keys(KINDS).join(', ')}`);
    if (value !== undefined && !fits(value)) throw new TypeError(`configure: \`${key}\` must be ${what}, not ${typeOf(value)}`);
  }
  const given = Object.entries({ ...current, ...changes }).filter(([, value]) => value !== undefined);
  current = { ...DEFAULTS, ...Object.fromEntries(given) };
};

// Never the value: it may be a key.
/** @param {unknown} value */
const typeOf = (value) => {
  if (value === null || value === undefined) return `${value}`;
  if (value === '') return 'an empty string';
  if (typeof value === 'number') return `${value}`;
  return `${Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`}`;
};
exports.typeOf = typeOf;
