'use strict';

const { beforeLeaving } = require('./cleanup.js');
const { findCredentials } = require('./credentials.js');
const { given } = require('./failure.js');
const { deploymentLabel } = require('./label.js');
const { isFrozen } = require('./options.js');
const { idleSettings, readSettings } = require('./settings.js');
const { transport } = require('./transport.js');

/** @import { BakeOutcome, BakeRequest, Bundle, Session } from '../binding.js' */
/** @import { Options, Serverless, Service } from './framework.js' */
/** @import { LocalValues } from './local-values.js' */
/** @import { Report } from './report.js' */
/** @import { Settings } from './settings.js' */
/** @import { Written } from './written.js' */

/** The bundle of one service, made once however many hooks ask for it. */
class Bakery {
  #serverless;
  #options;
  #report;
  #session;
  #written;
  #local;
  /** @type {Promise<Bundle | undefined> | undefined} */
  #bundle;

  /**
   * @param {Serverless} serverless
   * @param {Options} options
   * @param {Report} report
   * @param {() => Session} session
   * @param {Written} written
   * @param {LocalValues} local
   */
  constructor(serverless, options, report, session, written, local) {
    this.#serverless = serverless;
    this.#options = options;
    this.#report = report;
    this.#session = session;
    this.#written = written;
    this.#local = local;
  }

  /**
   * @param {Service['custom']} [custom] resolved, for whoever asks before the framework has the whole config
   * @returns {Promise<Bundle | undefined>} the bundle; undefined where the service asks for none
   * @throws {Failure} every mistake of the user and every failure of the service
   */
  bake(custom = this.#serverless.service.custom) {
    this.#bundle ??= this.#start(custom);
    return this.#bundle;
  }

  /** @returns {Promise<Bundle | undefined>} what this process has baked, without baking anything now */
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

  /** @param {Service['custom']} custom */
  async #start(custom) {
    const settings = readSettings(custom);
    if (settings === undefined) return this.#tellOfIdle(idleSettings(custom, this.#serverless.service.functions));
    if (settings.enabled) {
      const file = this.#local.file(settings);
      return file === undefined ? this.#bakeWith(settings) : this.#openLocally(settings, file);
    }
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
    const session = this.#session();
    const provider = this.#serverless.getProvider('aws');
    const { notice, ...identity } = await findCredentials(provider, this.#options);
    /** @type {BakeRequest} */
    const request = {
      ...this.#wanted(settings),
      label: deploymentLabel(this.#serverless, provider),
      stage: provider?.getStage?.(),
      frozen: isFrozen(this.#options) ?? settings.frozen,
      ...transport(settings, provider),
      ...identity,
    };
    const outcome = await this.#run(session, request);
    for (const text of outcome.value?.notices ?? []) this.#report.notice(text);
    // Where the bake fails, whose credentials these were may well be the reason.
    if (notice) this.#report[outcome.failure ? 'notice' : 'verbose'](notice);
    const { bundle, entries } = given(outcome);
    this.#report.baked(entries);
    return bundle;
  }

  /**
   * @param {Settings} settings
   * @param {string} file
   */
  #openLocally(settings, file) {
    const region = settings.region || this.#serverless.getProvider('aws')?.getRegion?.() || process.env.AWS_REGION;
    return this.#local.open(this.#session(), { ...this.#wanted(settings), file, region });
  }

  /**
   * What the config says.
   * @param {Settings} settings
   */
  #wanted(settings) {
    const serviceDir = this.#serverless.serviceDir ?? this.#serverless.config.servicePath;
    return { config: settings.config, written: this.#asWritten(settings), serviceDir };
  }

  /** @param {Settings} settings */
  #asWritten({ config }) {
    const written = this.#written.at(['custom', 'secretBaker'], JSON.parse(config));
    return written === undefined ? undefined : JSON.stringify(written);
  }

  /**
   * @param {Session} session
   * @param {BakeRequest} request
   * @returns {Promise<BakeOutcome>}
   */
  async #run(session, request) {
    const progress = this.#report.progress();
    const stayed = beforeLeaving(() => session.cancel());
    try {
      return await session.bake(request, ({ done, total }) => progress.update(`Baking secrets (${done} of ${total})`));
    } finally {
      stayed();
      progress.remove();
    }
  }
}

module.exports = { Bakery };
