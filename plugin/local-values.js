'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { Failure, given } = require('./failure.js');
const { LOCAL } = require('./options.js');
const { isOn } = require('./service-host.js');

/** @import { Bundle, LocalBundle, LocalRequest, Session } from '../binding.js' */
/** @import { Options, Serverless } from './framework.js' */
/** @import { Report } from './report.js' */
/** @import { Settings } from './settings.js' */

const CODE = 'SECRET_BAKER_LOCAL_VALUES';
const VARIABLE = 'SECRET_BAKER_LOCAL';
const SETTING = 'custom.secretBakerOptions.local';
const ENDPOINT = 'AWS_ENDPOINT_URL_KMS';

/** The commands that run handlers on this machine. */
const RUNS = ['invoke local', 'offline', 'offline start'];

/** The commands that upload what was baked, or make it ready for that. */
const UPLOADS = ['package', 'deploy', 'deploy function', 'dev'];

/** What tells an SDK whose credentials to use, beside the shared files. */
const CREDENTIALS = [
  'AWS_ACCESS_KEY_ID',
  'AWS_PROFILE',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
];

/** Named, so that whoever finds them in a log knows what they are. Nobody checks what is signed with them. */
const MADE_UP = { AWS_ACCESS_KEY_ID: 'SECRETBAKERLOCAL', AWS_SECRET_ACCESS_KEY: 'made-up-by-secret-baker-for-local-values' };

/**
 * Values of a local file in place of those of AWS, for handlers on this machine: whether they are wanted, and what such a handler finds in its
 * environment while it runs.
 */
class LocalValues {
  #serverless;
  #options;
  #report;
  /** @type {LocalBundle | undefined} */
  #opened;
  /** @type {Map<string, string | undefined>} what stood in the environment before */
  #before = new Map();

  /**
   * @param {Serverless} serverless
   * @param {Options} options
   * @param {Report} report
   */
  constructor(serverless, options, report) {
    this.#serverless = serverless;
    this.#options = options;
    this.#report = report;
  }

  /**
   * The file that has the values. The command line counts before the environment, and that before the settings.
   * @param {Settings} settings
   * @returns {string | undefined} undefined: they are not wanted, or the command runs no handlers here
   * @throws {Failure} SECRET_BAKER_LOCAL_VALUES where nothing names the file, or nothing may
   */
  file(settings) {
    const command = this.#serverless.processedInput?.commands?.join(' ') ?? '';
    // A variable asks before any hook has refused.
    if (UPLOADS.includes(command)) this.refuse();
    if (!RUNS.includes(command)) return undefined;
    const wish = wished(this.#options);
    if (wish === false) return undefined;
    const file = wish?.file ?? (process.env[VARIABLE] || settings.local);
    if (wish && file === undefined) {
      throw new Failure(CODE, `--${LOCAL} names no file`, `write --${LOCAL} FILE, or name it by ${SETTING} or ${VARIABLE}`);
    }
    return file;
  }

  /**
   * Nothing that is uploaded has local values. What only the settings say is not meant for such a command.
   * @throws {Failure} SECRET_BAKER_LOCAL_VALUES
   */
  refuse() {
    const hint = (/** @type {string} */ how) => `${how}: what is packaged takes its secrets from where custom.secretBaker says`;
    const text = (/** @type {string} */ what) => `${what} asks for local values, which are never packaged or deployed`;
    if (wished(this.#options)) throw new Failure(CODE, text(`--${LOCAL}`), hint('leave it out'));
    if (process.env[VARIABLE] && wished(this.#options) !== false) {
      throw new Failure(CODE, text(VARIABLE), hint(`unset it, or add --no-${LOCAL}`));
    }
  }

  /**
   * Seals the values and starts what opens them.
   * @param {Session} session
   * @param {LocalRequest} request
   * @returns {Promise<Bundle>}
   * @throws {Failure}
   */
  async open(session, request) {
    this.#opened = given(await session.openLocally(request));
    const { bundle, entries } = this.#opened.baked;
    const count = entries.length === 1 ? '1 secret has a local value' : `${entries.length} secrets have local values`;
    this.#report.notice(`${count}; AWS is not asked for any`);
    for (const { name, from } of entries) this.#report.verbose(`${name} is local, from ${from}`);
    return bundle;
  }

  /** Lets the handlers of this process and its children find what opens the bundle. May be repeated. */
  setEnvironment() {
    if (this.#opened === undefined) return;
    this.#setEndpoint(this.#opened.kms.endpoint);
    this.#setIfAbsent('AWS_REGION', this.#opened.region);
    this.#setCredentials();
  }

  /** Ends it all; any number of times. Synchronous. */
  release() {
    for (const [name, value] of this.#before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    this.#before.clear();
    this.#opened?.kms.stop();
    this.#opened = undefined;
  }

  /** @param {string} endpoint */
  #setEndpoint(endpoint) {
    if (this.#before.has(ENDPOINT)) return;
    if (isOn(process.env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS)) this.#tell('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is true');
    else if (process.env[ENDPOINT] || this.#isConfigured(ENDPOINT)) this.#tell(`${ENDPOINT} is set already`);
    this.#setIfAbsent(ENDPOINT, endpoint);
  }

  /** @param {string} why */
  #tell(why) {
    this.#report.notice(`${why}: handlers ask another KMS, which cannot open local values; unset it for local runs`);
  }

  /** @param {string} name of a variable that the service itself gives to functions */
  #isConfigured(name) {
    const { provider, functions = {} } = this.#serverless.service;
    const all = [provider?.environment, ...Object.values(functions).map((own) => own?.environment)];
    return all.some((environment) => environment?.[name] !== undefined);
  }

  #setCredentials() {
    if (process.env.AWS_ACCESS_KEY_ID || this.#isConfigured('AWS_ACCESS_KEY_ID')) return;
    if (!CREDENTIALS.some((name) => process.env[name]) && !hasSharedFiles()) {
      for (const [name, value] of Object.entries(MADE_UP)) this.#set(name, value);
      return;
    }
    this.#report.verbose(
      'handlers have credentials, but not in their environment, where the packages of Secret Baker look for them: where these ' +
        'say that there are none, set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, to anything if the handler calls nothing else of AWS',
    );
  }

  /**
   * @param {string} name
   * @param {string} value
   */
  #setIfAbsent(name, value) {
    if (!process.env[name]) this.#set(name, value);
  }

  /**
   * @param {string} name
   * @param {string} value
   */
  #set(name, value) {
    if (!this.#before.has(name)) this.#before.set(name, process.env[name]);
    process.env[name] = value;
  }
}

/**
 * What the command line says: `--secret-baker-local FILE`, without a file, or `--no-secret-baker-local`. The last one counts.
 * @param {Options} options
 * @returns {{file?: string} | false | undefined} false: local values are not wanted; undefined: it says nothing
 */
const wished = (options) => {
  if (options[LOCAL] === undefined) return undefined;
  const last = [options[LOCAL]].flat().at(-1);
  if (String(last) === 'false') return false;
  return typeof last === 'string' && last !== '' && last !== 'true' ? { file: last } : {};
};

/** Whether SDKs may find a profile. */
const hasSharedFiles = () => {
  const home = path.join(os.homedir(), '.aws');
  const { AWS_SHARED_CREDENTIALS_FILE: credentials, AWS_CONFIG_FILE: config } = process.env;
  return [credentials || path.join(home, 'credentials'), config || path.join(home, 'config')].some((file) => fs.existsSync(file));
};

module.exports = { LocalValues };
