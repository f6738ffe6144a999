'use strict';

const fs = require('node:fs');
const path = require('node:path');

/**
 * @param {string} dir
 * @returns {string} absolute, without links where it exists
 */
const real = (dir) => {
  try {
    return fs.realpathSync(dir);
  } catch {
    return path.resolve(dir);
  }
};

/**
 * Whether a folder is another one or lies below it.
 * @param {string} dir
 * @param {string} parent
 */
const isWithin = (dir, parent) => {
  const relative = path.relative(real(parent), real(dir));
  return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
};

module.exports = { isWithin, real };
