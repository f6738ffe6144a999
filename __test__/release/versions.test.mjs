// The seven places that name the version: they agree, each that does not is told, and a new version reaches all of them.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { readVersions, tagMistakes, writeVersion } from '../../scripts/versions.mjs';
import { root } from '../aws/python.mjs';

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const FILES = [
  ...['package.json', 'package-lock.json', 'Cargo.toml', 'Cargo.lock', 'CHANGELOG.md'],
  ...['runtime/Cargo.toml', 'runtime/Cargo.lock', 'examples/rust/Cargo.lock'],
  ...['runtime/node/package.json', 'runtime/node/lib/aws/sign.js', 'examples/node/package.json'],
  ...['pyproject.toml', 'src/secret_baker/__init__.py', 'src/secret_baker/_aws.py'].map((name) => `runtime/python/${name}`),
];
const NPM = spawnSync('git', ['ls-files', 'npm'], { cwd: root, encoding: 'utf8' }).stdout.trim().split('\n');

/** @type {string} */
let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'secret-baker-versions-'));
  for (const file of [...FILES, ...NPM]) cpSync(join(root, file), join(folder, file), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/**
 * @param {string} file
 * @param {string | RegExp} text
 * @param {string} replacement
 */
function change(file, text, replacement) {
  const before = readFileSync(join(folder, file), 'utf8');
  const after = before.replace(text, replacement);
  assert.notEqual(after, before, `${file} has no ${text}`);
  writeFileSync(join(folder, file), after);
}

describe('the versions', () => {
  it('agree in this checkout', () => assert.deepEqual(readVersions(root), { version, mistakes: [] }));

  for (const file of [...FILES, ...NPM.filter((name) => name.endsWith('package.json'))].filter(
    (name) => name !== 'package.json',
  )) {
    it(`do not agree where ${file} names another`, () => {
      change(file, version, '9.8.7');
      const { mistakes } = readVersions(folder);
      assert.equal(mistakes.length, 1, mistakes.join('\n'));
      assert(mistakes[0]?.startsWith(`${file} (`), mistakes[0]);
      assert(mistakes[0]?.endsWith(`names 9.8.7, and package.json ${version}`), mistakes[0]);
    });
  }

  it('stand in no other source that is published', () => {
    const published = [
      'index.js',
      'plugin',
      'src',
      'runtime/contract.json',
      'runtime/*/lib/*',
      'runtime/*/src/*',
      'runtime/rust/build',
    ];
    const args = ['grep', '-lIwF', version, '--', ...published];
    const { stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
    const found = stdout.trim().split('\n');
    assert.deepEqual(
      found.filter((file) => !FILES.includes(file)),
      [],
    );
    assert(found.includes('runtime/node/lib/aws/sign.js'), 'it finds none at all');
  });

  it('do not agree with any other file where package.json has another', () => {
    change('package.json', `"version": "${version}"`, '"version": "9.8.7"');
    const { mistakes } = readVersions(folder);
    for (const file of FILES)
      assert(
        mistakes.some((mistake) => mistake.startsWith(`${file} (`)),
        file,
      );
  });

  it('are missed where a file no longer names one', () => {
    change('runtime/node/lib/aws/sign.js', `secret-baker-node/${version}`, 'secret-baker');
    assert.deepEqual(readVersions(folder).mistakes, [
      'runtime/node/lib/aws/sign.js (the package for Node.js): names a version 0 times where 1 are expected',
    ]);
  });

  it('are missed where the plugin no longer asks for a platform', () => {
    change('package.json', /.*"serverless-secret-baker-linux-arm64-musl".*\n/, '');
    assert.match(
      String(readVersions(folder).mistakes),
      /^package\.json \(the plugin, .*\): names a version 8 times where 9 are expected$/,
    );
  });
});

describe('a new version', () => {
  it('reaches every place but the changelog', () => {
    const changed = writeVersion(folder, '9.8.7');
    assert(changed.includes('runtime/Cargo.lock'));
    assert.deepEqual(readVersions(folder).mistakes, [`CHANGELOG.md (what changed): names ${version}, and package.json 9.8.7`]);
    change('CHANGELOG.md', /^## .*$/m, '## 9.8.7 (not released)');
    assert.deepEqual(readVersions(folder), { version: '9.8.7', mistakes: [] });
  });

  it('changes no dependency of others', () => {
    writeVersion(folder, '9.8.7');
    for (const file of ['package-lock.json', 'Cargo.lock', 'runtime/Cargo.lock']) {
      const lines = (/** @type {string} */ from) => readFileSync(join(from, file), 'utf8').split('\n');
      const before = lines(root);
      const changed = lines(folder).flatMap((line, n) => (line === before[n] ? [] : [line]));
      assert(
        changed.every((line) => line.includes('9.8.7')),
        changed.join('\n'),
      );
    }
  });

  it('is refused where it is none', () => {
    for (const none of ['v9', '9.8.7-rc.1', '9.8', '9.8.7\n']) {
      assert.throws(() => writeVersion(folder, none), { message: `${JSON.stringify(none)} is no version, such as 3.2.0` });
    }
  });
});

describe('a tag', () => {
  beforeEach(() => change('CHANGELOG.md', /^## .*$/m, `## ${version} (2026-12-01)`));

  it('is taken that is the version, once the changelog has the day', () =>
    assert.deepEqual(tagMistakes(folder, `v${version}`), []));

  it('is refused that is another version', () => {
    assert.deepEqual(tagMistakes(folder, 'v9.8.7'), [`the tag is v9.8.7, and the version ${version}: it must be v${version}`]);
  });

  it('is refused while the changelog has no day', () => {
    change('CHANGELOG.md', '(2026-12-01)', '(not released)');
    assert.deepEqual(tagMistakes(folder, `v${version}`), [
      `CHANGELOG.md: write the day of the release for "## ${version} (not released)", as (2026-01-31)`,
    ]);
  });
});
