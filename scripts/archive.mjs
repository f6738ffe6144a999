// Reads what has been packed: .tgz and .tar.gz and .crate by `tar`, a wheel by Python.

import { spawnSync } from 'node:child_process';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { python } from '../__test__/aws/python.mjs';

/**
 * @typedef {object} Entry
 * @property {Buffer} bytes
 * @property {boolean} executable
 * @property {boolean} plain neither a link nor anything else that is no file
 */

/**
 * @param {string} archive
 * @returns {Map<string, Entry>} By path; without the one folder that all is in, where there is one
 * @throws {Error} Where it cannot be read
 */
export function readArchive(archive) {
  const folder = mkdtempSync(join(tmpdir(), 'secret-baker-archive-'));
  try {
    const wheel = archive.endsWith('.whl');
    const [command, args] = wheel ? [python, ['-m', 'zipfile', '-e', archive, folder]] : ['tar', ['-xzf', archive, '-C', folder]];
    const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
    // tar warns of what it takes out of a path, and goes on.
    if (status !== 0 || stderr !== '') throw new Error(`${archive} cannot be read: ${error?.message ?? stderr}`);
    const [top, ...more] = readdirSync(folder);
    const within = !wheel && top !== undefined && more.length === 0 ? join(folder, top) : folder;
    return new Map(entriesIn(within, ''));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} folder
 * @param {string} before the path of the folder, with a slash
 * @returns {[string, Entry][]}
 */
function entriesIn(folder, before) {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      const stat = lstatSync(path);
      if (stat.isDirectory()) return entriesIn(path, `${before}${name}/`);
      // A hard link is two names of one file.
      const plain = stat.isFile() && stat.nlink === 1;
      const bytes = plain ? readFileSync(path) : Buffer.alloc(0);
      const executable = plain && (stat.mode & 0o111) !== 0;
      return [/** @type {[string, Entry]} */ ([`${before}${name}`, { bytes, executable, plain }])];
    });
}
