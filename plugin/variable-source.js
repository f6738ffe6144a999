'use strict';

const { Failure, given } = require('./failure.js');
const { readSettings } = require('./settings.js');
const { waitsForSecret } = require('./variable-circle.js');

/** @import { Bundle, Session } from '../binding.js' */
/** @import { Bakery } from './bakery.js' */
/** @import { Serverless, VariableRequest } from './framework.js' */
/** @import { Report } from './report.js' */

// Nothing opens it: what a variable gives to a command after which no function runs.
const NOT_RESOLVED = 'secret-baker:not-resolved-here';
const BAKING = ['package', 'deploy', 'deploy function', 'invoke local', 'offline', 'offline start', 'dev'];

const SECRETS = ['custom', 'secretBaker'];
const OPTIONS = ['custom', 'secretBakerOptions'];
// Other variables within them may ask AWS, and whoever runs it for a code.
const LONGEST_WAIT = 300_000;

/** `${secretBaker:NAME}`: the sealed entry of a secret, as the framework resolves its variables, which is before any hook. */
class VariableSource {
  #serverless;
  #report;
  #session;
  #bakery;
  /** @type {WeakSet<Failure>} */
  #told = new WeakSet();

  /**
   * @param {Serverless} serverless
   * @param {Report} report
   * @param {() => Session} session
   * @param {Bakery} bakery
   */
  constructor(serverless, report, session, bakery) {
    this.#serverless = serverless;
    this.#report = report;
    this.#session = session;
    this.#bakery = bakery;
  }

  /**
   * Never gives nothing: the framework would take a fallback for it, `${secretBaker:NAME, 'fallback'}`.
   * @param {VariableRequest} request
   * @returns {Promise<{value: string}>} a text with a ciphertext in it
   */
  resolve = async ({ address, resolveConfigurationProperty }) => {
    try {
      return { value: this.#bakes() ? await this.#sealed(address, resolveConfigurationProperty) : NOT_RESOLVED };
    } catch (error) {
      throw error instanceof Failure ? this.#report.frameworkError(this.#once(error)) : error;
    }
  };

  /** What an earlier command has packaged is deployed as it is. */
  #bakes() {
    const { commands = [], options } = this.#serverless.processedInput ?? {};
    const isPackaged = commands[0] === 'deploy' && (options?.package ?? this.#serverless.service.package?.path);
    return BAKING.includes(commands.join(' ')) && !isPackaged;
  }

  /**
   * @param {unknown} name
   * @param {VariableRequest['resolveConfigurationProperty']} property
   */
  async #sealed(name, property) {
    if (typeof name !== 'string' || name === '') throw invalid('a variable names no secret', `write ${written('NAME')}`);
    const custom = await this.#custom(property);
    const settings = readSettings(custom);
    if (settings === undefined) throw invalid('there is no custom.secretBaker, so no secret is sealed', 'add the secret there');
    if (!settings.enabled) return NOT_RESOLVED;
    const bundle = /** @type {Bundle} */ (await this.#bakery.bake(custom));
    return given(this.#session().variable(bundle, name));
  }

  /**
   * Each variable asks by itself, so that the framework knows what waits for what.
   * @param {VariableRequest['resolveConfigurationProperty']} property
   */
  async #custom(property) {
    const config = this.#serverless.configurationInput;
    const place = waitsForSecret(config, SECRETS) ?? waitsForSecret(config, OPTIONS);
    if (place !== undefined) throw circle(place);
    const [secretBaker, secretBakerOptions] = await inTime(Promise.all([property(SECRETS), property(OPTIONS)]));
    return {
      ...config?.custom,
      ...(secretBaker !== undefined && { secretBaker }),
      ...(secretBakerOptions !== undefined && { secretBakerOptions }),
    };
  }

  /**
   * What fails for all variables is told with one of them.
   * @param {Failure} failure
   */
  #once(failure) {
    if (this.#told.has(failure)) return new Failure(failure.code, 'nothing is sealed, for the reason told at another variable');
    this.#told.add(failure);
    return failure;
  }
}

/** @param {string} name */
const written = (name) => `$\{secretBaker:${name}}`;

/**
 * @param {string} message
 * @param {string} [hint]
 */
const invalid = (message, hint) => new Failure('SECRET_BAKER_CONFIG_INVALID', message, hint);

/** @param {string} place */
const circle = (place) =>
  invalid(
    `${place}: ${written('...')} cannot stand in custom.secretBaker or what it refers to: a secret would stand for its own entry`,
    'write in its place where the secret is kept, such as a path',
  );

/**
 * @template T
 * @param {Promise<T>} waited
 * @returns {Promise<T>}
 * @throws {Failure} SECRET_BAKER_CONFIG_INVALID
 * @throws whatever the framework says of these properties
 */
const inTime = async (waited) => {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    const failure = invalid(
      `custom.secretBaker is not resolved after ${LONGEST_WAIT / 60_000} minutes`,
      `it may wait for itself: neither it nor what it refers to may hold ${written('...')}`,
    );
    timer = setTimeout(() => reject(failure), LONGEST_WAIT);
  });
  try {
    return await /** @type {Promise<T>} */ (Promise.race([waited, late]));
  } catch (error) {
    throw /** @type {any} */ (error)?.code === 'CIRCULAR_PROPERTY_DEPENDENCY' ? circle('custom') : error;
  } finally {
    clearTimeout(timer);
  }
};

module.exports = { VariableSource };
