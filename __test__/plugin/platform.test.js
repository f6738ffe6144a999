'use strict';

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const { test } = require('node:test');
const { machineWords, platformOf, thisMachine } = require('../../plugin/platform.js');

/** @type {[import('../../plugin/platform.js').Machine, string, string][]} */
const MACHINES = [
  [{ platform: 'linux', arch: 'x64', glibc: '2.17' }, 'linux-x64-gnu', 'linux x64 with glibc 2.17'],
  [{ platform: 'linux', arch: 'arm64', glibc: '2.39' }, 'linux-arm64-gnu', 'linux arm64 with glibc 2.39'],
  [{ platform: 'linux', arch: 'x64' }, 'linux-x64-musl', 'linux x64 with musl'],
  [{ platform: 'linux', arch: 'arm64' }, 'linux-arm64-musl', 'linux arm64 with musl'],
  [{ platform: 'darwin', arch: 'x64' }, 'darwin-x64', 'darwin x64'],
  [{ platform: 'darwin', arch: 'arm64' }, 'darwin-arm64', 'darwin arm64'],
  [{ platform: 'win32', arch: 'x64' }, 'win32-x64-msvc', 'win32 x64'],
  [{ platform: 'win32', arch: 'arm64' }, 'win32-arm64-msvc', 'win32 arm64'],
  [{ platform: 'freebsd', arch: 'x64' }, 'freebsd-x64', 'freebsd x64'],
];

for (const [machine, platform, words] of MACHINES) {
  test(`${words} takes the binary ${platform}`, () => {
    assert.equal(platformOf(machine), platform);
    assert.equal(machineWords(machine), words);
  });
}

test('this process is told by its own Node, and the report of it is left as it was', () => {
  const report = /** @type {any} */ (process.report);
  for (const before of [false, true]) {
    report.excludeNetwork = before;
    const machine = thisMachine();
    assert.deepEqual([machine.platform, machine.arch], [process.platform, process.arch]);
    assert.equal(report.excludeNetwork, before);
  }
  report.excludeNetwork = false;
});

test('glibc is the one that this system tells of itself', (t) => {
  const { stdout } = spawnSync('getconf', ['GNU_LIBC_VERSION'], { encoding: 'utf8' });
  const version = /^glibc (\S+)/.exec(stdout ?? '')?.[1];
  if (version === undefined) return t.skip('there is no getconf that knows glibc');
  assert.equal(thisMachine().glibc, version);
});
