'use strict';

const { described, Memory } = require('./memory.js');
const { parse } = require('./sealed-variable.js');
const { checkName } = require('./selection.js');

/** @typedef {import('../index.js').Opening} Opening */

const kept = new Memory();

/** @param {string} variable @param {Opening} [options] @returns {Promise<string>} */
exports.text = (variable, options) => kept.text(wanted(variable), options?.fresh);

/** @param {string} variable @param {Opening} [options] @returns {Promise<Buffer>} */
exports.bytes = (variable, options) => kept.bytes(wanted(variable), options?.fresh);

// By its value too: a variable that was set anew is another secret.
/** @param {string} variable @returns {import('./memory.js').Wanted} */
const wanted = (variable) => {
  const value = (typeof variable === 'string' && process.env[variable]) || '';
  const entry = () => {
    checkName(variable, 'an environment variable');
    return parse(value);
  };
  return {
    id: `${String(variable)}=${value}`,
    entry,
    explained: (error) => (error.kind ? require('./sentences.js').errorOfVariable(error, variable, described(entry)) : error),
  };
};
