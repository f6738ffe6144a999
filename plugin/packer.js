'use strict';

const path = require('node:path');
const { isDeepStrictEqual } = require('node:util');
const { functionsToCarry, isOfFramework, pointAt, pointServiceAtWhatIsDeployed } = require('./artefacts.js');
const { bundleFile } = require('./bundle-file.js');
const { Failure, given } = require('./failure.js');
const { checkEnvironment, checkFunctions, startWithLauncher } = require('./launcher.js');
const { readSettings } = require('./settings.js');
const { shown, shownKey } = require('./shown.js');

/** @import { Bundle, Carried, FunctionToCarry, Session } from '../binding.js' */
/** @import { Serverless } from './framework.js' */
/** @import { Report } from './report.js' */
/** @import { Written } from './written.js' */

// In `custom`, which the framework writes into its state file and reads again with `deploy --package`: what was packaged, by the
// SHA-256 of each function's bundle.
const RECORD = 'secretBakerPackaged';

/** Every artefact of a service, with just its secrets in it. */
class Packer {
  #serverless;
  #report;
  #session;
  #written;
  #launcher;
  /** @type {Record<string, any> | undefined} */
  #custom;
  /** @type {Carried[]} the build contexts of images, which want the bundle while they are built */
  contexts = [];

  /**
   * @param {Serverless} serverless
   * @param {Report} report
   * @param {() => Session} session
   * @param {Written} written
   * @param {(processor: string) => string} launcher finds the path of a launcher
   */
  constructor(serverless, report, session, written, launcher) {
    this.#serverless = serverless;
    this.#report = report;
    this.#session = session;
    this.#written = written;
    this.#launcher = launcher;
  }

  /** Keeps the settings of the config: the framework later puts those of the package in their place. */
  keepSettings() {
    this.#custom = this.#serverless.service.custom;
  }

  /**
   * Whether each function's own list is one. Needs neither a bundle nor the core.
   * @param {string} serviceDir absolute
   * @throws {Failure} SECRET_BAKER_CONFIG_INVALID
   */
  checkLists(serviceDir) {
    this.#functions(serviceDir);
  }

