'use strict';

const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

/** @import { BakeRequest, Carried, Core, CoreFailure, Count, Outcome } from '../../plugin/core.js' */

const BUNDLE =
  '{"MY_SECRET":{"ciphertext":"AQICAA==","arn":"arn:aws:ssm:eu-central-1:123456789012:parameter/MY_SECRET","version":3}}';
const ARN = 'arn:aws:ssm:eu-central-1:123456789012:parameter/MY_SECRET';

/** @type {Outcome} */
const BAKED = {
  bundle: Buffer.from(BUNDLE),
  entries: [{ name: 'MY_SECRET', path: '/my/secret', version: 3, arn: ARN }],
  notices: [],
};

/**
 * @typedef {object} Answers
 * @property {Partial<Outcome>} [outcome]
 * @property {{code: string, message: string}} [refusal] of each write
 * @property {{carried: Carried[], failure?: CoreFailure}} [carried]
 * @property {CoreFailure} [lacks] of the last look
 * @property {CoreFailure} [busy] of each claim
 * @property {boolean} [hangs] the bake ends by being cancelled only
 * @property {Error} [broken] thrown on loading
 */

/** In the core's place: answers as told, writes plainly, and remembers what it was asked. */
class FakeCore {
  /** @type {BakeRequest[]} */
  requests = [];
  /** @type {{functions: object[], bundle: string, serviceDir: string, folder: string}[]} */
  carried = [];
  /** @type {{functions: object[], config: string, bundle?: string, serviceDir: string, digests?: object}[]} */
  checked = [];
  /** @type {string[]} what happened to the right to package, in order */
  right = [];
  /** @type {string[]} what happened to the folder, in order */
  folder = [];
  loads = 0;
  #answers;

  /** @param {Answers} [answers] */
  constructor(answers = {}) {
    this.#answers = answers;
  }

  load = () => {
    this.loads += 1;
    if (this.#answers.broken) throw this.#answers.broken;
    return {
      Bake: bakeClass(this, this.#answers),
      Folder: folderClass(this, this.#answers),
      Packaging: packagingClass(this, this.#answers),
      carry: this.#carry,
      check: this.#check,
    };
  };

  /** @type {Core['carry']} */
  #carry = async (functions, bundle, serviceDir, folder) => {
    this.carried.push({ functions, bundle: String(bundle), serviceDir, folder });
    const answer = this.#answers.carried;
    if (answer) return answer;
    const artefacts = functions.filter(({ zip, context }) => zip ?? context);
    const carried = artefacts.map(({ name, zip, context }) => ({
      functions: [name],
      path: path.resolve(serviceDir, zip ?? context ?? ''),
      bundle,
      digest: createHash('sha256').update(bundle).digest('hex'),
      found: /** @type {const} */ ('right'),
      strays: [],
      changed: false,
    }));
    return { carried };
  };

  /** @type {Core['check']} */
  #check = async (functions, config, bundle, serviceDir, digests) => {
    this.checked.push({ functions, config, bundle: bundle && String(bundle), serviceDir, digests });
    return this.#answers.lacks ?? null;
  };
}

/**
 * @param {FakeCore} core
 * @param {Answers} answers
 */
const bakeClass = (core, { outcome, hangs }) =>
  class {
    #cancelled = () => {};

    /** @param {BakeRequest} request */
    constructor(request) {
      core.requests.push(request);
    }

    /** @param {(count: Count) => void} [progress] */
    async run(progress) {
      progress?.({ done: 1, total: 1 });
      if (!hangs) return { ...BAKED, ...outcome };
      // Keeps the process alive, as a call under way does.
      const alive = setInterval(() => {}, 1000);
      await new Promise((resolve) => {
        this.#cancelled = () => resolve(undefined);
      });
      clearInterval(alive);
      return { entries: [], notices: [], failure: { code: 'SECRET_BAKER_CANCELLED', message: 'the bake was cancelled' } };
    }

    cancel() {
      this.#cancelled();
    }
  };

/**
 * @param {FakeCore} core
 * @param {Answers} answers
 */
const packagingClass = (core, { busy }) =>
  class {
    /** @param {string} serviceDir */
    claim(serviceDir) {
      core.right.push(`claim ${serviceDir}`);
      return busy ?? null;
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

    /**
     * @param {string} _serviceDir
     * @param {string} locksDir
     * @param {Buffer} bundle
     */
    constructor(_serviceDir, locksDir, bundle) {
      this.#bundle = bundle;
      core.folder.push(`locks in ${path.basename(locksDir)}`);
    }

    /** @param {string} dir */
    write(dir) {
      return this.writeNarrowed(dir, this.#bundle);
    }

    /**
     * @param {string} dir
     * @param {Buffer} bundle
     */
    writeNarrowed(dir, bundle) {
      if (refusal) return refusal;
      const file = path.join(dir, 'secret-baker-secrets.json');
      fs.writeFileSync(file, bundle);
      this.#written.push(file);
      core.folder.push(`write ${dir}`);
      return null;
    }

    /** @param {string} dir */
    adopt(dir) {
      core.folder.push(`adopt ${dir}`);
      const file = path.join(dir, 'secret-baker-secrets.json');
      const isOurs = fs.existsSync(file) && fs.readFileSync(file).equals(this.#bundle);
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
