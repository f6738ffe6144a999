// The documents of the project, and the fenced blocks in them.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../aws/python.mjs';

/** @typedef {{document: string, line: number, language: string, text: string}} Block */

/** Every document that a user reads, by its path in the project. */
export const documents = ['README.md', 'CHANGELOG.md', ...markdownIn('docs'), ...markdownIn('examples'), ...markdownIn('bench')];

/** Those that a test walks through from their first command to their last. */
export const walked = [...markdownIn('docs/guides'), ...markdownIn('docs/migrate')].sort();

/** Walked through by __test__/commands/without-the-framework.test.mjs, with the tools that it names. */
export const walkedByItsOwn = 'docs/without-the-framework.md';

/** Those whose blocks have tests beside the commands: of docs/commands/ it is __test__/commands/pages.test.mjs. */
const testedElsewhere = [walkedByItsOwn, ...markdownIn('docs/commands')];

/**
 * @param {string} folder
 * @returns {string[]}
 */
function markdownIn(folder) {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.md') && !name.includes('node_modules')).map((name) => join(folder, name));
}

/** @param {string} document */
export const textOf = (document) => readFileSync(join(root, document), 'utf8');

/** Of the documents that are walked through only configs that are no file of the walk. @returns {Block[]} */
export function blocks() {
  return documents
    .filter((document) => !testedElsewhere.includes(document))
    .flatMap((document) => {
      const found = blocksOf(document);
      return walked.includes(document) ? found.filter(({ language, file }) => language === 'yaml' && !file) : found;
    });
}

/**
 * @param {string} document
 * @returns {(Block & {file: boolean})[]} `file`: the line before names the file that it is
 */
export function blocksOf(document) {
  const text = textOf(document);
  return [...text.matchAll(/(^`[\w./-]+`:\n\n)?^```(\w*)\n(.*?)^```$/gms)].map((match) => ({
    document,
    line: text.slice(0, match.index).split('\n').length,
    language: match[2] ?? '',
    text: match[3] ?? '',
    file: match[1] !== undefined,
  }));
}
