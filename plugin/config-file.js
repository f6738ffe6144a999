'use strict';

const fs = require('node:fs');
const { createRequire } = require('node:module');
const path = require('node:path');

/** @import { Serverless } from './framework.js' */

// A config, or a part of it, is far smaller; what is larger is left unread.
const LARGEST = 1024 * 1024;
const ENDINGS = ['.yml', '.yaml', '.json'];
const PROGRAMS = ['.js', '.cjs', '.mjs', '.ts', '.cts', '.mts'];

/**
 * Reads files of a service's config as they are written, with the YAML reader that the framework brings: we have none.
 */
class ConfigFile {
  #dir;
  /** @type {((text: string) => unknown) | undefined} */
  #parse;
  /** @type {Map<string, unknown>} */
  #found = new Map();

  /** @param {string} dir the service's folder, absolute */
  constructor(dir) {
    this.#dir = dir;
  }

  /**
   * @param {Serverless} serverless
   * @returns {unknown} undefined for a config that is a program
   * @throws when it cannot be read
   */
  main(serverless) {
    const name = this.#mainName(serverless, ENDINGS);
    return name === undefined ? undefined : this.read(name);
  }

  /**
   * The config itself, in whatever language it is.
   * @param {Serverless} serverless
   * @returns {string | undefined} absolute
   */
  mainPath(serverless) {
    const name = this.#mainName(serverless, [...ENDINGS, ...PROGRAMS]);
    return name === undefined ? undefined : path.join(this.#dir, name);
  }

  /**
   * @param {string} name
   * @returns {string | undefined} absolute; undefined for what is no program
   */
  program(name) {
    const file = path.resolve(this.#dir, name);
    return PROGRAMS.includes(path.extname(file)) && fs.existsSync(file) ? file : undefined;
  }

  /**
   * @param {Serverless} serverless
   * @param {string[]} endings
   */
  #mainName({ configurationFilename = 'serverless' }, endings) {
    // serverless 4 tells the name without its ending.
    const names = path.extname(configurationFilename)
      ? [configurationFilename]
      : endings.map((ending) => configurationFilename + ending);
    return names.find((candidate) => fs.existsSync(path.join(this.#dir, candidate)));
  }

  /**
   * @param {string} name
   * @returns {unknown} undefined for what is no YAML or JSON; as in the framework, it may lie outside the service's folder
   * @throws when it cannot be read
   */
  read(name) {
    const file = path.resolve(this.#dir, name);
    const ending = path.extname(file);
    if (!ENDINGS.includes(ending) || !fs.existsSync(file)) return undefined;
    if (!this.#found.has(file)) this.#found.set(file, this.#parsed(file, ending));
    return this.#found.get(file);
  }

  /**
   * @param {string} file
   * @param {string} ending of its name
   */
  #parsed(file, ending) {
    const text = bounded(file);
    if (ending === '.json') return JSON.parse(text);
    this.#parse ??= yamlReader(this.#dir);
    return this.#parse(text);
  }
}

/** @param {string} file */
const bounded = (file) => {
  if (fs.statSync(file).size > LARGEST) throw new Error('too large');
  return fs.readFileSync(file, 'utf8');
};

/**
 * @param {string} dir
 * @returns {(text: string) => unknown}
 * @throws where there is none, as in serverless 4, which is one bundled file
 */
const yamlReader = (dir) => {
  const yaml = findYaml([require.main?.filename, process.argv[1], path.join(dir, 'package.json'), __filename]);
  const kinds = /** @type {const} */ (['scalar', 'sequence', 'mapping']);
  const types = kinds.map((kind) => new yaml.Type('!', { kind, multi: true, construct: asFunction }));
  const schema = yaml.DEFAULT_SCHEMA.extend(types);
  return (text) => yaml.load(text, { schema });
};

/**
 * @param {(string | undefined)[]} origins files to look from
 * @returns {typeof import('js-yaml')}
 */
const findYaml = (origins) => {
  for (const origin of origins.filter((each) => each !== undefined)) {
    try {
      return createRequire(fs.existsSync(origin) ? fs.realpathSync(origin) : origin)('js-yaml');
    } catch {
      // Not from there.
    }
  }
  throw new Error('there is no YAML reader');
};

/**
 * `!Sub text` is short for `Fn::Sub: text`.
 * @param {unknown} data
 * @param {string} [tag]
 */
const asFunction = (data, tag = '') => {
  const name = tag.replace(/^!/, '');
  return { [['Ref', 'Condition'].includes(name) ? name : `Fn::${name}`]: data };
};

module.exports = { ConfigFile, LARGEST, PROGRAMS, bounded };
