// Makes package-lock.json again, for every platform. npm forgets the optional packages of other platforms where `node_modules` has
// been installed on one (npm issue 4828), so the lock is made beside it; and it names no package that its registry does not have
// yet, so the platform packages of this very version are added as they will be.

import { copyFileSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../__test__/aws/python.mjs';
import { run } from './run.mjs';

const WITHOUT_HOSTS = ['--package-lock-only', '--omit-lockfile-registry-resolved'];
const folder = mkdtempSync(join(tmpdir(), 'secret-baker-lock-'));
const lock = (/** @type {string[]} */ ...args) =>
  run('npm', ['install', ...WITHOUT_HOSTS, '--no-audit', '--no-fund', '--loglevel=error', ...args], { cwd: folder });
try {
  copyFileSync(join(root, 'package.json'), join(folder, 'package.json'));
  await lock();
  const path = join(folder, 'package-lock.json');
  const made = JSON.parse(readFileSync(path, 'utf8'));
  for (const name of readdirSync(join(root, 'npm'))) {
    const { name: dependency, version, cpu, os, libc, license, engines } = read(join(root, 'npm', name, 'package.json'));
    made.packages[`node_modules/${dependency}`] ??= { version, cpu, libc, license, optional: true, os, engines };
  }
  writeFileSync(path, JSON.stringify(made, undefined, 2));
  // Brings them into npm's order.
  await lock('--offline');
  // Whole or not at all, wherever it is cut off.
  const to = join(root, 'package-lock.json');
  copyFileSync(path, `${to}.new`);
  renameSync(`${to}.new`, to);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** @param {string} path */
function read(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}
