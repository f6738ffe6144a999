'use strict';

/** @import { Caller } from '../binding.js' */

/** A variable of the framework, as it is written. */
const variable = (/** @type {string} */ inside) => `$\{${inside}}`;

/**
 * What the framework's users call things: the core knows no framework, and puts these into its messages.
 * @type {Caller}
 */
const CALLER = {
  program: 'serverless secret-baker',
  secrets: 'custom.secretBaker',
  functions: 'functions',
  secretsOfFunction: 'secretBaker',
  listOfSecrets: 'secretBaker: [MY_SECRET]',
  turnOff: 'secretBakerOptions: { enabled: false }',
  baker: 'the plugin',
  writeItOut: `write it out, or use the framework's own variables, such as \`${variable('aws:region')}\` and \`${variable('aws:accountId')}\``,
  region: 'provider.region, --region, custom.secretBakerOptions.region or AWS_REGION',
  regionGiven: 'custom.secretBakerOptions.region, --region or provider.region, whichever is set',
  endpoint: 'custom.secretBakerOptions.endpoint',
  localValues: 'custom.secretBakerOptions.local',
  allowInsecureEndpoint: 'set custom.secretBakerOptions.allowInsecureEndpoint: true',
  certificates: 'AWS_CA_BUNDLE, NODE_EXTRA_CA_CERTS, `ca` and `cafile`',
  launcher:
    'install its package, serverless-secret-baker-launcher, again: `npm ci`; in a clone of the repository, `npm run build:launcher` makes one',
  ownArtefact: ': `package: { individually: true }`',
  ownContext: ': provider.ecr.images.NAME.path',
  remoteArtefact:
    'name a local file: fetch it before, and the framework uploads it with its secrets; a function that needs no secrets says so with `secretBaker: []`',
  noArtefact: 'build it first, or check package.artifact and the plugins that package',
  packageAgain: 'package again with this plugin, without a tool that changes the artefact after it',
  packageAlone: ': the framework itself keeps the artefacts of all runs in one place',
};

module.exports = { CALLER };
