'use strict';

const { beforeLeaving } = require('./cleanup.js');
const { findCredentials } = require('./credentials.js');
const { Failure } = require('./failure.js');
const { idleSettings, readSettings } = require('./settings.js');
const { transport } = require('./transport.js');

/** @import { BakeRequest, Core, Outcome } from './core.js' */
/** @import { Options, Serverless } from './framework.js' */
/** @import { Report } from './report.js' */
/** @import { Settings } from './settings.js' */
/** @import { Written } from './written.js' */

/** The bundle of one service, made once however many hooks ask for it. */
class Bakery {
  #serverless;
  #options;
  #report;
  #core;
  #written;
  /** @type {Promise<Buffer | undefined> | undefined} */
  #bundle;

  /**
   * @param {Serverless} serverless
   * @param {Options} options
   * @param {Report} report
   * @param {() => Core} core
   * @param {Written} written
   */
  constructor(serverless, options, report, core, written) {
    this.#serverless = serverless;
    this.#options = options;
    this.#report = report;
    this.#core = core;
    this.#written = written;
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
    const { custom, functions } = this.#serverless.service;
    const settings = readSettings(custom);
    if (settings === undefined) return this.#tellOfIdle(idleSettings(custom, functions));
    if (settings.enabled) return this.#bakeWith(settings);
    this.#report.notice('nothing is baked: custom.secretBakerOptions.enabled is false');
    return undefined;
  }

  /**
   * @param {string[]} places
   * @returns {undefined}
   */
  #tellOfIdle(places) {
    if (places.length === 0) return;
    this.#report.notice(`nothing is baked: there is no custom.secretBaker, and ${places.join(', ')} without it does nothing`);
  }

  /** @param {Settings} settings */
  async #bakeWith(settings) {
    const { Bake } = this.#core();
    const provider = this.#serverless.getProvider('aws');
    const { notice, ...identity } = await findCredentials(provider, this.#options);
    /** @type {BakeRequest} */
    const request = { config: settings.config, written: this.#asWritten(), ...transport(settings, provider), ...identity };
    const { bundle, entries, notices, failure } = await this.#run(new Bake(request));
    for (const text of notices) this.#report.notice(text);
    // Where the bake fails, whose credentials these were may well be the reason.
    if (notice) this.#report[failure ? 'notice' : 'verbose'](notice);
    if (failure) throw new Failure(failure.code, failure.message);
    this.#report.baked(entries);
    return bundle;
  }

  #asWritten() {
    const written = this.#written.at(['custom', 'secretBaker'], this.#serverless.service.custom?.secretBaker);
    return written === undefined ? undefined : JSON.stringify(written);
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
