'use strict';

const { all } = require('./vault.js');

// With two parameters: Lambda takes a function of three for one that wants a callback.
/** @type {T.WithSecrets} */
const withSecrets =
  (handler, selection) =>
  async (event, context, ...rest) => {
    // A handler that streams its response gets the context after the stream.
    (typeof rest[0] === 'object' ? rest[0] : context).secrets = await all(selection);
    return handler(event, context, ...rest);
  };

/** @type {T.SecretsMiddleware} */
const secretsMiddleware = (selection) => ({
  before: async ({ context }) => {
    context.secrets = await all(selection);
  },
});

module.exports = { secretsMiddleware, withSecrets };
