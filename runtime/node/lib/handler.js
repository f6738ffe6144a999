'use strict';

const { all } = require('./vault.js');

/** @import { Selection } from '../index.js' */

/**
 * @param {(...args: any[]) => unknown} handler
 * @param {Selection} [selection]
 * @returns {(event: any, context: any, ...rest: any[]) => Promise<any>}
 */
const withSecrets = (handler, selection) => {
  if (typeof handler !== 'function') throw new TypeError('withSecrets: the handler must be a function');
  // Two parameters: Lambda takes a function of three for one that wants a callback.
  return async (/** @type {any} */ event, /** @type {any} */ context, /** @type {any[]} */ ...rest) => {
    const args = [event, context ?? {}, ...rest];
    // A handler that streams its response gets the context after the stream.
    const its = typeof rest[0] === 'object' && rest[0] !== null ? rest[0] : args[1];
    its.secrets = await all(selection);
    return call(handler, args);
  };
};

/**
 * Also a handler that answers by a callback.
 * @param {(...args: any[]) => unknown} handler
 * @param {any[]} args
 */
const call = (handler, args) => {
  if (handler.length < 3 || typeof args[2] !== 'function') return handler(...args);
  return new Promise((resolve, reject) => {
    const callback = (/** @type {unknown} */ error, /** @type {unknown} */ value) => (error ? reject(error) : resolve(value));
    const result = /** @type {any} */ (handler(args[0], args[1], callback, ...args.slice(3)));
    if (typeof result?.then === 'function') result.then(resolve, reject);
  });
};

/** @param {Selection} [selection] */
const secretsMiddleware = (selection) => ({
  before: async (/** @type {{context: any}} */ request) => {
    request.context.secrets = await all(selection);
  },
});

module.exports = { secretsMiddleware, withSecrets };
