// No file of the package imports one that imports it, at once or later, for its code or its types.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { folderWith, packageFolder } from './workshop.mjs';

const IMPORT = /\b(?:require|import)\(\s*'(\.[^']*)'\s*\)/g;

/** What each file below the folder imports. @param {string} folder */
function importsBelow(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter(({ name }) => name.endsWith('.js')).map(({ parentPath, name }) => join(parentPath, name));
  return new Map(
    files.map((file) => {
      const found = [...readFileSync(file, 'utf8').matchAll(IMPORT)].map(([, to = '']) => join(dirname(file), to));
      return [relative(folder, file), found.map((to) => relative(folder, to))];
    }),
  );
}

/** The first way that leads back to where it began. @param {Map<string, string[]>} imports */
function circleIn(imports) {
  /** @type {Set<string>} */
  const done = new Set();
  /** @type {(file: string, way: string[]) => string[] | undefined} */
  const walk = (file, way) => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const to of imports.get(file) ?? []) {
      const circle = walk(to, [...way, file]);
      if (circle) return circle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of imports.keys()) {
    const circle = walk(file, []);
    if (circle) return circle;
  }
  return undefined;
}

const lib = join(packageFolder, 'lib');

test('there is no circle between the files of lib', () => {
  const imports = importsBelow(lib);
  assert.ok([...imports.values()].flat().length > 60, 'there are imports');
  assert.equal(circleIn(imports)?.join(' -> '), undefined);
});

test('each import of a file is one that this test can follow', () => {
  for (const [file, found] of importsBelow(lib)) {
    const text = readFileSync(join(lib, file), 'utf8');
    const all = text.match(/\b(?:require|import)\(/g) ?? [];
    const others = text.match(/\bimport\('node:|\bcreateRequire\(/g) ?? [];
    assert.equal(found.length, all.length - others.filter((one) => one.startsWith('import')).length, file);
  }
});

test('a circle is found, by a lazy import and by one of types too', () => {
  for (const last of ["const late = () => require('./a.js');", "/** @typedef {import('./a.js').A} A */"]) {
    const folder = folderWith({ 'a.js': "require('./b/b.js');", 'b/b.js': "require('../c.js');", 'c.js': last });
    assert.equal(circleIn(importsBelow(folder))?.join(' -> '), 'a.js -> b/b.js -> c.js -> a.js');
  }
});
