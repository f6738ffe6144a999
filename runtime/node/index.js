'use strict';

// Everything but the error loads when it is first called: what a cold start does not need, it does not read.

/** @import { Selection } from './index.js' */

const { SecretBakerError } = require('./lib/error.js');

/** @type {typeof import('./lib/vault.js') | undefined} */
let loaded;
const vault = () => {
  loaded ??= require('./lib/vault.js');
  return loaded;
};

/** @type {typeof import('./index.d.ts')} */
const api = {
  SecretBakerError,
  configure: (changes) => {
    require('./lib/settings.js').configure(changes);
    if (Object.hasOwn(changes, 'file')) vault().forget();
  },
  loadEnv: (options) => require('./lib/environment.js').loadEnv(options),
  secret: (name, options) => vault().text(name, options),
  secretBytes: (name, options) => vault().bytes(name, options),
  secrets: (selection) => vault().all(selection),
  secretsMiddleware: (selection) => require('./lib/handler.js').secretsMiddleware(selection),
  withSecrets: (/** @type {(...args: any[]) => unknown} */ handler, /** @type {Selection | undefined} */ selection) =>
    require('./lib/handler.js').withSecrets(handler, selection),
};

module.exports = api;
