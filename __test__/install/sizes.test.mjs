// How much an installation brings.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { root } from '../aws/python.mjs';
import { packages } from './proof.mjs';
import { installedSizes, LIMIT, sizeTable } from './sizes.mjs';

const sizes = installedSizes(packages.npm);
console.log(sizeTable(sizes));

it('an installation has at most 13 MB on one platform', () => {
  assert.equal(sizes.length, 4);
  const all = sizes.at(-1);
  assert.ok(all && all.unpacked <= LIMIT, `${all?.unpacked} bytes`);
});

it('the docs tell these sizes', { skip: process.arch === 'x64' ? false : 'the docs tell those of x64' }, () => {
  const docs = readFileSync(join(root, 'docs/install.md'), 'utf8');
  const told = new Map(
    [...docs.matchAll(/^\| `?([\w-]+)`? \| ([\d.]+) MB \| ([\d.]+) MB \|$/gm)].map(([, name, ...of]) => [name, of]),
  );
  for (const { name, packed, unpacked } of sizes) {
    const [download, files] = told.get(name) ?? [];
    assertAbout(Number(download), packed, `the download of ${name}`);
    assertAbout(Number(files), unpacked, `the files of ${name}`);
  }
});

/**
 * Compilers and texts change: a tenth, and what rounding hides.
 * @param {number} megabytes as told
 * @param {number} bytes
 * @param {string} what
 */
function assertAbout(megabytes, bytes, what) {
  const apart = Math.abs(megabytes * 1e6 - bytes);
  assert.ok(apart <= 0.1 * bytes + 5e4, `${what}: ${megabytes} MB are told, ${bytes} bytes it has`);
}
