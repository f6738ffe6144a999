'use strict';

// The framework's variables, as far as they are followed here: `${self:a.b, 'c'}`.

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

/** @param {string} address */
const keysOf = (address) => address.split('.').filter((key) => key !== '');

/** @param {unknown} value */
const literal = (value) => {
  if (value === null) return null;
  return typeof value === 'string' && !value.includes('${') ? value : undefined;
};

module.exports = { FILE, INNER, OPTION, QUOTED, SELF, isInnermost, isOfSelf, isOneVariable, keysOf, literal, sourcesOf };
