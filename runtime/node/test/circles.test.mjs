// No file of the package imports one that imports it, at once or later, for its code or its types.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { circleIn } from '../../../__test__/circle.mjs';
import { folderWith, packageFolder } from './workshop.mjs';

const IMPORT = /\b(require|import)\(\s*'(\.[^']*)'\s*\)/g;

/** What each file of a package imports. @param {string} folder */
function importsOf(folder) {
  const below = join(folder, 'lib');
  const entries = [
    ...readdirSync(folder, { withFileTypes: true }),
    ...(existsSync(below) ? readdirSync(below, { recursive: true, withFileTypes: true }) : []),
  ];
  const files = entries.filter(({ name }) => name.endsWith('.js')).map(({ parentPath, name }) => join(parentPath, name));
  return new Map(
    files.map((file) => {
      const found = [...readFileSync(file, 'utf8').matchAll(IMPORT)].map(([, how, to = '']) =>
        meant(how, join(dirname(file), to)),
      );
      return [relative(folder, file), found.map((to) => relative(folder, to))];
    }),
  );
}

/** Types are those of the declaration that stands beside a file, if one does. @param {string | undefined} how @param {string} file */
function meant(how, file) {
  const declared = file.replace(/\.js$/, '.d.ts');
  return how === 'import' && existsSync(declared) ? declared : file;
}

test('there is no circle between the files of the package', () => {
  const imports = importsOf(packageFolder);
  assert.ok([...imports.values()].flat().length > 60, 'there are imports');
  for (const first of ['index.js', 'env.js']) assert.ok(imports.get(first)?.length, first);
  assert.equal(circleIn(imports)?.join(' -> '), undefined);
});

test('each import of a file is one that this test can follow', () => {
  for (const [file, found] of importsOf(packageFolder)) {
    const text = readFileSync(join(packageFolder, file), 'utf8');
    const all = text.match(/\b(?:require|import)\(/g) ?? [];
    const ofNode = text.match(/\bimport\('node:/g) ?? [];
    assert.equal(found.length, all.length - ofNode.length, file);
  }
});

test('a circle is found, by a lazy import and by one of types too', () => {
  for (const last of ["const late = () => require('./a.js');", "/** @typedef {import('./a.js').A} A */"]) {
    const folder = folderWith({ 'lib/a.js': "require('./b/b.js');", 'lib/b/b.js': "require('../c.js');", 'lib/c.js': last });
    assert.equal(circleIn(importsOf(folder))?.join(' -> '), 'lib/a.js -> lib/b/b.js -> lib/c.js -> lib/a.js');
  }
});

test('a circle by the first file is found, and none by what it declares for all', () => {
  const imports = (/** @type {string} */ late) =>
    circleIn(importsOf(folderWith({ 'index.js': "require('./lib/a.js');", 'index.d.ts': '', 'lib/a.js': late })));
  assert.deepEqual(imports("require('../index.js');"), ['index.js', 'lib/a.js', 'index.js']);
  assert.equal(imports("/** @type {import('../index.js').Keys} */"), undefined);
});
