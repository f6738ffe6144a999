'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const SecretBaker = require('../../index.js');
const { FakeCore } = require('./fake-core.js');

/** @import { Options, Provider, Serverless, Utils } from '../../plugin/framework.js' */

/** The framework's error for mistakes of the user: it carries a code and is printed without a stack. */
class ServerlessError extends Error {
  /**
   * @param {string} message
   * @param {string} code
   */
  constructor(message, code) {
    super(message);
    this.code = code;
  }
}

const KEYS = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };

/** Where the launcher for a processor would be. @param {string} processor */
const fakeLauncher = (processor) => path.join(os.tmpdir(), `the-launcher-for-${processor}.gz`);

/** How the framework names what it packages. */
const NAMING = {
  getFunctionArtifactName: (/** @type {string} */ name) => `${name}.zip`,
  getServiceArtifactName: () => 'service.zip',
};

/**
 * @typedef {object} Wishes what differs from a plain service with one secret
 * @property {Record<string, any>} [custom]
 * @property {Record<string, any>} [service] keys of the service beside `custom`
 * @property {Record<string, any>} [provider] what `getProvider('aws')` has, in place of a serverless 4 one
 * @property {Record<string, any>} [serverless] keys of the framework
 * @property {Options} [options] the command line
 * @property {string} [dir] the service's folder, in place of a fresh one
 * @property {object} [core] what the core answers: see fake-core.js
 * @property {(processor: string) => string} [launcher] finds launchers
 * @property {Utils | null} [utils] null: a framework without
 */

/**
 * A service in a folder of its own, with the plugin in it: just enough of the framework for the plugin's hooks to run.
 * @param {Wishes} [wishes]
 */
const fakeService = (wishes = {}) => {
  const dir = wishes.dir ?? fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'secret-baker-test-')));
  const core = new FakeCore(wishes.core);
  const log = new FakeLog();
  const serverless = fakeServerless(dir, wishes, log);
  const utils = wishes.utils === null ? undefined : (wishes.utils ?? log.utils);
  const plugin = new SecretBaker(serverless, wishes.options ?? {}, utils, core.load, wishes.launcher ?? fakeLauncher);
  return {
    dir,
    core,
    log,
    plugin,
    serverless,
    /** The file's text, or undefined without one. */
    file: (folder = dir) => readIfThere(path.join(folder, 'secret-baker-secrets.json')),
    /**
     * Runs each hook of the events, late ones last, as the framework does.
     * @param {...string} events
     */
    run: async (...events) => {
      for (const event of events) await runEvent(plugin, serverless, event);
    },
    remove: () => {
      plugin.hooks.finalize?.();
      fs.rmSync(dir, { recursive: true, force: true });
    },
  };
};

/**
 * @param {SecretBaker} plugin
 * @param {Serverless} serverless
 * @param {string} event
 */
const runEvent = async (plugin, serverless, event) => {
  await plugin.hooks[event]?.();
  for (const { hook } of serverless.pluginManager.hooks[event] ?? []) await hook();
};

/** @param {string} file */
const readIfThere = (file) => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined);

/**
 * @param {string} dir
 * @param {Wishes} wishes
 * @param {FakeLog} log
 * @returns {Serverless}
 */
const fakeServerless = (dir, wishes, log) => {
  const provider = wishes.provider ?? { getCredentials: async () => KEYS, getRegion: () => 'eu-central-1', naming: NAMING };
  return {
    version: '3.40.0',
    serviceDir: dir,
    config: { servicePath: dir },
    service: {
      custom: wishes.custom ?? { secretBaker: ['MY_SECRET'] },
      package: {},
      functions: {},
      provider: {},
      ...wishes.service,
    },
    pluginManager: { hooks: {} },
    classes: { Error: ServerlessError },
    configSchemaHandler: {
      defineCustomProperties: (schema) => log.schemas.push(schema),
      defineFunctionProperties: (_provider, schema) => log.functionSchemas.push(schema),
    },
    cli: { log: (text) => log.lines.push(`cli: ${text}`) },
    getProvider: () => /** @type {Provider} */ (provider),
    ...wishes.serverless,
  };
};

/** What the plugin said, line by line. */
class FakeLog {
  /** @type {string[]} */
  lines = [];
  /** @type {object[]} */
  schemas = [];
  /** @type {object[]} */
  functionSchemas = [];
  utils = {
    log: {
      notice: (/** @type {string} */ text) => this.lines.push(`notice: ${text}`),
      verbose: (/** @type {string} */ text) => this.lines.push(`verbose: ${text}`),
    },
    progress: {
      create: (/** @type {{name: string, message: string}} */ { name, message }) => {
        this.lines.push(`progress ${name}: ${message}`);
        return {
          update: (/** @type {string} */ text) => this.lines.push(`progress ${name}: ${text}`),
          remove: () => this.lines.push(`progress ${name} removed`),
        };
      },
    },
  };
}

module.exports = { fakeLauncher, fakeService, KEYS };
