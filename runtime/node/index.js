'use strict';

// What a cold start does not need, it does not load.
const { SecretBakerError } = require('./lib/error.js');

if (!process.getBuiltinModule) {
  throw new Error(
    `secret-baker needs Node.js 20.16, 22.3 or newer, and this is ${process.version}: choose a newer runtime, such as nodejs22.x`,
  );
}

/** @type {typeof import('./lib/vault.js') | undefined} */
let loaded;
const vault = () => {
  loaded ??= require('./lib/vault.js');
  return loaded;
};

/** @type {typeof import('./index.js')} */
module.exports = {
  SecretBakerError,
  configure: (changes) => {
    require('./lib/settings.js').configure(changes);
    if ('file' in changes) vault().forget();
  },
  loadEnv: (options) => require('./lib/handover.js').loadEnv(options),
  secret: (name, options) => vault().text(name, options),
  secretBytes: (name, options) => vault().bytes(name, options),
  secretBytesFromEnv: (variable, options) => vault().bytesFromEnv(variable, options),
  secretFromEnv: (variable, options) => vault().textFromEnv(variable, options),
  secrets: (selection) => vault().all(selection),
  secretsMiddleware: (selection) => require('./lib/handover.js').secretsMiddleware(selection),
  withSecrets: (/** @type {[any, any]} */ ...args) => require('./lib/handover.js').withSecrets(...args),
};
