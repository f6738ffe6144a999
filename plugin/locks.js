'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { Failure, reasonOf } = require('./failure.js');
const { isWithin } = require('./within.js');

/**
 * The folder where processes of this user leave word which services' folders they use. Made if absent. It lies outside the service, or its
 * files would be packed into the artefacts. The system's temporary folder is everyone's: another user's folder or link under our
 * name is refused.
 * @param {string} serviceDir absolute
 * @param {string[]} [parents] the first that is not within the service
 * @returns {string} absolute
 * @throws {Failure} SECRET_BAKER_FILE
 */
const locksFolder = (serviceDir, parents = candidates()) => {
  const user = process.getuid?.() ?? os.userInfo().username;
  const parent = parents.find((candidate) => !isWithin(candidate, serviceDir));
  if (parent === undefined) throw refused(parents.join(', '), 'it lies within the service, whose files are packed');
  const folder = path.join(parent, `secret-baker-${user}`);
  const found = make(folder);
  if (!found.isDirectory()) throw refused(folder, 'it is not a folder');
  if (process.getuid && found.uid !== process.getuid()) throw refused(folder, 'it belongs to another user');
  // Elsewhere the mode means nothing.
  if (process.getuid && found.mode & 0o077) throw refused(folder, 'others than its owner may use it');
  return folder;
};

const candidates = () => [os.tmpdir(), ...(process.platform === 'win32' ? [] : ['/tmp']), os.homedir()];

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
  const hint = 'remove it, or point the environment variable TMPDIR at a folder of your own outside the service';
  return new Failure('SECRET_BAKER_FILE', `cannot use ${folder} for lock files: ${reason}`, hint);
};

module.exports = { locksFolder };
