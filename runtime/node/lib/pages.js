'use strict';

const { limits } = require('./contract.js');
const { page } = require('./wording.js');

/**
 * The end of an error's message: a line for each code, or one for the whole page where there are many.
 * @param {string[]} codes
 */
exports.pages = (codes) => {
  const distinct = [...new Set(codes)];
  const anchors = distinct.length > limits.pagesShown ? [''] : distinct.map((code) => `#${code.toLowerCase()}`);
  return anchors.map((anchor) => `\n  more: ${page}${anchor}`).join('');
};
