'use strict';

const { page } = require('../../runtime/contract.json');

/**
 * A failure of the plugin's own, as it is thrown: behind all that it says stands the page of its code.
 * @param {string} code
 * @param {string} message
 */
const paged = (code, message) => ({ code, message: `${message}\n  more: ${page}#${code.toLowerCase()}` });

module.exports = { paged };
