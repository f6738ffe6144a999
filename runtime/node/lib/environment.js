'use strict';

const { explained } = require('./open.js');
const { Trouble } = require('./trouble.js');
const { all, namesOf } = require('./vault.js');

/** @import { LoadEnvOptions } from '../index.js' */

/**
 * Opens secrets into `process.env`. What is set already is kept, and then not opened at all; where one fails, nothing is set.
 * @param {LoadEnvOptions} [options]
 * @returns {Promise<string[]>} the variables that were set
 */
const loadEnv = async ({ only, prefix = '', override = false } = {}) => {
  const wanted = namesOf({ only }).filter((name) => override || process.env[prefix + name] === undefined);
  const values = await all({ only: wanted });
  for (const name of wanted) check(name, prefix, values[name] ?? '');
  for (const name of wanted) process.env[prefix + name] = values[name];
  return wanted.map((name) => prefix + name);
};

/**
 * The system would cut off or drop them without a word.
 * @param {string} name
 * @param {string} prefix
 * @param {string} value
 */
const check = (name, prefix, value) => {
  const variable = prefix + name;
  if (variable === '' || /[=\0]/.test(variable)) {
    throw explained(new Trouble('NOT_TEXT', 'its name cannot be that of an environment variable'), name);
  }
  if (value.includes('\0'))
    throw explained(new Trouble('NOT_TEXT', 'it has a NUL, which no environment variable can have'), name);
};

module.exports = { loadEnv };
