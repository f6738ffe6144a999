'use strict';

const { loadCore, sessionOf } = require('./plugin/core.js');
const { Bakery } = require('./plugin/bakery.js');
const { CommandRunner } = require('./plugin/command-runner.js');
const { ownCommands } = require('./plugin/commands.js');
const { commandsFor, keepsFile } = require('./plugin/options.js');
const { foldersWithCopies } = require('./plugin/copies.js');
const { Failure } = require('./plugin/failure.js');
const { localFolders, setOfflineTaskRoot, taskRoot } = require('./plugin/local.js');
const { findLauncher } = require('./plugin/launcher-file.js');
const { LocalValues } = require('./plugin/local-values.js');
const { includeInArtefacts } = require('./plugin/packaging.js');
const { Packer } = require('./plugin/packer.js');
const { PackagingRight } = require('./plugin/packaging-right.js');
const { Preflight } = require('./plugin/preflight.js');
const { Report } = require('./plugin/report.js');
const { Roles } = require('./plugin/roles.js');
const { defineSchema } = require('./plugin/schema.js');
const { ServiceFolder } = require('./plugin/service-folder.js');
const { VariableSource } = require('./plugin/variable-source.js');
const { Written } = require('./plugin/written.js');

/** @import { Bundle } from './binding.js' */
/** @import { Binding } from './plugin/core.js' */
/** @import { Hook, Options, Serverless, Utils } from './plugin/framework.js' */

/**
 * The plugin: which of the framework's events does what. It decides nothing about secrets and loads
 * the core only when a command needs the bundle.
 */
class SecretBaker {
  /** The framework leaves the plugin out of services of other providers. */
  provider = 'aws';

  #serverless;
  #options;
  #report;
  #local;
  #bakery;
  #folder;
  #packer;
  #preflight;
  #right;
  #roles;

