'use strict';

const { ConfigFile } = require('./config-file.js');

/** @import { Serverless } from './framework.js' */

// More than any config needs: a file that refers to itself, or to others without end, must not hold us up.
const MOST_STEPS = 20_000;
const DEEPEST = 40;

/**
 * The config as the user wrote it, with `${...}` where a variable stands: the framework keeps only what came out of them, and that may be a
 * secret. A reference to another part of the config or to another file of it is followed, where it is a whole value; what it leads to was
 * written too. Whatever cannot be known is undefined: who asks must then take every text for a secret.
 */
class Written {
  #serverless;
  /** @type {{file: ConfigFile, root: unknown} | undefined} */
  #config;
  #isRead = false;
  #steps = 0;

  /** @param {Serverless} serverless */
  constructor(serverless) {
    this.#serverless = serverless;
  }

  /**
   * @param {string[]} keys the way to the value
   * @param {unknown} value what the framework has made of it
   * @returns {unknown} undefined where it cannot be known
   */
  at(keys, value) {
    try {
      this.#read();
      this.#steps = 0;
      const written = this.#whole(this.#find(keys));
      return agree(written, value) ? written : undefined;
    } catch {
      // Unreadable, without end, or nothing that we understand.
      return undefined;
    }
  }

  /**
   * @param {string[]} keys the way to a list of names
   * @param {string[]} names what the framework has made of it
   * @returns {string[] | undefined} as long as `names`
   */
  names(keys, names) {
    const written = this.at(keys, names);
    return Array.isArray(written) && written.every((name) => typeof name === 'string') ? written : undefined;
  }

  /** Once, and early: bundlers later move the service's folder. */
  #read() {
    if (this.#isRead) return;
    this.#isRead = true;
    const file = new ConfigFile(this.#serverless.serviceDir ?? this.#serverless.config.servicePath);
    this.#config = { file, root: file.main(this.#serverless) };
  }

  /** @param {string[]} keys */
  #find(keys) {
    return this.#below(this.#config?.root, keys);
  }

  /**
   * @param {unknown} start
   * @param {string[]} keys
   * @returns {unknown}
   */
  #below(start, keys) {
    return keys.reduce((owner, key) => child(this.#follow(owner), key, (each) => this.#follow(each)), start);
  }

  /**
   * Where a reference leads; anything else as it is.
   * @param {unknown} value
   * @returns {unknown}
   */
  #follow(value) {
    this.#steps += 1;
    if (this.#steps > MOST_STEPS) throw new Error('too many references');
    if (typeof value !== 'string' || !value.includes('${')) return value;
    const [, self, file, address = ''] = REFERENCE.exec(this.#fill(value, value)) ?? [];
    const target = self === undefined ? this.#inFile(file, address) : this.#find(keysOf(self));
    return target === undefined ? value : this.#follow(target);
  }

  /**
   * @param {string | undefined} name
   * @param {string} address within it
   */
  #inFile(name, address) {
    return name === undefined ? undefined : this.#below(this.#config?.file.read(name), keysOf(address));
  }

  /**
   * Stage and region within a reference, as in `${file(secrets.${sls:stage}.yml)}`.
   * @param {string} text
   * @param {string} [kept] the reference itself
   */
  #fill(text, kept) {
    return text.replace(INNER, (variable, sources) => (variable === kept ? variable : (this.#known(sources) ?? variable)));
  }

  /**
   * @param {string} sources of a variable, the first choice first
   * @returns {string | undefined} undefined also where an earlier choice is not ours to know
   */
  #known(sources) {
    for (const source of sources.split(',')) {
      const value = this.#sourced(source.trim());
      if (value === undefined || typeof value === 'string') return value;
    }
    return undefined;
  }

  /**
   * @param {string} source
   * @returns {string | null | undefined} null: there is none, so the next choice counts; undefined: it cannot be known
   */
  #sourced(source) {
    const provider = this.#serverless.getProvider('aws');
    if (source === 'sls:stage') return provider?.getStage?.();
    if (source === 'aws:region') return provider?.getRegion?.();
    const [, quoted, self, option] = SOURCE.exec(source) ?? [];
    if (option !== undefined) return this.#serverless.processedInput?.options?.[option] ?? null;
    if (self === undefined) return quoted?.slice(1, -1);
    const value = this.#follow(this.#find(keysOf(self))) ?? null;
    return typeof value === 'string' ? literal(this.#fill(value)) : literal(value);
  }

  /**
   * @param {unknown} value
   * @param {number} [depth]
   * @returns {unknown} with every reference followed
   */
  #whole(value, depth = 0) {
    if (depth > DEEPEST) throw new Error('too deep');
    const found = this.#follow(value);
    if (found instanceof Date) return found.toJSON();
    if (Array.isArray(found)) return found.map((item) => this.#whole(item, depth + 1));
    if (typeof found !== 'object' || found === null) return found;
    return Object.fromEntries(Object.entries(found).map(([key, item]) => [key, this.#whole(item, depth + 1)]));
  }
}

// One reference that is a whole value: without a second choice, and without another within.
const REFERENCE = /^\$\{\s*(?:self:\s*([\w./-]+)|file\(\s*([^(){}$]+?)\s*\)(?::\s*([\w./-]+))?)\s*\}$/;
const SOURCE = /^(?:('[^']*'|"[^"]*")|self:\s*([\w.-]+)|opt:\s*([\w-]+))$/;
const INNER = /\$\{([^${}]+)\}/g;

/** @param {string} address */
const keysOf = (address) => address.split('.').filter((key) => key !== '');

/** @param {unknown} value */
const literal = (value) => {
  if (value === null) return null;
  return typeof value === 'string' && !value.includes('${') ? value : undefined;
};

/**
 * @param {unknown} owner
 * @param {string} key
 * @param {(value: unknown) => unknown} follow
 * @returns {unknown}
 */
const child = (owner, key, follow) => {
  if (typeof owner !== 'object' || owner === null) return undefined;
  if (Object.hasOwn(owner, key)) return /** @type {Record<string, unknown>} */ (owner)[key];
  // Functions may be a list of maps, which the framework joins: the last one wins.
  const parts = Array.isArray(owner) ? owner.map((part) => child(follow(part), key, (value) => value)) : [];
  return parts.findLast((part) => part !== undefined);
};

/**
 * Whether a value may have come out of what is written: what is no variable must be the same, or another plugin has changed it since.
 * @param {unknown} written
 * @param {unknown} value
 * @returns {boolean}
 */
const agree = (written, value) => {
  if (typeof written === 'string' && written.includes('${')) return true;
  if (typeof written !== 'object' || typeof value !== 'object' || written === null || value === null) return written === value;
  if (Array.isArray(written) !== Array.isArray(value)) return false;
  const entries = Object.entries(written);
  const values = /** @type {Record<string, unknown>} */ (value);
  return (
    entries.length === Object.keys(value).length &&
    entries.every(([key, item]) => Object.hasOwn(values, key) && agree(item, values[key]))
  );
};

module.exports = { Written };
