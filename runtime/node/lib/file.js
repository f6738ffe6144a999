'use strict';

const fs = process.getBuiltinModule('node:fs');
const { limits } = require('./contract.js');

/** A small text that a variable names. @param {string} file @param {'latin1' | 'utf8'} encoding @throws {{code: string}} why not */
exports.readText = (file, encoding) => {
  const found = fs.statSync(file);
  // A pipe or a device has no end, and nothing interrupts its reading.
  if (!found.isFile()) throw Object.assign(new Error(), { code: 'it is no file' });
  if (found.size > limits.bundleBytes) throw Object.assign(new Error(), { code: `it has ${found.size} bytes` });
  return fs.readFileSync(file, encoding);
};
