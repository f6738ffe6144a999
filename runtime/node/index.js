'use strict';

// What a cold start does not need, it does not load.
const { SecretBakerError } = require('./lib/error.js');

/** @type {typeof import('./lib/vault.js') | undefined} */
let loaded;
const vault = () => {
  loaded ??= require('./lib/vault.js');
  return loaded;
};

/** @type {T.WithSecrets} */
const withSecrets = (handler, selection) => require('./lib/handler.js').withSecrets(handler, selection);

/** @type {T.Baker} */
const api = {
  SecretBakerError,
  configure: (changes) => {
    require('./lib/settings.js').configure(changes);
    if ('file' in changes) vault().forget();
  },
  loadEnv: (options) => require('./lib/environment.js').loadEnv(options),
  secret: (name, options) => vault().text(name, options),
  secretBytes: (name, options) => vault().bytes(name, options),
  secrets: (selection) => vault().all(selection),
  secretsMiddleware: (selection) => require('./lib/handler.js').secretsMiddleware(selection),
  withSecrets,
};

module.exports = api;
