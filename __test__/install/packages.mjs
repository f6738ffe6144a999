// All packages, as a release has them: those of this machine's platform are built, those of the others have their real manifest and
// stand-ins for their binaries, since only a release builds them.

import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packAll } from '../../scripts/pack.mjs';
import { root } from '../aws/python.mjs';
import { runLimited } from './limited.mjs';

/** The variable that tells the tests where they find packages and registry. */
export const PROOF = 'SECRET_BAKER_INSTALL_PROOF';

/**
 * A package for npm.
 * @typedef {object} NpmPackage
 * @property {string} name
 * @property {string} version
 * @property {string} archive path of its tarball
 * @property {string} contents the folder that it has been unpacked into
 * @property {number} packed bytes of the tarball
 * @property {number} unpacked bytes of its files
 *
 * @typedef {object} Packages
 * @property {NpmPackage[]} npm the plugin, each platform's, the launcher's, and the opener for Node.js
 * @property {string} wheel path
 * @property {string} crate path
 */

/**
 * Packs and unpacks everything.
 * @param {string} folder an empty one
 * @returns {Promise<Packages>}
 */
export async function preparePackages(folder) {
  const packed = await packAll(folder);
  const others = readdirSync(join(root, 'npm')).filter((name) => name !== 'launcher' && !(name in packed.platforms));
  const archives = [packed.plugin, ...Object.values(packed.platforms), packed.launcher, packed.node];
  for (const platform of others) archives.push(await packStandIn(platform, folder));
  const npm = [];
  for (const archive of archives) npm.push(await unpack(archive, folder));
  return { npm, wheel: packed.wheel, crate: packed.crate };
}

/**
 * @param {string} platform
 * @param {string} to
 * @returns {Promise<string>} path of the tarball
 */
async function packStandIn(platform, to) {
  const stage = mkdtempSync(join(tmpdir(), 'stand-in-'));
  try {
    cpSync(join(root, 'npm', platform), stage, { recursive: true });
    writeFileSync(join(stage, `secret-baker.${platform}.node`), 'this stands in for a binary that a release builds\n');
    const { name, version } = manifestIn(stage);
    const { code, output } = await runLimited('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', to], {
      cwd: stage,
    });
    if (code !== 0) throw new Error(`npm pack of ${name} ended with ${code}: ${output}`);
    return join(to, `${name}-${version}.tgz`);
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

/**
 * @param {string} archive
 * @param {string} folder
 * @returns {Promise<NpmPackage>}
 */
async function unpack(archive, folder) {
  const into = join(folder, 'unpacked', archive.split('/').at(-1) ?? '');
  await unpackTar(archive, into);
  const contents = join(into, 'package');
  const { name, version } = manifestIn(contents);
  return { name, version, archive, contents, packed: statSync(archive).size, unpacked: bytesIn(contents) };
}

/**
 * @param {string} archive a gzipped one
 * @param {string} into a folder that is made
 */
export async function unpackTar(archive, into) {
  mkdirSync(into, { recursive: true });
  const { code, output } = await runLimited('tar', ['-xzf', archive, '-C', into]);
  if (code !== 0) throw new Error(`tar could not unpack ${archive}: ${output}`);
}

/** @param {string} folder */
export const manifestIn = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

/**
 * @param {string} folder
 * @returns {string[]} the paths of its files in it, sorted
 */
export function filesIn(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).sort();
}

/** @param {string} folder */
export const bytesIn = (folder) => filesIn(folder).reduce((sum, path) => sum + statSync(join(folder, path)).size, 0);
