'use strict';

const { typeOf } = require('./settings.js');

/**
 * The options themselves. Throws TypeError, in words: what narrows never fails open, for a mistyped option would mean all secrets.
 * @param {string} who the function that was given them
 * @param {any} [options]
 * @param {string[]} [known]
 * @returns {{only?: string[], prefix?: string, override?: boolean}}
 */
exports.optionsOf = (who, options = {}, known = ['only']) => {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TypeError(`${who}: its options must be an object such as { only: ['NAME'] }, not ${typeOf(options)}`);
  }
  const unknown = Object.keys(options).find((key) => !known.includes(key));
  if (unknown) throw new TypeError(`${who}: unknown option \`${unknown}\`; there are ${known.join(', ')}`);
  const { only, prefix } = options;
  if (only !== undefined && !Array.isArray(only)) {
    throw new TypeError(`${who}: \`only\` must be a list of names such as ['NAME'], not ${typeOf(only)}`);
  }
  for (const name of only ?? []) checkName(name, 'a secret');
  if (prefix !== undefined && typeof prefix !== 'string') {
    throw new TypeError(`${who}: \`prefix\` must be a string, not ${typeOf(prefix)}`);
  }
  return options;
};

/** @param {unknown} name @param {string} what it is the name of */
const checkName = (name, what) => {
  if (typeof name !== 'string') throw new TypeError(`the name of ${what} must be a string, not ${typeOf(name)}`);
};
exports.checkName = checkName;
