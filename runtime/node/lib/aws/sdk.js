'use strict';

const { trouble } = require('../error.js');
const { shown } = require('../shown.js');

/** @type {(() => Promise<import('../../index.js').Keys>) | undefined} */
let chain;

/**
 * The default chain of an installed AWS SDK. It keeps and renews what it finds by itself; roles are assumed in the region. Throws Trouble
 * CREDENTIALS.
 * @param {string} region
 */
exports.sdkChain = (region) => {
  const init = { clientConfig: { region } };
  chain ??= installed('credential-providers')?.fromNodeProviderChain(init);
  chain ??= installed('credential-provider-node')?.defaultProvider(init);
  if (chain) return chain;
  const none =
    'the environment has none, and @aws-sdk/credential-providers, which looks for profiles and roles, is not installed';
  throw trouble('CREDENTIALS', none);
};

// Beside this package, the program and in the working folder. Never by a literal: a bundler would pack the whole SDK.
/** @param {string} name */
const installed = (name) => {
  const { createRequire } = process.getBuiltinModule('node:module');
  const { resolve } = process.getBuiltinModule('node:path');
  for (const base of [typeof __filename === 'string' && __filename, process.argv[1], '_']) {
    try {
      return createRequire(resolve(base || '_'))(`@aws-sdk/${name}`);
    } catch (/** @type {any} */ error) {
      if (error?.code === 'MODULE_NOT_FOUND' || error?.syscall === 'uv_cwd') continue;
      throw trouble('CREDENTIALS', `@aws-sdk/${name} cannot be loaded: ${shown(error?.message ?? error)}`);
    }
  }
};
