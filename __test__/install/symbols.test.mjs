// What we ship for Linux runs where the glibc is old: each symbol that it needs has the version of glibc 2.17, or an older one.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { platformOf, thisMachine } from '../../plugin/platform.js';
import { GLIBC } from '../../scripts/zig.mjs';
import { python, root } from '../aws/python.mjs';

const here = platformOf(thisMachine());
const skip = !/^linux-.*-gnu$/.test(here) && `what is built on ${here} is not for glibc`;
const binary = (/** @type {string} */ platform) => join(root, 'npm', platform, `secret-baker.${platform}.node`);
// A release has those of other processors too.
const built = readdirSync(join(root, 'npm')).filter(
  (platform) => /^linux-.*-gnu$/.test(platform) && existsSync(binary(platform)),
);

describe('the symbols of glibc that a file needs', { skip }, () => {
  for (const platform of new Set([here, ...built])) {
    it(`are those of glibc 2.17 in the addon for ${platform}`, () => assertRunsOn(GLIBC, binary(platform)));
  }

  const launchers = readdirSync(join(root, 'launcher')).filter((name) => name.endsWith('.gz'));
  for (const name of launchers) {
    it(`are those of glibc 2.17 in ${name}`, (t) => {
      const folder = mkdtempSync(join(tmpdir(), 'secret-baker-symbols-'));
      t.after(() => rmSync(folder, { recursive: true, force: true }));
      const program = join(folder, 'launcher');
      writeFileSync(program, gunzipSync(readFileSync(join(root, 'launcher', name))));
      assertRunsOn(GLIBC, program);
    });
  }

  it('are found to be too new in what was built against a newer one', () => {
    assert.equal(GLIBC, '2.17');
    assert.throws(() => assertRunsOn(GLIBC, process.execPath), /needs GLIBC_2\.\d+(, GLIBC_2\.\d+)*, newer than 2\.17/);
    assert.throws(() => assertRunsOn(GLIBC, fileURLToPath(import.meta.url)), /Magic number does not match/);
  });
});

/**
 * @param {string} glibc a version
 * @param {string} file
 */
function assertRunsOn(glibc, file) {
  const args = [join(root, '__test__/install/symbol_versions.py'), file];
  /** @type {Record<string, string[]>} */
  const needed = JSON.parse(execFileSync(python, args, { encoding: 'utf8', stdio: 'pipe' }));
  const versions = Object.values(needed).flat();
  assert.ok(needed['libc.so.6']?.length, `${file} does not use glibc`);
  const tooNew = versions.filter((version) => version.startsWith('GLIBC_') && isNewer(version.slice('GLIBC_'.length), glibc));
  assert.deepEqual(tooNew, [], `${file} needs ${tooNew.join(', ')}, newer than ${glibc}`);
}

/**
 * @param {string} one a version, or a word such as `PRIVATE`, which only the very same glibc has
 * @param {string} other
 */
function isNewer(one, other) {
  if (!/^\d+(\.\d+)*$/.test(one)) return true;
  return one.localeCompare(other, 'en', { numeric: true }) > 0;
}
