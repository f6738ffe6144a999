// What docs/architecture.md says of the house is so.

import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../aws/python.mjs';
import { textOf } from './blocks.mjs';

const text = textOf('docs/architecture.md');
const core = join(root, 'src/core');
/** Files and folders that are named, from the root of the project. `NAME` stands in those that are to be written. */
const paths = new Set(text.match(/(?<=`)([\w.-]+\/[\w./-]*|index\.js)(?=`)/g));
const isNew = (/** @type {string} */ path) => path.includes('NAME');
/** Folders and files of the core, in the order of the table. */
const rooms = [...text.matchAll(/^\| `src\/core\/(\w+)(?:\.rs)?\/?` \|/gm)].map(([, room]) => String(room));

describe('docs/architecture.md', () => {
  it('names files', () => assert.ok(paths.size > 20, `it names ${paths.size}`));

  for (const path of [...paths].filter((each) => !isNew(each))) {
    it(`names ${path}, which is there`, () => assert.ok(existsSync(join(root, path))));
  }

  for (const path of [...paths].filter(isNew)) {
    it(`puts ${path} beside one like it`, () => {
      const [like, room] = [path.replace('NAME', 'ssm'), path.replace(/NAME\.\w+$/, 'ssm')];
      assert.ok(existsSync(join(root, like)) || existsSync(join(root, room)), `there is neither ${like} nor ${room}`);
      assert.ok(!existsSync(join(root, path)));
    });
  }

  it('names every room of the core', () => {
    const names = readdirSync(core).map((name) => name.replace(/\.rs$/, ''));
    const others = ['Cargo.toml', 'build', 'examples', 'tests'];
    assert.deepEqual([...rooms].sort(), [...new Set(names.filter((name) => !others.includes(name)))].sort());
  });

  it('names them in the order of their imports, which the core tests', () => {
    const [, order = ''] = /const ROOMS: [^=]*= \[([^;]*)\];/.exec(textOf('src/core/tests/imports.rs')) ?? [];
    const tested = [...order.matchAll(/&\["(\w+)"/g)].map(([, room]) => String(room));
    assert.deepEqual(rooms, tested);
  });
});
