'use strict';

const { ConfigFile } = require('./config-file.js');
const { ConfigText, SOMETHING } = require('./config-text.js');
const {
  FILE,
  INNER,
  OPTION,
  QUOTED,
  SELF,
  isInnermost,
  isOfSelf,
  isOneVariable,
  keysOf,
  literal,
  sourcesOf,
} = require('./variable-text.js');

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
  /** The config's own text, for where no more is known of it. @type {ConfigText | undefined} */
  #text;
  #isRead = false;
  #steps = 0;
  /** What came out of another file, and the reference to that. @type {WeakMap<object, string>} */
  #files = new WeakMap();

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
      const found = this.#config?.root === undefined ? undefined : this.#find(keys);
      const written = this.#whole(found);
      if (written !== undefined && agree(written, value)) return this.#pathsOfFile(keys, found, this.#ofPrograms(written, value));
    } catch {
      // Unreadable, without end, or nothing that we understand.
    }
    try {
      const text = this.#ownText();
      const written = text?.of(value);
      return text?.isGivenByFile(keys.at(-1) ?? '') ? onlyPaths(written, SOMETHING) : written;
    } catch {
      return undefined;
    }
  }

  /**
   * A list or a map that a program gives, as `${file(custom.js)}` does: what stands in there just so was written, too.
   * @param {unknown} written
   * @param {unknown} value
   * @returns {unknown}
   */
  #ofPrograms(written, value) {
    if (typeof value !== 'object' || value === null) return written;
    if (typeof written === 'string') {
      const filled = isOneVariable(written) ? this.#fill(written) : written;
      const [, name] = (isInnermost(filled) && FILE.exec(filled.slice(2, -1).trim())) || [];
      const program = name === undefined ? undefined : this.#config?.file.program(name);
      return program === undefined ? written : this.#textOf(program).of(value);
    }
    if (typeof written !== 'object' || written === null) return written;
    const values = /** @type {Record<string, unknown>} */ (value);
    if (Array.isArray(written)) return written.map((item, index) => this.#ofPrograms(item, values[index]));
    return Object.fromEntries(Object.entries(written).map(([key, item]) => [key, this.#ofPrograms(item, values[key])]));
  }

  /**
   * A map that a file of its own gives may be one of secrets, for whoever takes the plugin for what encrypts them: of its texts only paths count as written.
   * @param {string[]} keys
   * @param {unknown} found there
   * @param {unknown} written
   */
  #pathsOfFile(keys, found, written) {
    const above = this.#find(keys.slice(0, -1));
    if (typeof found !== 'string' || found === above) return written;
    const target = this.#follow(found);
    if (typeof target !== 'object' || target === null) return onlyPaths(written, String(target));
    const file = this.#fileOf(target);
    return file === undefined || file === this.#fileOf(this.#follow(above)) ? written : onlyPaths(written, file);
  }

  /** @param {unknown} value */
  #fileOf(value) {
    return typeof value === 'object' && value !== null ? this.#files.get(value) : undefined;
  }

  /** @param {string} file absolute */
  #textOf(file) {
    return new ConfigText(file, (reference) => this.#fill(reference));
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
    this.#config = { file, root: rootOf(file, this.#serverless) };
  }

  #ownText() {
    const main = this.#text ? undefined : this.#config?.file.mainPath(this.#serverless);
    if (main !== undefined) this.#text = this.#textOf(main);
    return this.#text;
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
    return keys.reduce((owner, key) => this.#step(this.#follow(owner), key), start);
  }

  /**
   * @param {unknown} owner
   * @param {string} key
   * @returns {unknown} a variable for all that is below it; for a text of another file, which may be one of secrets, that file
   */
  #step(owner, key) {
    if (typeof owner === 'string' && owner.includes('${')) return owner;
    const found = child(owner, key, (each) => this.#follow(each));
    const file = this.#fileOf(owner);
    return file === undefined ? found : this.#ofFile(found, file);
  }

  /**
   * @param {unknown} found
   * @param {string} file the reference to it
   */
  #ofFile(found, file) {
    if (typeof found !== 'object' || found === null)
      return literal(found) === undefined || file === this.#ofCustom() ? found : file;
    this.#files.set(found, file);
    return found;
  }

  /** The file that gives all of `custom`: it is as public as the config. */
  #ofCustom() {
    const root = this.#config?.root;
    const custom = typeof root === 'object' && root !== null && 'custom' in root ? root.custom : undefined;
    if (typeof custom !== 'string' || !isOneVariable(custom)) return undefined;
    const [, name] = FILE.exec(this.#fill(custom).slice(2, -1).trim()) ?? [];
    return name === undefined ? undefined : variableOf(name);
  }

  /**
   * Where a reference leads; anything else as it is. The reader takes `self` for as public as the config: it never stays where it leads to
   * something else.
   * @param {unknown} value
   * @returns {unknown}
   * @throws where nobody can tell
   */
  #follow(value) {
    this.#steps += 1;
    if (this.#steps > MOST_STEPS) throw new Error('too many references');
    if (typeof value !== 'string' || !value.includes('${')) return value;
    if (!isOneVariable(value)) return this.#inline(value);
    const filled = this.#fill(value);
    return isInnermost(filled) ? this.#firstOf(sourcesOf(filled), value) : value;
  }

  /**
   * @param {string[]} sources of one variable, the first choice first
   * @param {string} written
   * @returns {unknown}
   */
  #firstOf(sources, written) {
    for (const source of sources) {
      const target = this.#target(source);
      if (target === undefined) return isOfSelf(source) ? unknown() : written;
      if (target !== null) return this.#follow(target);
    }
    return unknown();
  }

  /**
   * @param {string} source
   * @returns {unknown} null: there is nothing, so the next choice counts; undefined: it is not ours to follow
   */
  #target(source) {
    const [, self] = SELF.exec(source) ?? [];
    if (self !== undefined) return this.#find(keysOf(self)) ?? null;
    const [, file, address = ''] = FILE.exec(source) ?? [];
    // What is not there for us may be for the framework: a program, or elsewhere.
    return file === undefined ? undefined : (this.#inFile(file, address) ?? undefined);
  }

  /**
   * @param {string} name
   * @param {string} address within it
   */
  #inFile(name, address) {
    const root = this.#config?.file.read(name);
    return root === undefined ? undefined : this.#below(this.#ofFile(root, variableOf(name)), keysOf(address));
  }

  /**
   * A text with variables in it, those of `self` replaced by what they lead to.
   * @param {string} text
   */
  #inline(text) {
    return text.replace(INNER, (variable) => {
      const found = sourcesOf(variable).some(isOfSelf) ? this.#follow(variable) : variable;
      return typeof found === 'string' || typeof found === 'number' ? String(found) : unknown();
    });
  }

  /**
   * Stage and region within a reference, as in `${file(secrets.${sls:stage}.yml)}`.
   * @param {string} reference
   */
  #fill(reference) {
    const [, within = ''] = /^\$\{([\s\S]*)\}$/.exec(reference) ?? [];
    return `\${${within.replace(INNER, (variable) => this.#known(variable) ?? variable)}}`;
  }

  /**
   * @param {string} variable
   * @returns {string | undefined} undefined also where an earlier choice is not ours to know
   */
  #known(variable) {
    for (const source of sourcesOf(variable)) {
      const value = this.#sourced(source);
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
    const [, quoted] = QUOTED.exec(source) ?? [];
    if (quoted !== undefined) return quoted.slice(1, -1);
    const [, option] = OPTION.exec(source) ?? [];
    if (option !== undefined) return this.#serverless.processedInput?.options?.[option] ?? null;
    const [, self] = SELF.exec(source) ?? [];
    const value = self === undefined ? undefined : (this.#follow(this.#find(keysOf(self))) ?? null);
    if (typeof value !== 'string' || !isInnermost(value)) return literal(value);
    return this.#known(value);
  }

  /**
   * Where one reference leads out of sight, the others are as well known as before.
   * @param {unknown} value
   */
  #followed(value) {
    try {
      return this.#follow(value);
    } catch (error) {
      if (this.#steps > MOST_STEPS) throw error;
      return SOMETHING;
    }
  }

  /**
   * @param {unknown} value
   * @param {number} [depth]
   * @returns {unknown} with every reference followed
   */
  #whole(value, depth = 0) {
    if (depth > DEEPEST) throw new Error('too deep');
    const found = this.#followed(value);
    if (found instanceof Date) return found.toJSON();
    if (Array.isArray(found)) return found.map((item) => this.#whole(item, depth + 1));
    if (typeof found !== 'object' || found === null) return found;
    return Object.fromEntries(Object.entries(found).map(([key, item]) => [key, this.#whole(item, depth + 1)]));
  }
}

/**
 * @param {ConfigFile} file
 * @param {Serverless} serverless
 * @returns {unknown} undefined for a program, and where there is no reader of YAML, as in serverless 4
 */
const rootOf = (file, serverless) => {
  try {
    return file.main(serverless);
  } catch {
    return undefined;
  }
};

/**
 * @param {unknown} written
 * @param {string} variable that the others came out of
 * @returns {unknown}
 */
const onlyPaths = (written, variable) => {
  if (typeof written !== 'object' || written === null || Array.isArray(written)) return written;
  const isOpen = (/** @type {unknown} */ text) => typeof text === 'string' && !/^(?:\/|arn:)|\$\{/.test(text);
  return Object.fromEntries(Object.entries(written).map(([key, text]) => [key, isOpen(text) ? variable : text]));
};

/**
 * What stands for some text of a file. It has no address, so that nobody follows it.
 * @param {string} file as it is referred to
 */
const variableOf = (file) => `\${file(${file}):*}`;

/** @returns {never} */
const unknown = () => {
  throw new Error('nobody can tell');
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
