// No file of the plugin, the benchmark, the scripts or the tests imports one that imports it, at once or later, for its code or its
// types. The core and each opener have such a test of their own.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../aws/python.mjs';
import { circleIn } from '../circle.mjs';

const IMPORT = /(?:\bfrom\s*|\b(?:require|import)\(\s*|\bimport\s+)(['"])(\.[^'"]*)\1/g;
const PLACES = ['index.js', 'plugin', 'bench', 'scripts', '__test__'];

/** The files below a path, from the root of the project. @param {string} path @returns {string[]} */
function filesBelow(path) {
  if (/\.[cm]?js$/.test(path)) return [path];
  const entries = readdirSync(join(root, path), { withFileTypes: true });
  const inner = entries.filter((entry) => entry.isDirectory() || /\.[cm]?js$/.test(entry.name));
  return inner.filter(({ name }) => name !== 'node_modules').flatMap(({ name }) => filesBelow(join(path, name)));
}

/** @param {string} file @param {string} text */
const importsOf = (file, text) => [...text.matchAll(IMPORT)].map(([, , to = '']) => join(file, '..', to));

describe('imports', () => {
  const files = PLACES.flatMap(filesBelow);
  const imports = new Map(files.map((file) => [file, importsOf(file, readFileSync(join(root, file), 'utf8'))]));

  it('lead from no file back to itself', () => {
    assert.ok([...imports.values()].flat().length > 300, 'there are imports');
    assert.equal(circleIn(imports)?.join(' -> '), undefined);
  });

  it('are found, late ones and those of types too', () => {
    for (const last of [
      "const late = () => require('./a.js');",
      "/** @import { A } from './a.js' */",
      "export * from './a.js';",
    ]) {
      const texts = { 'a.js': "require('./b/b.js');", 'b/b.js': "import { c } from '../c.js';", 'c.js': last };
      const made = new Map(Object.entries(texts).map(([file, text]) => [file, importsOf(file, text)]));
      assert.equal(circleIn(made)?.join(' -> '), 'a.js -> b/b.js -> c.js -> a.js');
    }
  });
});
