'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { bundleFile } = require('./bundle-file.js');

/** @import { Service } from './framework.js' */

// A build folder holds modules with thousands of folders, none of which is a bundler's own.
const MOST_FOLDERS = 2000;

/**
 * The folders in which a bundler has left a copy of the file: it copies what the patterns name, and keeps its output where it is told to, as
 * serverless-esbuild by `keepOutputDirectory`.
 * @param {Service} service
 * @param {string} serviceDir absolute
 * @returns {string[]} absolute
 */
const foldersWithCopies = ({ custom }, serviceDir) => {
  const esbuild = custom?.esbuild?.outputWorkFolder;
  const outputs = [typeof esbuild === 'string' ? esbuild : '.esbuild', '.webpack', '.build', '.serverless/build'];
  const waiting = outputs.map((output) => path.resolve(serviceDir, output));
  const file = bundleFile();
  const found = [];
  for (let seen = 0; seen < MOST_FOLDERS; seen += 1) {
    const dir = waiting.shift();
    if (dir === undefined) break;
    const entries = entriesOf(dir);
    if (entries.some((entry) => entry.name === file && entry.isFile())) found.push(dir);
    const below = entries.filter((entry) => entry.isDirectory() && entry.name !== 'node_modules');
    waiting.push(...below.map(({ name }) => path.join(dir, name)));
  }
  return found;
};

/** @param {string} dir */
const entriesOf = (dir) => {
  try {
    return fs.readdirSync(dir, { withFileTypes: true });
  } catch {
    // Mostly there is none, and another process may remove it at any time.
    return [];
  }
};

module.exports = { foldersWithCopies };
