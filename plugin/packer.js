'use strict';

const path = require('node:path');
const { functionsToCarry, pointAt, pointServiceAtWhatIsDeployed } = require('./artefacts.js');
const { Failure } = require('./failure.js');
const { checkEnvironment, startWithLauncher } = require('./launcher.js');

/** @import { Carried, Core } from './core.js' */
/** @import { Serverless } from './framework.js' */
/** @import { Report } from './report.js' */

const FILE = 'secret-baker-secrets.json';

/** Every artefact of a service, with just its secrets in it. */
class Packer {
  #serverless;
  #report;
  #core;
  /** @type {Carried[]} the build contexts of images, which want the bundle while they are built */
  contexts = [];

  /**
   * @param {Serverless} serverless
   * @param {Report} report
   * @param {() => Core} core
   */
  constructor(serverless, report, core) {
    this.#serverless = serverless;
    this.#report = report;
    this.#core = core;
  }

  /**
   * Whether each function's own list names secrets that there are. Nothing needs to be packaged for it.
   * @param {Buffer} bundle
   * @param {string} serviceDir absolute
   * @throws {Failure} SECRET_BAKER_CONFIG_INVALID
   */
  async checkNames(bundle, serviceDir) {
    const functions = functionsToCarry(this.#serverless, serviceDir).filter(({ only, env }) => only ?? env);
    if (functions.length === 0) return;
    for (const { name, env } of functions) if (env) checkEnvironment(this.#serverless.service, name, env);
    const named = functions.map(({ name, only, env }) => ({ name, only, ...(env && { env }) }));
    const { failure } = await this.#core().carry(named, bundle, serviceDir, serviceDir);
    if (failure) throw new Failure(failure.code, failure.message);
  }

  /**
   * Looks into each artefact, puts in what is missing, and points the functions at the copies.
   * @param {Buffer} bundle
   * @param {string} serviceDir absolute
   * @param {string} [single] the only function, of `deploy function`
   * @throws {Failure} every artefact that cannot be made right
   */
  async carry(bundle, serviceDir, single) {
    const functions = functionsToCarry(this.#serverless, serviceDir, single);
    const folder = path.join(serviceDir, '.serverless');
    const { carried, failure } = await this.#core().carry(functions, bundle, serviceDir, folder);
    if (failure) throw new Failure(failure.code, failure.message);
    for (const { name, zip, context, env } of functions) {
      if (zip === undefined && context === undefined) this.#report.notice(builtElsewhere(name));
      const todo = env && startWithLauncher(this.#serverless.service, name, env.names);
      if (todo) this.#report.notice(todo);
    }
    const contexts = new Set(functions.map(({ context }) => context));
    this.contexts = carried.filter((each) => contexts.has(each.path));
    for (const each of carried) if (!contexts.has(each.path)) this.#carried(each, serviceDir);
  }

  /**
   * @param {Carried} carried
   * @param {string} serviceDir absolute
   */
  #carried(carried, serviceDir) {
    const where = `${path.relative(serviceDir, carried.path)} (${carried.functions.join(', ')})`;
    if (carried.changed) pointAt(this.#serverless, serviceDir, carried);
    if (carried.found === 'right') return this.#report.verbose(`the secrets are in ${where}`);
    if (carried.found === 'missing') return this.#report.verbose(`put the secrets into ${where}`);
    // That of the whole service is expected where a function has a list of its own.
    const narrowed = carried.functions.some((name) => this.#serverless.service.functions?.[name]?.secretBaker);
    this.#report[narrowed ? 'verbose' : 'notice'](`replaced another ${FILE} in ${where}`);
  }

  /**
   * The last look, just before the upload.
   * @param {string} config `custom.secretBaker` as JSON
   * @param {Buffer | undefined} bundle undefined for a package that was made earlier
   * @throws {Failure} SECRET_BAKER_ARTEFACT_WITHOUT_SECRETS and whatever else is wrong with an artefact
   */
  async check(config, bundle) {
    if (bundle === undefined) pointServiceAtWhatIsDeployed(this.#serverless);
    const serviceDir = this.#serverless.serviceDir ?? this.#serverless.config.servicePath;
    const functions = functionsToCarry(this.#serverless, serviceDir);
    const failure = await this.#core().check(functions, config, bundle, serviceDir);
    if (failure) throw new Failure(failure.code, failure.message);
  }
}

/** @param {string} name */
const builtElsewhere = (name) =>
  `function ${name} runs an image that is built elsewhere, so its secrets must be put in there: run ` +
  `"serverless package --no-secret-baker-cleanup" before it is built, and COPY ${FILE} into \${LAMBDA_TASK_ROOT}`;

module.exports = { Packer };
