'use strict';

const { ConfigFile } = require('./config-file.js');

/** @import { Serverless } from './framework.js' */

// More than any config needs: a file that refers to itself, or to others without end, must not hold us up.
const MOST_STEPS = 20_000;
const DEEPEST = 40;
// What stands for a text that a program, or a variable that nobody here could read, has given.
const SOMETHING = `\${expression:*}`;

/**
 * The config as the user wrote it, with `${...}` where a variable stands: the framework keeps only what came out of them, and that may be a
 * secret. A reference to another part of the config or to another file of it is followed, where it is a whole value; what it leads to was
 * written too. Whatever cannot be known is undefined: who asks must then take every text for a secret.
 */
class Written {
  #serverless;
  /** @type {{file: ConfigFile, root: unknown} | undefined} */
  #config;
  /** The config's own text, where no more is known of it. @type {string | undefined} */
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
      const written = this.#config?.root === undefined ? undefined : this.#whole(this.#find(keys));
      if (written !== undefined && agree(written, value)) return written;
    } catch {
      // Unreadable, without end, or nothing that we understand.
    }
    try {
      return this.#text === undefined ? undefined : this.#literals(value, this.#text);
    } catch {
      return undefined;
    }
  }

  /**
   * For a config that is a program, or that nobody here can read: a text that stands in its file just so was written by the user, and is no
   * more secret than that file.
   * @param {unknown} value
   * @param {string} text of the file
   * @returns {unknown} a variable for any other text
   */
  #literals(value, text) {
    if (typeof value === 'string') return standsIn(text, value) ? value : SOMETHING;
    if (Array.isArray(value)) return value.map((item) => this.#literals(item, text));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.#literals(item, text)]));
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
    if (this.#config.root === undefined) this.#text = file.mainText(this.#serverless);
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
    const file = typeof owner === 'object' && owner !== null ? this.#files.get(owner) : undefined;
    return file === undefined ? found : this.#ofFile(found, file);
  }

  /**
   * @param {unknown} found
   * @param {string} file the reference to it
   */
  #ofFile(found, file) {
    if (typeof found !== 'object' || found === null) return literal(found) === undefined ? found : file;
    this.#files.set(found, file);
    return found;
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
    // No address, so that nobody follows it: it stands for some text of the file.
    return root === undefined ? undefined : this.#below(this.#ofFile(root, `\${file(${name}):*}`), keysOf(address));
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
 * Whether a text stands in another by itself, and not within a longer name or path.
 * @param {string} whole
 * @param {string} part
 */
const standsIn = (whole, part) => {
  for (let at = whole.indexOf(part); part !== '' && at >= 0; at = whole.indexOf(part, at + 1)) {
    const around = (whole[at - 1] ?? ' ') + (whole[at + part.length] ?? ' ');
    if (!/[\w./:-]/.test(around)) return true;
  }
  return false;
};

const SELF = /^self:\s*([\w./-]+)$/;
const FILE = /^file\(\s*([^(){}$]+?)\s*\)(?::\s*([\w./-]+))?$/;
const OPTION = /^opt:\s*([\w-]+)$/;
const QUOTED = /^('[^']*'|"[^"]*")$/;
const INNER = /\$\{[^${}]+\}/g;

/** @param {string} source */
const isOfSelf = (source) => /^self\b/.test(source);

/** @param {string} text */
const isInnermost = (text) => /^\$\{[^${}]+\}$/.test(text);

/**
 * @param {string} variable without another within
 * @returns {string[]} `self:a.b` and `'c'` of `${self:a.b, 'c'}`
 */
const sourcesOf = (variable) =>
  (variable.slice(2, -1).match(/(?:'[^']*'|"[^"]*"|\([^)]*\)|[^,'"(])+/g) ?? []).map((source) => source.trim());

/**
 * @param {string} text
 * @returns {boolean}
 */
const isOneVariable = (text) => {
  const outer = text.replace(INNER, (variable) => (variable === text ? variable : ''));
  return outer === text ? isInnermost(text) : isOneVariable(outer);
};

/** @returns {never} */
const unknown = () => {
  throw new Error('nobody can tell');
};

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
