'use strict';

const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

/** @import { Bundle, Caller, Carried, Failure, FunctionToCarry, Session } from '../../binding.js' */
/** @import { Binding } from '../../plugin/core.js' */

const BUNDLE =
  '{"MY_SECRET":{"ciphertext":"AQICAA==","arn":"arn:aws:ssm:eu-central-1:123456789012:parameter/MY_SECRET","version":3}}';

/** @type {Bundle} */
const BAKED = { bytes: () => Buffer.from(BUNDLE) };
const ENTRIES = [{ name: 'MY_SECRET', from: '/my/secret', version: '3' }];

/** @typedef {Omit<Failure, 'problems'>} Told */

/**
 * @typedef {object} Answers
 * @property {{notices?: string[], failure?: Told}} [outcome] of the bake
 * @property {Told} [untold] the failure of the statements
 * @property {Told} [unknown] of each variable
 * @property {{value?: import('../../binding.js').PreflightFinding[], failure?: Told}} [preflight]
 * @property {Told} [local] the failure of local values
 * @property {Told} [refusal] of each write
 * @property {{carried: Carried[], failure?: Told}} [carried]
 * @property {Told} [lacks] of the last look
 * @property {Told} [busy] of each claim
 * @property {number} [code] with which a command ends
 * @property {boolean} [hangs] the bake ends by being cancelled only
 * @property {Error} [broken] thrown on loading
 */

/**
 * As the core tells of a failure.
 * @param {Told} [told]
 * @returns {{failure?: Failure}}
 */
const outcomeOf = (told) => (told ? { failure: { ...told, problems: [] } } : {});

/** In the core's place: answers as told, writes plainly, and remembers what it was asked. */
class FakeCore {
  /** @type {(Caller | null | undefined)[]} whose words each session speaks */
  callers = [];
  /** @type {import('../../binding.js').BakeRequest[]} */
  requests = [];
  /** @type {import('../../binding.js').LocalRequest[]} */
  locally = [];
  /** @type {import('../../binding.js').CommandService[]} whose roles' statements were asked for */
  roles = [];
  /** @type {import('../../binding.js').CommandService[]} of each preflight */
  preflights = [];
  /** @type {string[]} which KMS on loopback was stopped, each time */
  stopped = [];
  /** @type {FunctionToCarry[][]} the functions of each dry run */
  foreseen = [];
  /** @type {{functions: FunctionToCarry[], bundle: string, serviceDir: string, folder: string}[]} */
  carried = [];
  /** @type {{functions: FunctionToCarry[], serviceDir: string, bundle?: string, config?: string, digests?: object}[]} */
  checked = [];
  /** @type {string[]} what happened to the right to package, in order */
  right = [];
  /** @type {string[]} what happened to the folder, in order */
  folder = [];
  /** @type {{words: string[], host: import('../../binding.js').CommandHost}[]} the commands that were run */
  commands = [];
  loads = 0;
  #answers;

  /** @param {Answers} [answers] */
  constructor(answers = {}) {
    this.#answers = answers;
  }

