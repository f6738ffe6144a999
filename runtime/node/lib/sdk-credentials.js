'use strict';

const { modules, path } = require('./builtin.js');
const { trouble } = require('./error.js');

/** @type {ReturnType<T.SdkChain> | undefined} */
let chain;

/** @type {T.SdkChain} */
const sdkChain = (region) => {
  const init = { clientConfig: { region } };
  chain ??= installed('credential-providers')?.fromNodeProviderChain(init);
  chain ??= installed('credential-provider-node')?.defaultProvider(init);
  if (chain) return chain;
  throw trouble(
    'CREDENTIALS',
    'neither the environment nor a container has any, and @aws-sdk/credential-providers is not installed',
  );
};

// Beside this package, beside the program and in the working folder. Never by a literal: a bundler would pack the whole SDK.
/** @param {string} name */
const installed = (name) => {
  for (const base of [typeof __filename === 'string' ? __filename : '_', process.argv[1] ?? '_', '_']) {
    try {
      return modules().createRequire(path().resolve(base))(`@aws-sdk/${name}`);
    } catch (/** @type {any} */ { code, message }) {
      if (code !== 'MODULE_NOT_FOUND') throw trouble('CREDENTIALS', `@aws-sdk/${name} cannot be loaded: ${message}`);
    }
  }
};

module.exports = { sdkChain };
