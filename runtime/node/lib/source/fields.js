'use strict';

const { decodeBase64 } = require('../base64.js');
const { trouble } = require('../error.js');

/**
 * A field that must be a text of at least one character. Throws Trouble BUNDLE_INVALID.
 * @param {Record<string, any>} fields
 * @param {string} name
 * @returns {string}
 */
const textOf = (fields, name) => {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (typeof value !== 'string' || value === '') throw trouble('BUNDLE_INVALID', `its \`${name}\` is no text`);
  return value;
};
exports.textOf = textOf;

/**
 * The same of several fields; throws for the first that is none.
 * @template {string} Name
 * @param {Record<string, any>} fields
 * @param {Name[]} names
 * @returns {Record<Name, string>}
 */
exports.textsOf = (fields, names) => {
  for (const name of names) textOf(fields, name);
  return /** @type {Record<Name, string>} */ (fields);
};

/**
 * A field that must be base64 of at least one byte. Throws Trouble BUNDLE_INVALID.
 * @param {Record<string, any>} fields
 * @param {string} name
 * @param {number} most bytes
 */
exports.bytesOf = (fields, name, most) => {
  const text = textOf(fields, name);
  const bytes = text.length <= most * 2 + 4 ? decodeBase64(text) : undefined;
  if (bytes && bytes.length <= most) return bytes;
  throw trouble('BUNDLE_INVALID', `its \`${name}\` is not base64 of at most ${most} bytes`);
};
