'use strict';

/** @import { Options, Serverless } from './framework.js' */

const CLEANUP = 'secret-baker-cleanup';
const FROZEN = 'secret-baker-frozen';
const LOCAL = 'secret-baker-local';

/**
 * A fresh declaration for each command: the framework writes into it.
 *
 * `array` is the one type that every framework reads every spelling by: `boolean` makes 3 refuse `--secret-baker-cleanup=false`, `string`
 * refuses the option without a value, and 4 refuses a type that is none of its own.
 * They must be declared without `no-`, which the parser takes off. Where handlers are not run here, the second one is refused in words of ours.
 */
const options = () => ({
  [CLEANUP]: {
    usage: 'Remove secret-baker-secrets.json when the command ends (--no-secret-baker-cleanup keeps it)',
    type: 'array',
  },
  [FROZEN]: {
    usage: 'Fail rather than change the lock, secret-baker.lock.<stage>.json (--no-secret-baker-frozen: change it, in CI too)',
    type: 'array',
  },
  [LOCAL]: {
    usage: 'Take secrets from this file in place of AWS, where handlers run on this machine (--no-secret-baker-local: from AWS)',
    type: 'array',
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
  // Only serverless 4 has it; its own plugins come before us.
  ...(serverless.pluginManager.commands?.dev !== undefined && { dev: { options: options() } }),
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
 * Whether the user wants the file to stay: `--no-secret-baker-cleanup` or `--secret-baker-cleanup=false`. The last one counts.
 * @param {Options} given
 */
const keepsFile = (given) => String([given[CLEANUP]].flat().at(-1)) === 'false';

/**
 * Whether the lock is to stay as it is.
 * @param {Options} given
 * @returns {boolean | undefined} undefined: the command line does not say
 */
const isFrozen = (given) => (given[FROZEN] === undefined ? undefined : String([given[FROZEN]].flat().at(-1)) !== 'false');

module.exports = { commandsFor, isFrozen, keepsFile, LOCAL };
