'use strict';

const { module: modules, path } = require('./builtin.js');
const { Trouble } = require('./trouble.js');

/** @import { Keys } from '../index.js' */

/** @type {[string, string][]} */
const PACKAGES = [
  ['@aws-sdk/credential-providers', 'fromNodeProviderChain'],
  ['@aws-sdk/credential-provider-node', 'defaultProvider'],
];

/** @type {(() => Promise<Keys>) | undefined} */
let chain;

/**
 * The default chain of an AWS SDK that the user has installed: profiles, single sign-on, assumed roles, EC2. It keeps and renews
 * what it finds by itself.
 * @param {string} region where roles are assumed, if the profile names none
 * @returns {() => Promise<Keys>}
 * @throws {Trouble} CREDENTIALS where no SDK is installed
 */
const sdkChain = (region) => {
  const found = chain ?? provider(region);
  chain = found;
  return found;
};

/** Builds the chain again at the next call; false if there was none. */
const forget = () => {
  const had = chain !== undefined;
  chain = undefined;
  return had;
};

/**
 * @param {string} region
 * @returns {() => Promise<Keys>}
 */
const provider = (region) => {
  for (const [name, maker] of PACKAGES) {
    const make = installed(name)?.[maker];
    if (make !== undefined) return make({ clientConfig: { region } });
  }
  const detail = `neither the environment nor a container has any, and ${PACKAGES[0]?.[0]} is not installed`;
  throw new Trouble('CREDENTIALS', detail);
};

/**
 * Looks beside this package, beside the program and in the working folder. The name is never a literal in a `require`: a bundler
 * would put the whole SDK into the function.
 * @param {string} name
 */
const installed = (name) => {
  const here = typeof __filename === 'string' ? __filename : undefined;
  for (const base of [here, process.argv[1], path().resolve('_')]) {
    try {
      if (base !== undefined) return modules().createRequire(path().resolve(base))(name);
    } catch (/** @type {any} */ error) {
      if (error.code !== 'MODULE_NOT_FOUND') throw new Trouble('CREDENTIALS', `${name} cannot be loaded: ${error.message}`);
    }
  }
  return undefined;
};

module.exports = { forget, sdkChain };
