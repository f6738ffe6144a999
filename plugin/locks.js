'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { Failure, reasonOf } = require('./failure.js');

/**
 * The folder where processes of this user leave word which services' folders they use. Made if absent. The
 * system's temporary folder is everyone's: another user's folder or link under our name is refused.
 * @param {string} [temporary]
 * @returns {string} absolute
 * @throws {Failure} SECRET_BAKER_FILE
 */
const locksFolder = (temporary = os.tmpdir()) => {
  const user = process.getuid?.() ?? os.userInfo().username;
  const folder = path.join(temporary, `secret-baker-${user}`);
  const found = make(folder);
  if (!found.isDirectory()) throw refused(folder, 'it is not a folder');
  if (process.getuid && found.uid !== process.getuid()) throw refused(folder, 'it belongs to another user');
  // Elsewhere the mode means nothing.
  if (process.getuid && found.mode & 0o077) throw refused(folder, 'others than its owner may use it');
  return folder;
};

/** @param {string} folder */
const make = (folder) => {
  try {
    fs.mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Made before, or something else of that name: told below.
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw refused(folder, reasonOf(error));
  }
  return fs.lstatSync(folder);
};

/**
 * @param {string} folder
 * @param {string} reason
 */
const refused = (folder, reason) => {
  const hint = 'remove it, or point the environment variable TMPDIR at a folder of your own';
  return new Failure('SECRET_BAKER_FILE', `cannot use ${folder} for lock files: ${reason}`, hint);
};

module.exports = { locksFolder };
