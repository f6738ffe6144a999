'use strict';

const path = require('node:path');
const { onlyOf } = require('./artefacts.js');
const { runCommand } = require('./command-process.js');
const { findCredentials } = require('./credentials.js');
const { Failure } = require('./failure.js');
const { deploymentLabel } = require('./label.js');
const { checkFunctions, variablesOf } = require('./launcher.js');
const { installedLaunchers } = require('./launcher-file.js');
const { readSettings } = require('./settings.js');
const { shown } = require('./shown.js');
const { surroundings } = require('./surroundings.js');
const { transport } = require('./transport.js');

/** @import { CommandFunction, CommandService, Session } from '../binding.js' */
/** @import { Options, RoleOfService, Serverless, ServerlessFunction } from './framework.js' */
/** @import { Settings } from './settings.js' */
/** @import { Written } from './written.js' */

/** For these nobody is asked for credentials. */
const NEEDS_NO_SERVICE = ['completions', 'help', 'schema'];

/** Hands what the framework has to the program, which does the rest and prints for itself. */
class CommandRunner {
  #serverless;
  #options;
  #session;
  #written;

  /**
   * @param {Serverless} serverless
   * @param {Options} options
   * @param {() => Session} session
   * @param {Written} written
   */
  constructor(serverless, options, session, written) {
    this.#serverless = serverless;
    this.#options = options;
    this.#session = session;
    this.#written = written;
  }

  /**
   * @param {string[]} words behind `secret-baker`
   * @param {string} [taken] an option that the framework has read as its own, of the command behind `--`
   */
  async run(words, taken) {
    const code = await runCommand(this.#session(), words, {
      called: 'serverless secret-baker',
      surroundings: JSON.stringify(surroundings(this.#serverless)),
      launchers: installedLaunchers(),
      framework: NEEDS_NO_SERVICE.includes(words[0] ?? 'help') ? {} : await this.#serviceOrFailure(taken),
    });
    // The framework's own errors are printed by it, with a code of its own; all is told already.
    process.exitCode = code;
  }

  /** @param {string} [taken] */
  async #serviceOrFailure(taken) {
    if (taken !== undefined) return { problems: [ofTheCommand(taken)] };
    try {
      return { service: await this.service() };
    } catch (error) {
      if (error instanceof Failure) return { problems: error.problems };
      throw error;
    }
  }

  /** @returns {Promise<CommandService>} what the framework has of it */
  async service() {
    const { service } = this.#serverless;
    const settings = readSettings(service.custom) ?? { config: '[]', enabled: true };
    const provider = this.#serverless.getProvider('aws');
    const { notice, ...identity } = await findCredentials(provider, this.#options);
    const written = this.#written.at(['custom', 'secretBaker'], JSON.parse(settings.config));
    const serviceDir = this.#serverless.serviceDir ?? this.#serverless.config.servicePath;
    const file = this.#serverless.configurationFilename;
    return {
      request: {
        config: settings.config,
        written: written === undefined ? undefined : JSON.stringify(written),
        serviceDir,
        label: deploymentLabel(this.#serverless, provider),
        ...transport(settings, provider),
        ...identity,
      },
      options: JSON.stringify(service.custom?.secretBakerOptions ?? {}),
      functions: this.#functions(settings),
      file: file === undefined ? undefined : path.join(serviceDir, file),
      stage: provider?.getStage?.(),
    };
  }

  /**
   * @param {Settings} settings
   * @returns {CommandFunction[]}
   */
  #functions(settings) {
    const { service } = this.#serverless;
    const { functions = {}, provider } = service;
    const mistakes = /** @type {Failure[]} */ ([]);
    const all = Object.entries(functions).map(([key, own]) => ({
      key,
      name: own?.name,
      ...onlyOf(key, own ?? {}, settings, this.#written, mistakes),
      env: variablesOf(key, settings.env, this.#written),
      architecture: own?.architecture ?? provider?.architecture,
      artefact: own?.package?.artifact,
      role: roleOf(own ?? {}, provider ?? {}),
    }));
    Failure.throwAll(mistakes);
    checkFunctions(service, settings.env);
    return all;
  }
}

/**
 * @param {ServerlessFunction} own
 * @param {RoleOfService} provider
 * @returns {string | undefined} the role that a function has, where it is not made by the deployment
 */
const roleOf = (own, { role, iam }) => {
  const isMade = own.iamRoleStatements !== undefined;
  const given = own.role ?? (isMade ? undefined : (role ?? iam?.role));
  return typeof given === 'string' ? given : undefined;
};

/** @param {string} option */
const ofTheCommand = (option) => ({
  code: 'SECRET_BAKER_USAGE',
  message: `the framework has read \`${shown(option.split('=')[0] ?? '')}\` as its own, though it stands behind \`--\``,
  hint: 'write an option before `--`, and it reads no further: serverless secret-baker exec --stage dev -- COMMAND',
});

module.exports = { CommandRunner };
