// What a newcomer meets first: the README's size and first screen, and an index that forgets no page.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { documents, textOf } from './blocks.mjs';
import { linksOf } from './links.mjs';

describe('the README', () => {
  const lines = textOf('README.md').split('\n');

  it('has fewer than 250 lines', () => assert.ok(lines.length < 250, `it has ${lines.length}`));

  it('says on its first screen what it is, shows the way of a secret, two commands and how to install', () => {
    const screen = lines.slice(0, 40).join('\n');
    const blocks = [...screen.matchAll(/^```(\w+)\n(.*?)\n```$/gms)].map(([, language, text]) => [language, text]);
    assert.match(
      screen,
      /^# Secret Baker\n\nA Serverless Framework plugin that bakes the \*\*ciphertext\*\* of your secrets into every AWS Lambda artefact/,
    );
    assert.deepEqual(
      blocks.map(([language]) => language),
      ['sh', 'text', 'sh', 'yaml'],
    );
    const [commands, picture, install] = blocks.map(([, text]) => text);
    assert.equal(commands, 'npm run demo\nnpm test');
    const stations = ['serverless.yml', 'plugin', 'core (Rust)', 'secret-baker-secrets.json', 'the zip', 'your function'];
    assert.equal(picture?.split('\n')[0], stations.join(' ─► '));
    assert.equal(install, 'npm install --save-dev serverless-secret-baker');
  });

  it('has its sections in the order in which they are needed', () => {
    const sections = lines.filter((line) => line.startsWith('## ')).map((line) => line.slice(3));
    assert.deepEqual(sections, [
      ...['Two commands', 'How it works', 'Install', 'What happens', 'Configure', 'Open it'],
      ...['Permissions', 'Commands', 'Limits', 'Comparison'],
    ]);
  });
});

describe('docs/README.md', () => {
  const rows = textOf('docs/README.md')
    .split('\n')
    .filter((line) => line.startsWith('| ['));
  const listed = rows.flatMap((row) => linksOf('docs/README.md', row).map(({ path }) => path));

  it('lists every page just once', () => {
    const pages = documents.filter((document) => document.startsWith('docs/') && document !== 'docs/README.md');
    assert.deepEqual([...listed].sort(), pages.sort());
  });

  for (const row of rows) {
    const [, page, answers = ''] = row.split(/ ?\| ?/);
    it(`says in one line what ${page} answers`, () => assert.match(answers, /^[A-Z][^?]{20,}\?$/));
  }
});
