// `npm run lock`, in a checkout of this test, with an npm that knows no package of a platform.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { root } from '../aws/python.mjs';

/** @type {string} */
let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'secret-baker-locked-'));
  for (const path of ['package.json', 'npm', 'scripts/lock.mjs', 'scripts/run.mjs', '__test__/aws/python.mjs'])
    cpSync(join(root, path), join(folder, path), { recursive: true });
  writeFileSync(join(folder, 'package-lock.json'), 'as it was');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** @param {string} npm what it does, as a shell says it */
function lock(npm) {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'npm'), `#!/bin/sh\n${npm}\n`, { mode: 0o755 });
  const before = readdirSync(folder);
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` };
  const { status, stderr } = spawnSync(process.execPath, [join(folder, 'scripts/lock.mjs')], { encoding: 'utf8', env });
  assert.deepEqual(readdirSync(folder), before, 'it leaves something behind');
  return { status, stderr, made: readFileSync(join(folder, 'package-lock.json'), 'utf8') };
}

const MAKES = `test -f package-lock.json || echo '{"packages":{}}' > package-lock.json`;

describe('the lock', () => {
  it('names the package of every platform, and the launcher, as they will be', () => {
    const { status, stderr, made } = lock(MAKES);
    assert.equal(status, 0, stderr);
    const { optionalDependencies, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const { packages } = JSON.parse(made);
    assert.deepEqual(
      Object.keys(packages).sort(),
      Object.keys(optionalDependencies).map((name) => `node_modules/${name}`),
    );
    for (const each of Object.values(packages)) assert.deepEqual([each.version, each.optional], [version, true]);
  });

  it('stays as it was where npm fails, at once or at the end', () => {
    for (const npm of ['exit 1', `case "$*" in *--offline*) exit 1;; esac; ${MAKES}`]) {
      const { status, made } = lock(npm);
      assert.notEqual(status, 0);
      assert.equal(made, 'as it was');
      rmSync(join(folder, 'bin'), { recursive: true });
    }
  });
});