  /**
   * @param {Serverless} serverless
   * @param {Options} options the command line; read in hooks only, since the framework completes it later
   * @param {Utils} [utils] log and progress; absent in frameworks older than 3
   * @param {() => Binding} [load] loads the core; tests put theirs here
   * @param {(processor: string) => string} [launcher] finds the path of a launcher; the same
   */
  constructor(serverless, options, utils, load = loadCore, launcher = findLauncher) {
    this.#serverless = serverless;
    this.#options = options;
    this.#report = new Report(serverless, utils);
    const session = sessionOf(load);
    const written = new Written(serverless);
    this.#local = new LocalValues(serverless, options, this.#report);
    this.#bakery = new Bakery(serverless, options, this.#report, session, written, this.#local);
    const source = new VariableSource(serverless, this.#report, session, this.#bakery);
    this.configurationVariablesSources = { secretBaker: { resolve: source.resolve } };
    const copies = (/** @type {string} */ dir) => foldersWithCopies(serverless.service, dir);
    this.#folder = new ServiceFolder(session, () => keepsFile(options), copies);
    this.#packer = new Packer(serverless, this.#report, session, written, launcher);
    this.#right = new PackagingRight(session);
    defineSchema(serverless);
    const own = ownCommands();
    this.commands = { ...commandsFor(serverless), ...own.commands };
    const commands = new CommandRunner(serverless, options, session, written);
    this.#roles = new Roles(serverless, this.#report, session, () => commands.service());
    this.#preflight = new Preflight(
      this.#report,
      session,
      () => commands.service(),
      () => this.#bakery.settings(),
    );
    this.hooks = this.#guarded({
      initialize: () => this.#initialize(),

      'before:package:cleanup': () => this.#begin(),
      'before:deploy:function:initialize': () => this.#begin(),
      'before:deploy:deploy': () => this.#beginDeploy(),
      'after:package:cleanup': () => this.#bakeForPackage(),
      'after:deploy:function:initialize': () => this.#bakeForArtefacts(),
      'before:esbuild-package:package': () => this.#bakeForArtefacts(),
      'before:invoke:local:loadEnvVars': () => this.#bake(),
      'before:offline:start': () => this.#bake(),
      'before:offline:start:init': () => this.#bake(),
      'before:dev:dev': () => this.#bakeForDev(),
      'after:dev-build:build': () => this.#bakeForLocalRun(),

      'before:package:compileLayers': () => this.#carry(),
      'before:package:compileFunctions': () => this.#writeForImages(),
      'before:deploy:function:deploy': () => this.#carryOne(),
      'before:aws:deploy:deploy:createStack': () => this.#check(),

      'after:package:compileFunctions': () => this.#packaged(),
      'after:deploy:function:deploy': () => this.#folder.release(),
      'after:invoke:local:invoke': () => this.#endLocalRun(),
      'before:offline:start:end': () => this.#endLocalRun(),
      ...(own.event && { [own.event]: () => commands.run(own.words ?? [], own.taken) }),
      finalize: () => this.#end(),
      error: () => this.#leave(),
    });
  }

  #initialize() {
    this.#packer.keepSettings();
    this.#hookLast();
  }

  /** Registered once every plugin has its hooks: bundlers choose the folder they run in within the same events. */
  #hookLast() {
    const late = this.#guarded({
      'before:invoke:local:invoke': () => this.#runInvokeLocal(),
      'before:offline:start': () => this.#runOffline(),
      'before:offline:start:init': () => this.#runOffline(),
      'before:deploy:function:deploy': () => this.#check(this.#options.function),
    });
    const { hooks } = this.#serverless.pluginManager;
    for (const [event, hook] of Object.entries(late)) {
      hooks[event] ??= [];
      hooks[event].push({ pluginName: 'SecretBaker', hook });
    }
  }

  /** A deployment comes here before it packages: what would fail is told before anything is built. */
  async #begin() {
    this.#claim();
    if (this.#serverless.processedInput?.commands?.[0] === 'deploy') await this.#preflight.run();
  }

  /** Here comes what was packaged earlier. */
  async #beginDeploy() {
    this.#refuseLocalValues();
    await this.#preflight.run();
  }

  /** The framework keeps the artefacts of every run in one folder: another run's must not be taken for ours. */
  #claim() {
    this.#refuseLocalValues();
    if (this.#bakery.settings()) this.#right.claim(this.#serviceDir());
  }

  /** Before a bake, and where an earlier package is deployed. */
  #refuseLocalValues() {
    if (this.#bakery.settings()) this.#local.refuse();
  }

  #serviceDir() {
    return this.#serverless.serviceDir ?? this.#serverless.config.servicePath;
  }

  /** `dev` starts, comes here, and serves on from the same folder until the process leaves. */
  #end() {
    if (this.#serverless.devmodeEnabled) return this.#right.release();
    this.#leave();
  }

  #leave() {
    this.#endLocalRun();
    this.#right.release();
  }

  #endLocalRun() {
    this.#folder.release();
    this.#local.release();
  }

  /** @returns {Promise<boolean>} whether the service's folder holds a bundle now */
  async #bake() {
    const bundle = await this.#bakery.bake();
    if (bundle === undefined) return false;
    this.#folder.open(this.#serviceDir(), bundle);
    includeInArtefacts(this.#serverless.service);
    return true;
  }

  /** It deploys functions that hand their calls on to this machine. */
  #bakeForDev() {
    this.#refuseLocalValues();
    return this.#bake();
  }

  async #bakeForArtefacts() {
    if (this.#bakery.settings()) this.#packer.checkLists(this.#serviceDir());
    if (!(await this.#bake())) return;
    // A name that a function misspells is told before anything is packaged.
    await this.#packer.checkNames(/** @type {Bundle} */ (await this.#bakery.baked()), this.#folder.path);
  }

  /** The framework makes its roles in the next event but one. */
  async #bakeForPackage() {
    await this.#bakeForArtefacts();
    if (this.#bakery.settings()?.iam) await this.#roles.allow();
  }

  /**
   * Everything is packaged and nothing hashed. `dev` deploys no code.
   * @param {string} [single] the only function, of `deploy function`
   */
  async #carry(single) {
    const bundle = await this.#bakery.baked();
    if (bundle === undefined || this.#serverless.devmodeEnabled) return;
    await this.#packer.carry(bundle, this.#folder.path, single);
  }

  /** The framework builds the images within the next event. Written earlier, these would be packed into other artefacts. */
  #writeForImages() {
    for (const { path, bundle } of this.#packer.contexts) this.#folder.write(path, bundle);
  }

  async #carryOne() {
    await this.#carry(this.#options.function);
    this.#writeForImages();
  }

  /**
   * Whatever another plugin did after us, and whoever packaged: nothing is deployed without its secrets.
   * @param {string} [single] the only function, of `deploy function`
   */
  async #check(single) {
    if (this.#serverless.devmodeEnabled) return;
    const bundle = await this.#bakery.baked();
    const nothingToBake = this.#bakery.isSettled && bundle === undefined;
    if (!nothingToBake) await this.#packer.check(bundle, single);
  }

  /** @returns {Promise<boolean>} whether each folder that a handler may run in holds a bundle now */
  async #bakeForLocalRun() {
    if (!(await this.#bake())) return false;
    for (const dir of localFolders(this.#serverless, this.#options, this.#folder.path)) this.#folder.write(dir);
    return true;
  }

  async #runInvokeLocal() {
    if (!(await this.#bakeForLocalRun())) return;
    this.#local.setEnvironment();
    process.env.LAMBDA_TASK_ROOT = taskRoot(this.#serverless, this.#folder.path);
  }

  async #runOffline() {
    if (!(await this.#bakeForLocalRun())) return;
    this.#local.setEnvironment();
    setOfflineTaskRoot(this.#serverless, this.#options, this.#folder.path);
  }

  /** The images are built by now. `dev` goes on serving from the same folder. */
  #packaged() {
    if (!this.#serverless.devmodeEnabled) this.#folder.release();
  }

  /**
   * Turns the failures that we expect into the framework's error, which it prints without a stack.
   * Anything else is a bug of ours and keeps its own.
   * @param {Record<string, Hook>} hooks
   * @returns {Record<string, Hook>}
   */
  #guarded(hooks) {
    const report = this.#report;
    /** @param {Hook} hook */
    const guard = (hook) => async () => {
      try {
        await hook();
      } catch (error) {
        throw error instanceof Failure ? report.frameworkError(error) : error;
      }
    };
    return Object.fromEntries(Object.entries(hooks).map(([event, hook]) => [event, guard(hook)]));
  }
}

module.exports = SecretBaker;
