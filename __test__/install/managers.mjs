// The package managers, how each is told of a registry, and how each adds a package.

import { fileURLToPath } from 'node:url';

/** @param {string} path */
const installed = (path) => fileURLToPath(new URL(`node_modules/${path}`, import.meta.url));

/** The module that starts each. */
export const PROGRAMS = {
  npm: installed('npm/bin/npm-cli.js'),
  npx: installed('npm/bin/npx-cli.js'),
  npm10: installed('npm10/bin/npm-cli.js'),
  pnpm: installed('pnpm/bin/pnpm.cjs'),
  yarn: installed('yarn/bin/yarn.js'),
  berry: installed('berry/bin/yarn.js'),
};

/**
 * @typedef {object} Manager
 * @property {string} says its name for a user
 * @property {string} program one of `PROGRAMS`
 * @property {string[]} add with the names of packages behind it
 * @property {NodeJS.ProcessEnv} [env]
 * @property {boolean} [anyLibc] it installs the packages for every C library, because it knows of none
 * @property {boolean} [plugAndPlay] it leaves no node_modules, but a file that teaches Node where packages are
 * @property {string[]} [patterns] of `package` in serverless.yml, because Serverless leaves what it brings in the artefact
 */

/** How npm before 11.3, as Node.js 20 and 22 bring it, is called here. */
export const OLD_NPM = 'npm10';

/** @type {Record<'npm' | 'pnpm' | 'yarn' | 'nodeModules' | 'plugAndPlay', Manager>} */
export const managers = {
  npm: { says: 'npm', program: 'npm', add: ['install', '--save-dev', '--ignore-scripts'] },
  pnpm: {
    says: 'pnpm',
    program: 'pnpm',
    add: ['add', '--save-dev', '--ignore-scripts'],
    patterns: ['!node_modules/.pnpm/**/serverless-secret-baker*/**'],
  },
  yarn: { says: 'Yarn 1', program: 'yarn', add: ['add', '--dev', '--ignore-scripts'], anyLibc: true },
  nodeModules: {
    says: 'Yarn 4 with node_modules',
    program: 'berry',
    add: ['add', '--dev'],
    env: { YARN_NODE_LINKER: 'node-modules' },
  },
  plugAndPlay: {
    says: "Yarn 4 with Plug'n'Play",
    program: 'berry',
    add: ['add', '--dev'],
    env: { YARN_NODE_LINKER: 'pnp' },
    plugAndPlay: true,
    patterns: ['!.yarn/**', '!.pnp.*'],
  },
};

/**
 * What all managers are told by the environment: this registry, no scripts of packages, and no word to anybody else.
 * @param {string} registry URL
 * @returns {Record<string, string>}
 */
export const settings = (registry) => ({
  npm_config_registry: registry,
  npm_config_globalconfig: '/nowhere/npmrc',
  npm_config_ignore_scripts: 'true',
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_update_notifier: 'false',
  YARN_NPM_REGISTRY_SERVER: registry.replace(/\/$/, ''),
  YARN_UNSAFE_HTTP_WHITELIST: '127.0.0.1',
  YARN_ENABLE_SCRIPTS: 'false',
  YARN_ENABLE_TELEMETRY: 'false',
  YARN_ENABLE_IMMUTABLE_INSTALLS: 'false',
  // Yarn 4 takes no version that is younger than a day.
  YARN_NPM_MINIMAL_AGE_GATE: '0',
});
