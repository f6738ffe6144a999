'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { LARGEST, PROGRAMS, bounded } = require('./config-file.js');

// What stands for a text that a program, or a variable that nobody here could read, has given.
const SOMETHING = `\${expression:*}`;

// More modules than any config is made of.
const MOST_FILES = 50;
// What is shorter may stand before a variable by chance.
const LEAST_WRITTEN = 3;

/**
 * The texts of a config that is a program, or that nobody here can read: a text that stands in them just so was written by the user, and is
 * no more secret than they are.
 */
class ConfigText {
  #texts;
  /** @type {string[]} */
  #templates;

  /**
   * @param {string} file absolute
   * @param {(reference: string) => string} fill puts the stage into `${file(x.${sls:stage}.yml)}`
   * @throws when it cannot be read
   */
  constructor(file, fill) {
    this.#texts = textsOf(file, fill);
    this.#templates = this.#texts.flatMap((text) => text.match(TEMPLATE) ?? []);
  }

  /**
   * Whether a file gives all that is below a key.
   * @param {string} key
   */
  isGivenByFile(key) {
    return this.#texts.some((text) => [...text.matchAll(WHOLE)].some(([, found]) => found === key));
  }

  /**
   * @param {unknown} value what the framework has made of it
   * @returns {unknown} the same, with a variable for any text that was not written so
   */
  of(value) {
    if (typeof value === 'string') return this.#text(value);
    if (Array.isArray(value)) return value.map((item) => this.of(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.of(item)]));
  }

  /** @param {string} value */
  #text(value) {
    if (this.#texts.some((text) => standsIn(text, value))) return value;
    const found = this.#templates.find((template) => gives(template, value));
    return found?.replace(VARIABLE, (variable) => (OF_FRAMEWORK.test(variable) ? variable : SOMETHING)) ?? SOMETHING;
  }
}

/**
 * The text of a file and of those that it is made of: modules of a program, and what all of `custom` or `secretBaker` comes out of. Not of files
 * that single values come out of: one may be of secrets.
 * @param {string} main absolute
 * @param {(reference: string) => string} fill
 * @returns {string[]}
 */
const textsOf = (main, fill) => {
  const files = new Set([main]);
  const texts = [];
  for (const file of files) {
    const text = bounded(file);
    texts.push(text);
    const named = PROGRAMS.includes(path.extname(file)) ? [...text.matchAll(MODULE)].map(([, name = '']) => name) : [];
    const whole = [...text.matchAll(WHOLE)].map(([, , reference = '']) => FILE.exec(fill(reference))?.[1] ?? '');
    const next = [
      ...named.map((name) => moduleAt(path.resolve(path.dirname(file), name))),
      ...whole.map((name) => existing(path.resolve(path.dirname(main), name), WRITTEN)),
    ];
    for (const each of next) if (each !== undefined && files.size < MOST_FILES) files.add(each);
  }
  return texts;
};

/** @param {string} name absolute */
const moduleAt = (name) =>
  // TypeScript names a module by what it will be compiled to.
  [name, name.replace(/js$/, 'ts'), ...PROGRAMS.flatMap((ending) => [name + ending, path.join(name, `index${ending}`)])]
    .map((candidate) => existing(candidate, PROGRAMS))
    .find((candidate) => candidate !== undefined);

/**
 * @param {string} file
 * @param {string[]} endings
 */
const existing = (file, endings) => {
  const found = endings.includes(path.extname(file)) && fs.existsSync(file) ? fs.statSync(file) : undefined;
  return found?.isFile() && found.size <= LARGEST ? file : undefined;
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

/**
 * Whether a text with variables in it may have become a value: `app_${sls:stage}_db` becomes `app_dev_db`.
 * @param {string} template
 * @param {string} value
 */
const gives = (template, value) => {
  const parts = template.split(VARIABLE);
  const [first = '', last = ''] = [parts.shift(), parts.pop()];
  if ([first, ...parts, last].join('').length < LEAST_WRITTEN) return false;
  if (!value.startsWith(first)) return false;
  let at = first.length;
  for (const part of parts) {
    const found = value.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return value.endsWith(last) && value.length - last.length >= at;
};

// Bounded, since a program may be one long line.
const VARIABLE = /\$\{(?:[^{}]|\{[^{}]{0,200}\}){1,400}?\}/g;
const TEMPLATE = new RegExp(`(?<![\\w./-])[\\w./-]{0,200}(?:${VARIABLE.source}[\\w./-]{0,200}){1,10}`, 'g');
// The reader takes `self` for as public as the config, and nobody here can tell where it leads.
const OF_FRAMEWORK = /^\$\{(?![\s\S]*\bself\b)[\w.-]+[:(]/;
const MODULE = /(?:\bfrom|\bimport|\brequire\s*\(|\bimport\s*\()\s*['"](\.{1,2}\/[^'"\n]{1,300})['"]/g;
const WHOLE = /\b(custom|secretBaker)['"]?\s*:\s*['"`]?(\$\{\s*file\((?:[^{}]|\{[^{}]{0,200}\}){1,400}?\})/g;
const FILE = /^\$\{\s*file\(\s*([^(){}$]+?)\s*\)/;
const WRITTEN = [...PROGRAMS, '.yml', '.yaml'];

module.exports = { ConfigText, SOMETHING };
