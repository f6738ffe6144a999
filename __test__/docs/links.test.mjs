// Every link of every document leads somewhere: to a file that the repository has, and to a heading that is in it.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../aws/python.mjs';
import { textOf } from './blocks.mjs';
import { anchorsOf, HOME, linksOf } from './links.mjs';

/** What the repository has, or will have with the next commit: what is ignored is on no page of GitHub. */
const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root });
const files = new Set(String(listed).split('\0').filter(Boolean));
const folders = new Set([...files].flatMap((file) => [...file.matchAll(/\//g)].map(({ index }) => file.slice(0, index))));
const documents = [...files].filter((file) => file.endsWith('.md')).sort();

/** Documents that a registry shows by themselves, and the folder that their package is made of. */
const alone = [
  ...readdirSync(join(root, 'npm')).map((name) => `npm/${name}`),
  ...['runtime/node', 'runtime/python'],
  ...['runtime/rust', 'runtime/launcher'].filter((folder) => !/^publish = false$/m.test(textOf(`${folder}/Cargo.toml`))),
];

/** @param {import('./links.mjs').Link} link */
function isDead({ path, anchor }) {
  if (path === undefined) return false;
  if (!files.has(path)) return anchor !== undefined || !folders.has(path.replace(/\/$/, ''));
  return anchor !== undefined && !anchorsOf(textOf(path)).includes(anchor);
}

describe('links', () => {
  it('are looked for in every document of the repository', () => {
    for (const document of [
      'README.md',
      'docs/README.md',
      '.github/CONTRIBUTING.md',
      'bench/README.md',
      'runtime/node/README.md',
    ])
      assert.ok(documents.includes(document), document);
  });

  for (const document of documents) {
    it(`of ${document} lead to files and headings that are there`, () => {
      const links = linksOf(document, textOf(document));
      assert.deepEqual(links.filter(isDead), []);
    });
  }

  for (const folder of alone) {
    it(`of ${folder}/README.md, which a registry shows alone, are whole where they leave the package`, () => {
      const document = `${folder}/README.md`;
      const leaving = linksOf(document, textOf(document)).filter(
        ({ link, path }) => path !== undefined && !link.startsWith(HOME) && !path.startsWith(`${folder}/`),
      );
      assert.deepEqual(
        leaving.map(({ link }) => link),
        [],
      );
    });
  }

  it('of the README are resolved by npm in the repository that package.json names', () => {
    const { repository } = JSON.parse(textOf('package.json'));
    assert.deepEqual(repository, { type: 'git', url: `git+${HOME}.git` });
  });
});

describe('a document is read as GitHub reads it', () => {
  const text = [
    '# One & `two_three`: a *b*',
    '```sh\n# no heading\n[no](link.md)\n```',
    '## Same\n## Same\n### A [link](there.md#x) in it ##',
    'See [a](b.md), [c](#d), `[no](one.md)`, ![e](f.png "title") and [g].',
    `[h](${HOME}/blob/main/docs/i.md#j) [k](https://example.com/#l) [m](../n/)`,
    '[g]: o%20p.md',
  ].join('\n');

  it('its headings', () => {
    assert.deepEqual(anchorsOf(text), ['one--two_three-a-b', 'same', 'same-1', 'a-link-in-it']);
  });

  it('its links', () => {
    assert.deepEqual(
      linksOf('docs/z.md', text).map(({ path, anchor }) => [path, anchor]),
      [
        ['docs/there.md', 'x'],
        ['docs/b.md', undefined],
        ['docs/z.md', 'd'],
        ['docs/f.png', undefined],
        ['docs/i.md', 'j'],
        [undefined, undefined],
        ['n/', undefined],
        ['docs/o p.md', undefined],
      ],
    );
  });
});