  /**
   * Whether each function's own list names secrets that there are, and no build context holds too many. Nothing needs to be packaged for it.
   * @param {Bundle} bundle
   * @param {string} serviceDir absolute
   * @throws {Failure} SECRET_BAKER_CONFIG_INVALID
   */
  async checkNames(bundle, serviceDir) {
    const functions = this.#functions(serviceDir);
    for (const { name, env } of functions) if (env) checkEnvironment(this.#serverless.service, name, env);
    given(await this.#session().foresee(functions, bundle, serviceDir));
  }

  /**
   * Looks into each artefact, puts in what is missing, and points the functions at the copies.
   * @param {Bundle} bundle
   * @param {string} serviceDir absolute
   * @param {string} [single] the only function, of `deploy function`
   * @throws {Failure} every artefact that cannot be made right
   */
  async carry(bundle, serviceDir, single) {
    // Others may have added functions since the first look. Alone, one is deployed without them.
    if (single === undefined) checkFunctions(this.#serverless.service, readSettings(this.#serverless.service.custom)?.env);
    this.#startWithLauncher(serviceDir, single);
    const functions = this.#functions(serviceDir, { single });
    const folder = path.join(serviceDir, '.serverless');
    const carried = given(await this.#session().put(functions, bundle, serviceDir, folder));
    for (const { name, zip, context, only } of functions) {
      if (zip === undefined && context === undefined) this.#report.notice(builtElsewhere(name, only));
    }
    const contexts = new Set(functions.map(({ context }) => context));
    this.contexts = carried.filter((each) => contexts.has(each.path));
    for (const each of carried) if (!contexts.has(each.path)) this.#carried(each, functions, serviceDir);
    this.#record(carried);
  }

  /**
   * Before the functions are looked at: its own variables count among theirs.
   * @param {string} serviceDir absolute
   * @param {string} [single]
   */
  #startWithLauncher(serviceDir, single) {
    for (const { name, env } of this.#functions(serviceDir, { single })) {
      const todo = env && startWithLauncher(this.#serverless.service, name, env.names);
      if (todo) this.#report.notice(todo);
    }
  }

  /**
   * @param {string} serviceDir absolute
   * @param {{single?: string, packaged?: boolean}} [which]
   */
  #functions(serviceDir, which) {
    return functionsToCarry(this.#serverless, serviceDir, this.#written, this.#launcher, which);
  }

  /** @param {Carried[]} carried */
  #record(carried) {
    const { service } = this.#serverless;
    const digests = carried.flatMap(({ functions, digest }) => functions.map((name) => [name, digest]));
    service.custom = { ...service.custom, [RECORD]: Object.fromEntries(digests) };
  }

  /**
   * @param {Carried} carried
   * @param {FunctionToCarry[]} functions
   * @param {string} serviceDir absolute
   */
  #carried(carried, functions, serviceDir) {
    const where = shown(`${path.relative(serviceDir, carried.path)} (${carried.functions.join(', ')})`);
    if (carried.changed) pointAt(this.#serverless, serviceDir, carried);
    if (carried.strays.length > 0) this.#report.notice(`took ${carried.strays.map(shown).join(', ')} out of ${where}`);
    if (carried.found === 'right') return this.#report.verbose(`the secrets are in ${where}`);
    if (carried.found === 'missing') return this.#report.verbose(`put the secrets into ${where}`);
    const { only, zip = '' } = functions.find(({ name }) => name === carried.functions[0]) ?? {};
    // That of the whole service is expected where a tool has packaged a function with a list of its own.
    const expected = only !== undefined && isOfFramework(zip, serviceDir);
    this.#report[expected ? 'verbose' : 'notice'](`replaced another ${bundleFile()} in ${where}`);
  }

  /**
   * The last look, just before the upload.
   * @param {Bundle | undefined} bundle undefined for a package that was made earlier
   * @param {string} [single] the only function, of `deploy function`
   * @throws {Failure} SECRET_BAKER_ARTEFACT_WITHOUT_SECRETS and whatever else is wrong with an artefact
   */
  async check(bundle, single) {
    const { custom } = this.#serverless.service;
    const serviceDir = this.#serverless.serviceDir ?? this.#serverless.config.servicePath;
    if (bundle !== undefined) {
      given(await this.#session().check(this.#functions(serviceDir, { single }), bundle, serviceDir));
      return;
    }
    const digests = custom?.[RECORD];
    if (digests === undefined) return this.#checkThatNothingIsMissed();
    this.#tellOfOtherSettings();
    pointServiceAtWhatIsDeployed(this.#serverless);
    const functions = this.#functions(serviceDir, { single, packaged: true });
    const config = JSON.stringify(custom?.secretBaker ?? []);
    given(await this.#session().checkPackaged(functions, digests ?? {}, config, serviceDir));
  }

  #checkThatNothingIsMissed() {
    const { custom } = this.#serverless.service;
    if (!readSettings(this.#custom)?.enabled && !readSettings(custom)?.enabled) return;
    const message = 'custom.secretBaker is set, and the package that is to be deployed was made without its secrets';
    const hint = 'run "serverless package" again, with this plugin; nothing was deployed';
    throw new Failure('SECRET_BAKER_ARTEFACT_WITHOUT_SECRETS', message, hint);
  }

  #tellOfOtherSettings() {
    const { custom } = this.#serverless.service;
    if (this.#custom === undefined || isDeepStrictEqual(this.#custom.secretBaker, custom?.secretBaker)) return;
    this.#report.notice('the package was made with another custom.secretBaker: it is deployed as it was packaged');
  }
}

/**
 * @param {string} name
 * @param {string[]} [only]
 */
const builtElsewhere = (name, only) =>
  `function ${shownKey(name)} runs an image that is built elsewhere, so its secrets must be put in there: run ` +
  `"serverless package --no-secret-baker-cleanup" before it is built, and COPY ${bundleFile()} into \${LAMBDA_TASK_ROOT}` +
  (only ? '; that file has all secrets, and no list of a function narrows anything there' : '');

module.exports = { Packer };