  /** @returns {Binding} */
  load = () => {
    this.loads += 1;
    if (this.#answers.broken) throw this.#answers.broken;
    return { Session: sessionClass(this, this.#answers), stopAsking: () => false, finishWriting: () => false };
  };
}

/**
 * @param {FakeCore} core
 * @param {Answers} answers
 * @returns {Binding['Session']}
 */
const sessionClass = (core, answers) =>
  class {
    #cancelled = () => {};

    /** @param {Caller | null} [caller] */
    constructor(caller) {
      core.callers.push(caller);
    }

    /** @type {Session['bake']} */
    async bake(request, progress) {
      core.requests.push(request);
      progress?.({ done: 1, total: 1 });
      const { notices = [], failure } = answers.outcome ?? {};
      if (answers.hangs) await this.#cancellation();
      const told = answers.hangs ? { code: 'SECRET_BAKER_CANCELLED', message: 'the bake was cancelled' } : failure;
      return told ? outcomeOf(told) : { value: { bundle: BAKED, entries: ENTRIES, notices } };
    }

    /** @type {Session['preflight']} */
    async preflight(service) {
      core.preflights.push(service);
      const { value = [], failure } = answers.preflight ?? {};
      return failure ? outcomeOf(failure) : { value };
    }

    /** @type {Session['openLocally']} */
    async openLocally(request) {
      core.locally.push(request);
      const endpoint = `http://127.0.0.1:9/${core.locally.length}`;
      const kms = { endpoint, stop: () => core.stopped.push(endpoint) };
      const baked = { bundle: BAKED, entries: [{ name: 'MY_SECRET', from: request.file }], notices: [] };
      return answers.local ? outcomeOf(answers.local) : { value: { baked, kms, region: request.region ?? 'us-east-1' } };
    }

    /** @type {Session['functionStatements']} */
    async functionStatements(service) {
      core.roles.push(service);
      if (answers.untold) return outcomeOf(answers.untold);
      const functions = service.functions.map(({ key, only = ['all'] }) => ({
        key,
        statements: JSON.stringify([{ Sid: 'Open', Effect: 'Allow', Action: 'kms:Decrypt', Resource: only.join() }]),
      }));
      return { value: { functions, notices: ['something is not certain'] } };
    }

    /** @type {Session['command']} */
    async command(words, host) {
      core.commands.push({ words, host });
      return answers.code ?? 0;
    }

    async #cancellation() {
      // Keeps the process alive, as a call under way does.
      const alive = setInterval(() => {}, 1000);
      await new Promise((resolve) => {
        this.#cancelled = () => resolve(undefined);
      });
      clearInterval(alive);
    }

    cancel() {
      this.#cancelled();
    }

    /** @type {Session['variable']} */
    variable(bundle, name) {
      return answers.unknown ? outcomeOf(answers.unknown) : { value: `secret-baker:${name} of ${bundle.bytes()}` };
    }

    /** @type {Session['folder']} */
    folder(_serviceDir, locksDir, bundle) {
      core.folder.push(`locks in ${path.basename(locksDir)}`);
      return new (folderClass(core, answers))(bundle);
    }

    packaging() {
      return new (packagingClass(core, answers))();
    }

    /** @type {Session['foresee']} */
    async foresee(functions) {
      core.foreseen.push(functions);
      return outcomeOf(answers.carried?.failure);
    }

    /** @type {Session['put']} */
    async put(functions, bundle, serviceDir, folder) {
      core.carried.push({ functions, bundle: String(bundle.bytes()), serviceDir, folder });
      if (answers.carried?.failure) return outcomeOf(answers.carried.failure);
      return { value: answers.carried?.carried ?? asTheyAre(functions, bundle, serviceDir) };
    }

    /** @type {Session['check']} */
    async check(functions, bundle, serviceDir) {
      core.checked.push({ functions, bundle: String(bundle.bytes()), serviceDir });
      return outcomeOf(answers.lacks);
    }

    /** @type {Session['checkPackaged']} */
    async checkPackaged(functions, digests, config, serviceDir) {
      core.checked.push({ functions, digests, config, serviceDir });
      return outcomeOf(answers.lacks);
    }
  };

/**
 * Everything is in each artefact already.
 * @param {FunctionToCarry[]} functions
 * @param {Bundle} bundle
 * @param {string} serviceDir
 * @returns {Carried[]}
 */
const asTheyAre = (functions, bundle, serviceDir) =>
  functions
    .filter(({ zip, context }) => zip ?? context)
    .map(({ name, zip, context }) => ({
      functions: [name],
      path: path.resolve(serviceDir, zip ?? context ?? ''),
      bundle,
      digest: createHash('sha256').update(bundle.bytes()).digest('hex'),
      found: 'right',
      strays: [],
      changed: false,
    }));

/**
 * @param {FakeCore} core
 * @param {Answers} answers
 */
const packagingClass = (core, { busy }) =>
  class {
    /** @param {string} serviceDir */
    claim(serviceDir) {
      core.right.push(`claim ${serviceDir}`);
      return outcomeOf(busy);
    }

    release() {
      core.right.push('release');
    }
  };

/**
 * @param {FakeCore} core
 * @param {Answers} answers
 */
const folderClass = (core, { refusal }) =>
  class {
    /** @type {string[]} */
    #written = [];
    #bundle;

    /** @param {Bundle} bundle */
    constructor(bundle) {
      this.#bundle = bundle;
    }

    /** @param {string} dir */
    write(dir) {
      return this.writeNarrowed(dir, this.#bundle);
    }

    /**
     * @param {string} dir
     * @param {Bundle} bundle
     */
    writeNarrowed(dir, bundle) {
      if (refusal) return outcomeOf(refusal);
      const file = path.join(dir, 'secret-baker-secrets.json');
      fs.writeFileSync(file, bundle.bytes());
      this.#written.push(file);
      core.folder.push(`write ${dir}`);
      return {};
    }

    /** @param {string} dir */
    adopt(dir) {
      core.folder.push(`adopt ${dir}`);
      const file = path.join(dir, 'secret-baker-secrets.json');
      const isOurs = fs.existsSync(file) && fs.readFileSync(file).equals(this.#bundle.bytes());
      if (isOurs) this.#written.push(file);
      return isOurs;
    }

    /** @param {boolean} keep */
    release(keep) {
      core.folder.push(keep ? 'release, keep' : 'release');
      const removed = keep ? [] : this.#written.splice(0);
      for (const file of removed) fs.rmSync(file, { force: true });
      return removed;
    }
  };

module.exports = { BUNDLE, FakeCore };
