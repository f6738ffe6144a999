'use strict';

const { trouble } = require('./error.js');
const { optionsOf } = require('./selection.js');
const { typeOf } = require('./settings.js');
const { all, explained, names } = require('./vault.js');

/** @type {typeof import('../index.js').loadEnv} */
exports.loadEnv = async (options) => {
  const { only, prefix = '', override } = optionsOf('loadEnv', options, ['only', 'prefix', 'override']);
  const { env } = process;
  const chosen = [...new Set(only ?? names())];
  const { refusedVariable } = require('./variables.js');
  refuse(chosen, (name) => refusedVariable(prefix + name, only !== undefined));
  const wanted = chosen.filter((name) => override || env[prefix + name] === undefined);
  const values = await all({ only: wanted });
  refuse(wanted, (name) => (values[name]?.includes('\0') ? trouble('NOT_A_VARIABLE', 'its value holds NUL') : undefined));
  for (const name of wanted) env[prefix + name] = values[name];
  return wanted.map((name) => prefix + name);
};

/**
 * Throws SecretBakerError for all of those that there is a reason against: all of them or none.
 * @param {string[]} wanted
 * @param {(name: string) => import('./error.js').Trouble | undefined} why
 */
const refuse = (wanted, why) => {
  const errors = wanted.flatMap((name) => {
    const found = why(name);
    return found ? [explained(found, name)] : [];
  });
  if (errors.length > 0) throw require('./sentences.js').allOf(errors, wanted.length);
};

/**
 * @param {(...args: any[]) => unknown} handler
 * @param {import('../index.js').Selection} [selection]
 * @returns {(event: any, context: any, ...rest: any[]) => Promise<any>}
 */
exports.withSecrets = (handler, selection) => {
  if (typeof handler !== 'function') throw new TypeError(`withSecrets: the handler must be a function, not ${typeOf(handler)}`);
  optionsOf('withSecrets', selection);
  // With two parameters: newer runtimes refuse a function of three, for they take it for one that wants a callback.
  const given = async (/** @type {any} */ event, /** @type {any} */ context, /** @type {any[]} */ ...rest) => {
    const secrets = await all(selection);
    // A handler that streams its response gets the context after the stream.
    if (typeof context?.write === 'function') {
      const [own, ...others] = rest;
      return handler(event, context, withThem(own, secrets), ...others);
    }
    const own = withThem(context, secrets);
    const callback = typeof rest[0] === 'function' || (rest[0] === undefined && handler.length > 2);
    return callback ? answered(handler, event, own) : handler(event, own, ...rest);
  };
  // By these the runtime knows that it streams.
  const marks = Object.getOwnPropertySymbols(handler).map((mark) => [mark, Object.getOwnPropertyDescriptor(handler, mark)]);
  return Object.defineProperties(given, Object.fromEntries(marks));
};

/** @param {any} context @param {import('../index.js').Secrets} secrets */
const withThem = (context, secrets) => Object.assign(context ?? {}, { secrets });

/**
 * By a promise, as soon as it settles; else by the callback, as Lambda does. Who declares no place for that one has answered by returning.
 * @param {(...args: any[]) => any} handler
 * @param {unknown} event
 * @param {unknown} context
 */
const answered = (handler, event, context) =>
  new Promise((resolve, reject) => {
    const returned = handler(event, context, (/** @type {unknown} */ error, /** @type {unknown} */ result) =>
      error ? reject(error) : resolve(result),
    );
    const isDone = typeof returned?.then === 'function' || handler.length === 1 || handler.length === 2;
    if (isDone) resolve(returned);
  });

/** @param {import('../index.js').Selection} [selection] @returns {{before: (request: {context: any}) => Promise<void>}} */
exports.secretsMiddleware = (selection) => {
  optionsOf('secretsMiddleware', selection);
  return {
    before: async (request) => {
      request.context = withThem(request.context, await all(selection));
    },
  };
};
