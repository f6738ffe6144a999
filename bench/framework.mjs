// The real framework around the plugins: serverless 3.40 with its own provider for AWS, as far as baking needs it.

import { createRequire } from 'node:module';
import { region } from '../__test__/aws/stand-in.mjs';

const load = createRequire(new URL('../__test__/frameworks/v3/package.json', import.meta.url));
const Serverless = load('serverless');
const AwsProvider = load('serverless/lib/plugins/aws/provider.js');
const request = load('serverless/lib/aws/request.js');
const { getPluginWriters } = load('@serverless/utils/log');

/**
 * @typedef {object} Framework
 * @property {any} serverless
 * @property {any} utils `log`, `progress` and so on, as external plugins get them
 * @property {() => void} forget Drops the answers that the framework keeps for the length of one command
 */

/** Of the frameworks made by this process. */
let made = 0;

/**
 * @param {string} endpoint of Parameter Store
 * @param {Record<string, string>} config `custom.secretBaker`
 * @returns {Framework}
 */
export function makeFramework(endpoint, config) {
  const configuration = { service: 'bench', provider: { name: 'aws', region }, custom: { secretBaker: config } };
  const serverless = new Serverless({
    commands: ['package'],
    options: {},
    serviceDir: process.cwd(),
    configurationFilename: 'serverless.yml',
    configuration,
  });
  serverless.cli = new serverless.classes.CLI(serverless);
  Object.assign(serverless.service, { ...configuration, service: 'bench' });
  const provider = new AwsProvider(serverless, {});
  // serverless 3 knows no AWS_ENDPOINT_URL.
  provider.sdk.config.update({ endpoint });
  // It hands out one progress line of a name for each plugin and process, and never takes the name back; here one process
  // stands for many commands.
  made += 1;
  const utils = getPluginWriters(`serverless-secret-baker-${made}`);
  return { serverless, utils, forget: () => request.memoized.clear() };
}
