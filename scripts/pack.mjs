// Packs what a release consists of, just as it is published.

import { copyFileSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { python, root } from '../__test__/aws/python.mjs';
import { run } from './run.mjs';

/** The set-up steps that must have been taken. */
export const NEEDS = ['packages', 'runtime', 'python', 'launcher', 'release'];

/**
 * Archives, by what is in them.
 * @typedef {object} Packed
 * @property {string} plugin `serverless-secret-baker` for npm
 * @property {Record<string, string>} platforms by their folder in npm/: those that have been built
 * @property {string} launcher `serverless-secret-baker-launcher`, with the processors that have been built
 * @property {string} node `secret-baker` for npm
 * @property {string} wheel `secret-baker` for PyPI
 * @property {string} sdist the same in source
 * @property {string} crate `secret-baker` for crates.io
 */

/**
 * Packs all packages.
 * @param {string} folder where the archives go; it must be there
 * @returns {Promise<Packed>} absolute paths
 * @throws {Error} when something has not been built, or a tool fails
 */
export async function packAll(folder) {
  const to = resolve(folder);
  const launchers = filesIn('launcher', '.gz');
  if (launchers.length === 0) throw new Error('there is no launcher: npm run build:launcher');
  return {
    plugin: await npmPack(root, to),
    platforms: await packPlatforms(to),
    launcher: await npmPackWith('npm/launcher', launchers, to),
    node: await npmPack(join(root, 'runtime/node/dist'), to),
    ...(await packPython(to)),
    crate: await packCrate(to),
  };
}

/**
 * @param {string} to
 * @returns {Promise<Record<string, string>>}
 */
async function packPlatforms(to) {
  const all = readdirSync(join(root, 'npm')).filter((platform) => platform !== 'launcher');
  const built = all.filter((platform) => existsSync(join(root, 'npm', platform, `secret-baker.${platform}.node`)));
  if (built.length === 0) throw new Error('there is no binary in npm/: npm run build:release');
  /** @type {Record<string, string>} */
  const packed = {};
  for (const platform of built) packed[platform] = await npmPackWith(join('npm', platform), [], to);
  return packed;
}

/**
 * Packs a folder of npm/ together with what is not committed once more in each of them.
 * @param {string} from
 * @param {string[]} files
 * @param {string} to
 * @returns {Promise<string>}
 */
async function npmPackWith(from, files, to) {
  const stage = mkdtempSync(join(tmpdir(), 'secret-baker-pack-'));
  try {
    cpSync(join(root, from), stage, { recursive: true });
    for (const file of [...files, 'LICENSE']) copyFileSync(join(root, file), join(stage, file.split('/').at(-1) ?? file));
    return await npmPack(stage, to);
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

/**
 * @param {string} from
 * @param {string} to
 * @returns {Promise<string>}
 */
async function npmPack(from, to) {
  const { name, version } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
  await run('npm', ['pack', '--ignore-scripts', '--loglevel=error', '--pack-destination', to], { cwd: from, quiet: true });
  return packedAs(to, `${name}-${version}.tgz`);
}

/**
 * @param {string} to
 * @returns {Promise<{wheel: string, sdist: string}>}
 */
async function packPython(to) {
  const from = join(root, 'runtime/python');
  await run(python, ['-m', 'hatchling', 'build', '--directory', to], { cwd: from, quiet: true });
  const version = /^version = "(.+)"$/m.exec(readFileSync(join(from, 'pyproject.toml'), 'utf8'))?.[1];
  return {
    wheel: packedAs(to, `secret_baker-${version}-py3-none-any.whl`),
    sdist: packedAs(to, `secret_baker-${version}.tar.gz`),
  };
}

/**
 * It is built where it is used: cargo would take minutes to build it here too.
 * @param {string} to
 * @returns {Promise<string>}
 */
async function packCrate(to) {
  const stage = mkdtempSync(join(tmpdir(), 'secret-baker-crate-'));
  try {
    const args = ['package', '--no-verify', '--allow-dirty', '--locked', '-p', 'secret-baker', '--target-dir', stage];
    await run('cargo', args, { cwd: join(root, 'runtime'), quiet: true });
    const [crate = ''] = readdirSync(join(stage, 'package')).filter((name) => name.endsWith('.crate'));
    copyFileSync(join(stage, 'package', crate), join(to, crate));
    return packedAs(to, crate);
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

/**
 * @param {string} folder
 * @param {string} end
 * @returns {string[]} paths below the root
 */
function filesIn(folder, end) {
  if (!existsSync(join(root, folder))) return [];
  const names = readdirSync(join(root, folder)).filter((name) => name.endsWith(end));
  return names.map((name) => `${folder}/${name}`);
}

/**
 * @param {string} folder
 * @param {string} name
 * @returns {string}
 */
function packedAs(folder, name) {
  const path = join(folder, name);
  if (!existsSync(path)) throw new Error(`packing has not made ${path}`);
  return path;
}
