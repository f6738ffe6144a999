// Zips as other tools write them.

import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import yazl from 'yazl';

/**
 * @typedef {object} Member
 * @property {string} name
 * @property {string | Buffer} content
 * @property {number} [mode] Unix; a plain file of 0644 unless told
 * @property {boolean} [stored] not compressed
 *
 * @typedef {object} Kind
 * @property {boolean} [zip64] with the 64-bit fields that only long archives need
 * @property {boolean} [descriptors] sizes behind each entry, as tools that stream write them
 */

const DATE = new Date(2020, 0, 1);

/**
 * @param {Member[]} members
 * @param {Kind} [kind]
 * @returns {Promise<Buffer>}
 */
export function makeZip(members, { zip64 = false, descriptors = false } = {}) {
  const zip = new yazl.ZipFile();
  for (const { name, content, mode = 0o100644, stored = false } of members) {
    const options = { mtime: DATE, mode, forceZip64Format: zip64, compress: !stored };
    const bytes = Buffer.from(content);
    if (descriptors) zip.addReadStreamLazy(name, options, (done) => done(null, stream(bytes)));
    else zip.addBuffer(bytes, name, options);
  }
  zip.end({ forceZip64Format: zip64, comment: '' });
  return buffer(zip.outputStream);
}

/** @param {Buffer} bytes */
function stream(bytes) {
  return /** @type {any} */ (Readable.from([bytes]));
}
