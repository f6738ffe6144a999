// The packages of a release know each other: one version, one list of platforms, and nothing that runs while they are installed.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseTriple } from '@napi-rs/cli';
import { platformOf } from '../../plugin/platform.js';
import { root } from '../aws/python.mjs';

/** @param {string} folder */
const manifest = (folder) => JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));

const plugin = manifest('.');
const folders = readdirSync(join(root, 'npm')).sort();

test('each package in npm/ is a dependency of the plugin, in its very version, and there is no other', () => {
  const packages = folders.map((folder) => manifest(join('npm', folder)));
  assert.deepEqual(
    packages.map(({ name }) => name),
    folders.map((folder) => `${plugin.name}-${folder}`),
  );
  assert.deepEqual(plugin.optionalDependencies, Object.fromEntries(packages.map(({ name }) => [name, plugin.version])));
  for (const { version } of packages) assert.equal(version, plugin.version);
  assert.equal(plugin.dependencies, undefined);
});

test('the lock of this clone names them all', () => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  for (const name of Object.keys(plugin.optionalDependencies)) {
    assert.equal(packages[`node_modules/${name}`]?.version, plugin.version, name);
  }
});

test('each target has its package, which is for its system, processor and C library, and holds its binary', () => {
  const targets = /** @type {string[]} */ (plugin.napi.targets);
  const LIBC = /** @type {Record<string, string>} */ ({ gnu: 'glibc', musl: 'musl' });
  assert.deepEqual(
    targets.map((target) => parseTriple(target).platformArchABI).sort(),
    folders.filter((name) => name !== 'launcher'),
  );
  for (const target of targets) {
    const { platformArchABI, platform, arch, abi } = parseTriple(target);
    const own = manifest(join('npm', platformArchABI));
    const libc = LIBC[abi ?? ''];
    const file = `${plugin.napi.binaryName}.${platformArchABI}.node`;
    assert.deepEqual([own.os, own.cpu, own.libc], [[platform], [arch], libc && [libc]], target);
    assert.deepEqual([own.main, own.files], [file, [file]], target);
    // What the plugin looks for on such a machine.
    assert.equal(platformOf({ platform, arch, ...(libc === 'glibc' && { glibc: '2.17' }) }), platformArchABI);
  }
});

test("the launcher is for every machine, since it runs on none of them, and is a file under Plug'n'Play too", () => {
  const { os, cpu, libc, files, preferUnplugged } = manifest('npm/launcher');
  assert.deepEqual(
    [os, cpu, libc, files, preferUnplugged],
    [undefined, undefined, undefined, ['secret-baker-launcher-*.gz'], true],
  );
});

test('nothing runs while a package is installed', () => {
  const RUN = ['preinstall', 'install', 'postinstall', 'prepare', 'preprepare', 'postprepare', 'prepublish'];
  const published = ['.', 'runtime/node', ...folders.map((folder) => join('npm', folder))];
  for (const folder of published) {
    const { scripts = {}, gypfile } = manifest(folder);
    assert.deepEqual([RUN.filter((name) => name in scripts), gypfile], [[], undefined], folder);
  }
});

test('all published packages say which licence, which repository, and which Node.js they want', () => {
  for (const folder of ['.', 'runtime/node', ...folders.map((name) => join('npm', name))]) {
    const { license, repository, engines, description } = manifest(folder);
    assert.equal(license, 'MIT', folder);
    assert.equal(repository.url, plugin.repository.url, folder);
    assert.match(engines.node, /^>=20(\.\d+)?$/, folder);
    assert.ok(description, folder);
  }
});
