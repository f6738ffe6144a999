'use strict';

/** @import { Options, Serverless } from './framework.js' */

const CLEANUP = 'secret-baker-cleanup';

/**
 * A fresh declaration for each command: the framework writes into it.
 *
 * The type is on purpose none of the framework's own: `boolean` makes its parser refuse `--secret-baker-cleanup=false`, and `string`
 * refuses the option without a value. With any other type it reads every spelling, as it does before it knows our options.
 * It must be declared without `no-`, which the parser takes off.
 */
const options = () => ({
  [CLEANUP]: {
    usage: 'Remove secret-baker-secrets.json when the command ends (--no-secret-baker-cleanup keeps it)',
    type: 'flag',
  },
});

/**
 * The commands that take our options, for the framework's command table.
 * @param {Serverless} serverless
 */
const commandsFor = (serverless) => ({
  package: { options: options() },
  deploy: { options: options(), commands: { function: { options: options() } } },
  invoke: { commands: { local: { options: options() } } },
  ...(usesOffline(serverless) && { offline: offline() }),
  ...(serverless.version?.startsWith('4.') && 'devmodeEnabled' in serverless && { dev: { options: options() } }),
});

/** @param {Serverless} serverless */
const usesOffline = ({ service }) => {
  const { plugins = [] } = service;
  const names = Array.isArray(plugins) ? plugins : (plugins.modules ?? []);
  return names.includes('serverless-offline');
};

/**
 * serverless-offline's own commands: with a plugin listed before it the framework takes usage and events from the first.
 */
const offline = () => {
  const usage = 'Simulates API Gateway to call your lambda functions offline.';
  const start = { usage, lifecycleEvents: ['init', 'ready', 'end'], options: options() };
  return { usage, lifecycleEvents: ['start'], options: options(), commands: { start } };
};

/**
 * Whether the user wants the file to stay: `--no-secret-baker-cleanup` or `--secret-baker-cleanup=false`.
 * @param {Options} given
 */
const keepsFile = (given) => given[CLEANUP] === false || given[CLEANUP] === 'false';

module.exports = { commandsFor, keepsFile };
