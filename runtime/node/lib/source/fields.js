'use strict';

const { trouble } = require('../error.js');

/**
 * Fields that must be texts of at least one character. Throws Trouble BUNDLE_INVALID for the first that is none.
 * @template {string} Name
 * @param {Record<string, any>} fields
 * @param {Name[]} names
 * @returns {Record<Name, string>}
 */
exports.textsOf = (fields, names) => {
  for (const name of names) {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (typeof value !== 'string' || value === '') throw trouble('BUNDLE_INVALID', `its \`${name}\` is no text`);
  }
  return /** @type {Record<Name, string>} */ (fields);
};
