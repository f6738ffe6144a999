'use strict';

const { beforeLeaving } = require('./cleanup.js');
const { findCredentials } = require('./credentials.js');
const { Failure } = require('./failure.js');
const { readSettings } = require('./settings.js');
const { transport } = require('./transport.js');

/** @import { BakeRequest, Core, Outcome } from './core.js' */
/** @import { Options, Serverless } from './framework.js' */
/** @import { Report } from './report.js' */
/** @import { Settings } from './settings.js' */

/** The bundle of one service, made once however many hooks ask for it. */
class Bakery {
  #serverless;
  #options;
  #report;
  #core;
  /** @type {Promise<Buffer | undefined> | undefined} */
  #bundle;

  /**
   * @param {Serverless} serverless
   * @param {Options} options
   * @param {Report} report
   * @param {() => Core} core
   */
  constructor(serverless, options, report, core) {
    this.#serverless = serverless;
    this.#options = options;
    this.#report = report;
    this.#core = core;
  }

  /**
   * @returns {Promise<Buffer | undefined>} the bundle; undefined where the service asks for none
   * @throws {Failure} every mistake of the user and every failure of the service
   */
  bake() {
    this.#bundle ??= this.#start();
    return this.#bundle;
  }

  /** @returns {Promise<Buffer | undefined>} what this process has baked, without baking anything now */
  async baked() {
    return this.#bundle;
  }

  /** Whether this process has baked, or has seen that there is nothing to bake. */
  get isSettled() {
    return this.#bundle !== undefined;
  }

  /** @returns {Settings | undefined} undefined where nothing is to be baked */
  settings() {
    const settings = readSettings(this.#serverless.service.custom);
    return settings?.enabled ? settings : undefined;
  }

  async #start() {
    const settings = readSettings(this.#serverless.service.custom);
    if (settings === undefined) return undefined;
    if (settings.enabled) return this.#bakeWith(settings);
    this.#report.notice('nothing is baked: custom.secretBakerOptions.enabled is false');
    return undefined;
  }

  /** @param {Settings} settings */
  async #bakeWith(settings) {
    const { Bake } = this.#core();
    const provider = this.#serverless.getProvider('aws');
    const { notice, ...identity } = await findCredentials(provider, this.#options);
    /** @type {BakeRequest} */
    const request = { config: settings.config, ...transport(settings, provider), ...identity };
    const { bundle, entries, notices, failure } = await this.#run(new Bake(request));
    for (const text of notices) this.#report.notice(text);
    // Where the bake fails, whose credentials these were may well be the reason.
    if (notice) this.#report[failure ? 'notice' : 'verbose'](notice);
    if (failure) throw new Failure(failure.code, failure.message);
    this.#report.baked(entries);
    return bundle;
  }

  /**
   * @param {import('./core.js').Bake} bake
   * @returns {Promise<Outcome>}
   */
  async #run(bake) {
    const progress = this.#report.progress();
    const stayed = beforeLeaving(() => bake.cancel());
    try {
      return await bake.run(({ done, total }) => progress.update(`Baking secrets (${done} of ${total})`));
    } finally {
      stayed();
      progress.remove();
    }
  }
}

module.exports = { Bakery };
