// What was measured goes into documents, between their marks, in one go or not at all.

import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const MARKS = /(<!-- bench -->\n).*?(\n<!-- \/bench -->)/gs;

/**
 * @param {Record<string, string>} texts what goes between the marks of each document
 * @param {string} [folder] of the documents
 * @returns {Map<string, string>} each document with its text in place
 * @throws {Error} for a document that has not just one pair of marks
 */
export function compose(texts, folder = root) {
  return new Map(
    Object.entries(texts).map(([document, text]) => {
      const before = readFileSync(join(folder, document), 'utf8');
      const pairs = before.match(MARKS)?.length ?? 0;
      if (pairs !== 1) throw new Error(`${document} has ${pairs} pairs of the marks <!-- bench --> and <!-- /bench -->, not one`);
      return [document, before.replace(MARKS, (_, begin, end) => `${begin}${text}${end}`)];
    }),
  );
}

/**
 * @param {Map<string, string>} pages by the names of the documents
 * @param {string} [folder] of the documents
 * @throws {Error} when one cannot be written; then none is
 */
export function write(pages, folder = root) {
  const files = [...pages].map(([document, text]) => ({ text, path: join(folder, document) }));
  const beside = (/** @type {{path: string}} */ { path }) => `${path}.new`;
  try {
    for (const file of files) writeFileSync(beside(file), file.text);
  } catch (error) {
    for (const file of files) rmSync(beside(file), { force: true });
    throw error;
  }
  for (const file of files) renameSync(beside(file), file.path);
}
