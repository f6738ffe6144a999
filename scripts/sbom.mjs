// What each part of a release is made of, in CycloneDX: by npm for the plugin, by cargo-cyclonedx for what is compiled. The packages for
// functions in Node.js and Python depend on nothing.

import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../__test__/aws/python.mjs';
import { run } from './run.mjs';

/** Where cargo-cyclonedx writes; the core is in the addon. */
const RUST = [
  { workspace: '.', crate: 'src/core', name: 'secret-baker-core', published: false },
  { workspace: '.', crate: 'src/addon', name: 'secret-baker-addon', published: true },
  { workspace: 'runtime', crate: 'runtime/rust', name: 'secret-baker', published: true },
  { workspace: 'runtime', crate: 'runtime/launcher', name: 'secret-baker-launcher', published: true },
];

/**
 * The same release gives the same bytes.
 * @param {string} to the folder
 * @param {string} version
 * @returns {Promise<string[]>} What could not be made here
 */
export async function writeSboms(to, version) {
  writeNpmSbom(to, version);
  if (!run.works('cargo', ['cyclonedx', '--version'])) return ['the lists of what is compiled, by cargo-cyclonedx'];
  const { stdout: time } = spawnSync('git', ['log', '-1', '--format=%ct'], { cwd: root, encoding: 'utf8' });
  const env = { ...process.env, SOURCE_DATE_EPOCH: time.trim() };
  for (const workspace of new Set(RUST.map((part) => part.workspace))) {
    const args = ['cyclonedx', '--format', 'json', '--spec-version', '1.5', '--target', 'all'];
    await run('cargo', args, { cwd: join(root, workspace), env, quiet: true });
  }
  for (const { crate, name, published } of RUST) {
    const made = join(root, crate, `${name}.cdx.json`);
    // Where this checkout lies is nobody's business.
    const text = readFileSync(made, 'utf8').replaceAll(pathToFileURL(root).href, 'file:///');
    if (published) writeFileSync(join(to, `${name}-${version}.cdx.json`), text);
    rmSync(made);
  }
  return [];
}

/**
 * @param {string} to
 * @param {string} version
 */
function writeNpmSbom(to, version) {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev', '--package-lock-only'];
  // npm is a script on Windows, as in run.mjs.
  const shell = process.platform === 'win32';
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd: root, encoding: 'utf8', shell });
  if (status !== 0) throw new Error(`npm sbom ended with ${status}: ${stderr}`);
  const { serialNumber: _, ...sbom } = JSON.parse(stdout);
  delete sbom.metadata.timestamp;
  // npm takes the folder's name for the package's.
  sbom.metadata.component.name = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).name;
  writeFileSync(join(to, `${sbom.metadata.component.name}-${version}.cdx.json`), `${JSON.stringify(sbom, undefined, 2)}\n`);
}
