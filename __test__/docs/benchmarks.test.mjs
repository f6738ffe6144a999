// The figures of the benchmark in the documents, and how they come there.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { compose, marked, write } from '../../bench/pages.mjs';
import { textOf } from './blocks.mjs';

/** What stands between the marks of a document. @param {string} document */
const measured = (document) => textOf(document).split('<!-- bench -->\n')[1]?.split('\n<!-- /bench -->')[0] ?? '';
/** @param {string} text */
const days = (text) => text.match(/\b20\d\d-\d\d-\d\d\b/g);

describe('the figures of the benchmark', () => {
  const [page, lines] = [measured('docs/benchmarks.md'), measured('README.md')];
  const rows = lines.split('\n').filter((line) => line.startsWith('| '));

  it('are six lines in the README, with the day of docs/benchmarks.md', () => {
    assert.equal(rows.length - 2, 6);
    assert.equal(days(page)?.length, 1);
    assert.deepEqual(days(lines), days(page));
  });

  for (const row of rows.slice(2)) {
    it(`of the README stand in docs/benchmarks.md: ${row.split('|')[1]?.trim()}`, () => {
      const figures =
        row
          .split('|')
          .slice(2)
          .join('|')
          .match(/[\d.,]+ ms/g) ?? [];
      assert.ok(figures.length >= 2);
      for (const figure of figures) assert.ok(page.includes(`| ${figure}`), figure);
    });
  }
});

describe('the pages that a benchmark writes', () => {
  const text = (/** @type {string} */ between) => `before\n<!-- bench -->\n${between}\n<!-- /bench -->\nafter\n`;
  /** @type {string} */
  let folder;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'pages-'));
  });
  after(() => rmSync(folder, { recursive: true }));
  const fresh = () => {
    for (const name of ['a.md', 'b.md']) writeFileSync(join(folder, name), text('old'));
  };
  const found = () => ['a.md', 'b.md'].map((name) => readFileSync(join(folder, name), 'utf8'));

  it('change between the marks only', () => {
    fresh();
    write(compose({ 'a.md': 'new $&', 'b.md': 'other\nlines' }, folder), folder);
    assert.deepEqual(found(), [text('new $&'), text('other\nlines')]);
    assert.deepEqual(readdirSync(folder), ['a.md', 'b.md']);
  });

  it('are refused where the marks are not there just once', () => {
    for (const [wrong, pairs] of /** @type {[string, number][]} */ ([
      ['no marks', 0],
      ['<!-- bench -->\nnever ends\n', 0],
      [text('one') + text('two'), 2],
    ])) {
      writeFileSync(join(folder, 'a.md'), wrong);
      const message = `a.md has ${pairs} pairs of the marks <!-- bench --> and <!-- /bench -->, not one`;
      assert.throws(() => marked('a.md', folder), { message });
      assert.throws(() => compose({ 'b.md': 'new', 'a.md': 'new' }, folder), { message });
    }
  });

  it('are left as they were when one of them cannot be written', () => {
    fresh();
    const pages = compose({ 'a.md': 'new', 'b.md': 'new' }, folder);
    mkdirSync(join(folder, 'b.md.new', 'in the way'), { recursive: true });
    assert.throws(() => write(pages, folder), { code: 'EISDIR' });
    assert.deepEqual(found(), [text('old'), text('old')]);
    assert.deepEqual(readdirSync(folder), ['a.md', 'b.md', 'b.md.new']);
  });
});
