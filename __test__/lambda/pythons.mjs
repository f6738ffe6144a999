// Which of the versions of Python that Lambda has can be had on this machine. Only Node's own modules: set-up uses it.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { root } from '../aws/python.mjs';

/** Lambda's versions of Python, without those that it is about to have. */
export const VERSIONS = /** @type {const} */ (['3.9', '3.10', '3.11', '3.12', '3.13', '3.14']);

const HERE = join(root, '__test__/lambda');

/** Where set-up puts what it finds: for each version a link to the interpreter, and the packages of Lambda's runtime. */
const FOUND = join(HERE, 'pythons');

/**
 * @param {string} version
 * @returns {{folder: string, link: string, packages: string, requirements: string}} paths
 */
export function placesOf(version) {
  const folder = join(FOUND, version);
  const requirements = join(HERE, version === '3.9' ? 'requirements-3.9.txt' : 'requirements.txt');
  return { folder, link: join(folder, 'python'), packages: join(folder, 'packages'), requirements };
}

/**
 * What set-up has found.
 * @param {string} version
 * @returns {{interpreter: string, packages: string} | undefined} paths
 */
export function foundPython(version) {
  const { link, packages } = placesOf(version);
  return existsSync(link) && existsSync(packages) ? { interpreter: readlinkSync(link), packages } : undefined;
}

/**
 * Looks for an interpreter on the PATH, then among those of pyenv.
 * @param {string} version
 * @returns {string | undefined} its own path, which no shim stands before
 */
export function findPython(version) {
  const candidates = [`python${version}`, ...pyenvPythons(version)];
  for (const candidate of candidates) {
    const { status, stdout } = spawnSync(candidate, ['-c', WHO], { encoding: 'utf8', timeout: 30_000 });
    const [found, executable] = String(stdout).trim().split('\n');
    if (status === 0 && found === version && executable) return executable;
  }
  return undefined;
}

const WHO = 'import sys, ssl; print("%d.%d" % sys.version_info[:2]); print(sys.executable)';

/** @param {string} version */
function pyenvPythons(version) {
  const versions = join(process.env.PYENV_ROOT ?? join(homedir(), '.pyenv'), 'versions');
  if (!existsSync(versions)) return [];
  const matching = readdirSync(versions).filter((name) => name === version || name.startsWith(`${version}.`));
  return matching.map((name) => join(versions, name, 'bin', `python${version}`));
}
