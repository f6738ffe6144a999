// The figures of the benchmark in the documents, and how they come there.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { coldStartGoals } from '../../bench/cold-tables.mjs';
import { compose, marked, write } from '../../bench/pages.mjs';
import { textOf } from './blocks.mjs';

/** What stands between the marks of a document. @param {string} document @param {'bench' | 'cold'} section */
const measured = (document, section) =>
  textOf(document).split(`<!-- ${section} -->\n`)[1]?.split(`\n<!-- /${section} -->`)[0] ?? '';
/** @param {string} text */
const days = (text) => text.match(/\b20\d\d-\d\d-\d\d\b/g);

describe('the figures of the benchmark', () => {
  for (const [section, count] of /** @type {const} */ ([
    ['bench', 4],
    ['cold', 3],
  ])) {
    const [page, lines] = [measured('docs/benchmarks.md', section), measured('README.md', section)];
    const rows = lines.split('\n').filter((line) => line.startsWith('| '));

    it(`of the section ${section} are ${count} lines in the README, with the day of docs/benchmarks.md`, () => {
      assert.equal(rows.length - 2, count);
      assert.equal(days(page)?.length, 1);
      assert.deepEqual(days(lines), days(page));
    });

    for (const row of rows.slice(2)) {
      const [, title = '', ...cells] = row.split('|');
      it(`of the README stand in docs/benchmarks.md: ${title.trim()}`, () => {
        const figures = cells.join('|').match(/[\d.,]+ ms/g) ?? [];
        // Nobody but this project has a launcher.
        assert.ok(figures.length >= (title.includes('launcher') ? 1 : 2));
        for (const figure of figures) assert.ok(page.includes(`| ${figure}`), figure);
      });
    }
  }
});

describe('the goals of cold starts', () => {
  it('are neither met nor missed where this machine cannot measure them', () => {
    const warm = { warmNs: 400, warmBytes: 100 };
    const goals = coldStartGoals({ rows: [], files: [], launcherBytes: Number.NaN, ...warm }, () => 'judged');
    const judged = goals.filter((goal) => goal.includes('judged'));
    assert.deepEqual(judged, goals.slice(-1));
    for (const goal of goals.slice(0, -1)) assert.match(goal, /: not measured here$/);
  });
});

describe('the pages that a benchmark writes', () => {
  const text = (/** @type {string} */ between, rest = 'kept') =>
    `before\n<!-- bench -->\n${between}\n<!-- /bench -->\nafter\n<!-- cold -->\n${rest}\n<!-- /cold -->\n`;
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

  it('change between the marks of their sections only', () => {
    fresh();
    write(compose({ 'a.md': { bench: 'new $&' }, 'b.md': { bench: 'other\nlines', cold: 'and more' } }, folder), folder);
    assert.deepEqual(found(), [text('new $&'), text('other\nlines', 'and more')]);
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
      assert.throws(() => marked('a.md', 'bench', folder), { message });
      assert.throws(() => compose({ 'b.md': { bench: 'new' }, 'a.md': { bench: 'new' } }, folder), { message });
    }
  });

  it('are left as they were when one of them cannot be written', () => {
    fresh();
    const pages = compose({ 'a.md': { bench: 'new' }, 'b.md': { bench: 'new' } }, folder);
    mkdirSync(join(folder, 'b.md.new', 'in the way'), { recursive: true });
    assert.throws(() => write(pages, folder), { code: 'EISDIR' });
    assert.deepEqual(found(), [text('old'), text('old')]);
    assert.deepEqual(readdirSync(folder), ['a.md', 'b.md', 'b.md.new']);
  });
});
