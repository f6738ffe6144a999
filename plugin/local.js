'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { isWithin, real } = require('./within.js');

/** @import { Options, Serverless } from './framework.js' */

/**
 * The folders in which a handler may run on this machine: the service's own and those that bundlers chose.
 * @param {Serverless} serverless
 * @param {Options} options
 * @param {string} serviceDir absolute; where it was before any bundler moved it
 * @returns {string[]} absolute, existing, each once
 */
const localFolders = (serverless, options, serviceDir) => {
  const build = serverless.devmodeEnabled ? path.join(serviceDir, '.serverless', 'build') : undefined;
  const bundlers = bundlersFolders(serverless, serviceDir);
  const chosen = [serviceDir, ...bundlers, offlineFolder(serverless, options, serviceDir), build];
  return [
    ...new Set(
      chosen
        .filter((dir) => dir !== undefined)
        .filter((dir) => fs.existsSync(dir))
        .map((dir) => real(dir)),
    ),
  ];
};

/**
 * The folder that holds the code of `invoke local`.
 * @param {Serverless} serverless
 * @param {string} serviceDir absolute
 * @returns {string} absolute
 */
const taskRoot = (serverless, serviceDir) =>
  bundlersFolders(serverless, serviceDir).find((dir) => real(dir) !== real(serviceDir)) ?? serviceDir;

/**
 * Sets `LAMBDA_TASK_ROOT` of each function, as serverless-offline lets only the function's own environment win. Never call it
 * for a deploy: Lambda refuses the name.
 * @param {Serverless} serverless changed
 * @param {Options} options
 * @param {string} serviceDir absolute
 */
const setOfflineTaskRoot = (serverless, options, serviceDir) => {
  const root = offlineFolder(serverless, options, serviceDir) ?? serviceDir;
  for (const own of Object.values(serverless.service.functions ?? {})) {
    own.environment = { LAMBDA_TASK_ROOT: root, ...own.environment };
  }
};

/**
 * Bundlers point the framework or the process at the folder of the built code.
 * @param {Serverless} serverless
 * @param {string} serviceDir absolute
 */
const bundlersFolders = (serverless, serviceDir) => {
  const cwd = process.cwd();
  const moved = [serverless.serviceDir, serverless.config.servicePath];
  // With `--config` the process may run above the service: only what is within is the bundler's choice.
  if (isWithin(cwd, serviceDir)) moved.push(cwd);
  return moved.filter((dir) => dir !== undefined).filter((dir) => fs.existsSync(dir));
};

/**
 * Where serverless-offline looks for handlers: `--location`, else the setting, which bundlers change.
 * @param {Serverless} serverless
 * @param {Options} options
 * @param {string} serviceDir absolute
 * @returns {string | undefined} absolute and existing
 */
const offlineFolder = ({ service }, options, serviceDir) => {
  const location = options.location ?? service.custom?.['serverless-offline']?.location;
  if (typeof location !== 'string') return undefined;
  const dir = path.resolve(serviceDir, location);
  return fs.existsSync(dir) ? dir : undefined;
};

module.exports = { localFolders, setOfflineTaskRoot, taskRoot };
