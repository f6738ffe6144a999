'use strict';

const { keysOf } = require('./variable-text.js');

// `${secretBaker:NAME}`, also as the fallback of another variable.
const SEALED = /(?:\$\{|,)\s*secretBaker\s*[:(]/;
// What goes on with a variable, as in `self:custom.${sls:stage}`, leads where nobody can tell.
const SELF = /\bself:\s*([\w./-]*)(?![\w./-]*\$\{)/g;

/**
 * Where a part of the config waits for a sealed secret, itself or by what it refers to. The framework sees most circles; not one that
 * closes at a variable which it asks the plugin for just now: then it waits for ever.
 * @param {unknown} config what is not resolved yet stands there as it was written
 * @param {string[]} keys of the part
 * @param {Set<string>} [seen]
 * @returns {string | undefined} such as `custom.db`
 */
const waitsForSecret = (config, keys, seen = new Set()) => {
  const place = keys.join('.');
  if (seen.has(place)) return undefined;
  seen.add(place);
  const value = keys.reduce((owner, key) => /** @type {any} */ (owner)?.[key], config);
  if (typeof value === 'object' && value !== null) {
    return firstOf(Object.keys(value), (key) => waitsForSecret(config, [...keys, key], seen));
  }
  if (typeof value !== 'string') return undefined;
  if (SEALED.test(value)) return place;
  return firstOf([...value.matchAll(SELF)], ([, address = '']) => waitsForSecret(config, keysOf(address), seen));
};

/**
 * @template T
 * @param {T[]} items
 * @param {(item: T) => string | undefined} find
 */
const firstOf = (items, find) => {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
};

module.exports = { waitsForSecret };
