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
    if (!fits) throw explained(trouble('NOT_TEXT', 'no environment variable can have its name or value'), name);
  }
  for (const name of wanted) env[prefix + name] = values[name];
  return wanted.map((name) => prefix + name);
};

// With two parameters: Lambda takes a function of three for one that wants a callback.
/** @type {T.WithSecrets} */
exports.withSecrets =
  (handler, selection) =>
  async (event, context, ...rest) => {
    // A handler that streams its response gets the context after the stream.
    (typeof rest[0] === 'object' ? rest[0] : context).secrets = await all(selection);
    return handler(event, context, ...rest);
  };

/** @type {T.SecretsMiddleware} */
exports.secretsMiddleware = (selection) => ({
  before: async ({ context }) => {
    context.secrets = await all(selection);
  },
});
