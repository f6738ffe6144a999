'use strict';

const { trouble } = require('./error.js');
const { all, explained, names } = require('./vault.js');

/** @type {T.LoadEnv} */
exports.loadEnv = async ({ only, prefix = '', override } = {}) => {
  const { env } = process;
  const wanted = (only ?? names()).filter((name) => override || env[prefix + name] === undefined);
  const values = await all({ only: wanted });
  for (const name of wanted) {
    // The system would cut it off or drop it without a word.
    const fits = !/^$|[=\0]/.test(prefix + name) && !values[name]?.includes('\0');
    if (!fits) throw explained(trouble('NOT_A_VARIABLE', 'its name or its value holds what no variable can'), name);
  }
  for (const name of wanted) env[prefix + name] = values[name];
  return wanted.map((name) => prefix + name);
};

// With two parameters: newer runtimes refuse a function of three, for they take it for one that wants a callback.
/** @type {T.WithSecrets} */
exports.withSecrets =
  (handler, selection) =>
  async (event, context, ...rest) => {
    // A handler that streams its response gets the context after the stream.
    (typeof rest[0] === 'object' ? rest[0] : context).secrets = await all(selection);
    if (handler.length < 3 || typeof rest[0] !== 'function') return handler(event, context, ...rest);
    return new Promise((resolve, reject) => {
      handler(event, context, (/** @type {unknown} */ error, /** @type {unknown} */ result) =>
        error ? reject(error) : resolve(result),
      );
    });
  };

/** @type {T.SecretsMiddleware} */
exports.secretsMiddleware = (selection) => ({
  before: async ({ context }) => {
    context.secrets = await all(selection);
  },
});
