// What an installation brings on one platform, in bytes of files: `node __test__/install/sizes.mjs` prints the table.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { platformOf, thisMachine } from '../../plugin/platform.js';
import { preparePackages } from './packages.mjs';

/** @import { NpmPackage } from './packages.mjs' */

/** Bytes that an installation may have on one platform. */
export const LIMIT = 13e6;

const PLUGIN = 'serverless-secret-baker';
const NAMES = [PLUGIN, `${PLUGIN}-${platformOf(thisMachine())}`, `${PLUGIN}-launcher`];

/**
 * What npm installs here for the plugin, and the sum.
 * @param {NpmPackage[]} npm all packages
 * @returns {{name: string, packed: number, unpacked: number}[]} in bytes
 */
export function installedSizes(npm) {
  const rows = NAMES.flatMap((name) => npm.filter((one) => one.name === name)).map((one) => {
    const times = one.name === `${PLUGIN}-launcher` ? 2 / launchersIn(one.contents) : 1;
    return { name: one.name, packed: one.packed * times, unpacked: one.unpacked * times };
  });
  const sum = (/** @type {'packed' | 'unpacked'} */ key) => rows.reduce((total, row) => total + row[key], 0);
  return [...rows, { name: 'all', packed: sum('packed'), unpacked: sum('unpacked') }];
}

/**
 * A release has the launcher for both processors of Lambda. Where one has been built only, the other counts as much.
 * @param {string} folder
 */
const launchersIn = (folder) => readdirSync(folder).filter((name) => name.endsWith('.gz')).length;

/**
 * @param {ReturnType<typeof installedSizes>} sizes
 * @returns {string} in Markdown, in megabytes of a million bytes
 */
export function sizeTable(sizes) {
  const mega = (/** @type {number} */ bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
  const rows = sizes.map(({ name, packed, unpacked }) => {
    const cells = [name === 'all' ? name : `\`${name}\``, mega(packed), mega(unpacked)];
    return `| ${cells.join(' | ')} |`;
  });
  return ['| package | download | unpacked |', '|---|--:|--:|', ...rows].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = mkdtempSync(join(tmpdir(), 'sizes-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  console.log(sizeTable(installedSizes((await preparePackages(folder)).npm)));
}
