'use strict';

const { trouble } = require('./error.js');
const { variables } = require('./wording.js');

// `*` stands for any beginning or end.
/** @param {string[]} patterns @param {string} variable */
const isAmong = (patterns, variable) =>
  patterns.some((pattern) => {
    const [start = '', end] = pattern.split('*');
    return end === undefined ? variable === start : variable.startsWith(start) && variable.endsWith(end);
  });

/**
 * What is against this environment variable.
 * @param {string} variable
 * @param {boolean} isNamed the secret was chosen by its name
 */
exports.refusedVariable = (variable, isNamed) => {
  // The system would cut it off or drop it without a word.
  if (/^$|[=\0]/.test(variable)) return trouble('NOT_A_VARIABLE', 'its name holds what no variable can, or nothing');
  if (isAmong(variables.reserved, variable)) return trouble('NOT_A_VARIABLE', 'its name is reserved', { hint: 'reserved' });
  if (isNamed || !isAmong(variables.onlyNamed, variable)) return undefined;
  return trouble('NOT_A_VARIABLE', 'its name is one that has to be chosen', { hint: 'onlyNamed' });
};
