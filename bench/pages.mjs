// What was measured goes into documents, between their marks, in one go or not at all.

import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const MARKS = /(<!-- bench -->\n).*?(\n<!-- \/bench -->)/gs;

/**
 * @param {string} document
 * @param {string} [folder] of the document
 * @returns {string} its text
 * @throws {Error} when it has not just one pair of marks
 */
export function marked(document, folder = root) {
  const text = readFileSync(join(folder, document), 'utf8');
  const pairs = text.match(MARKS)?.length ?? 0;
  if (pairs !== 1) throw new Error(`${document} has ${pairs} pairs of the marks <!-- bench --> and <!-- /bench -->, not one`);
  return text;
}

/**
 * @param {Record<string, string>} texts what goes between the marks of each document
 * @param {string} [folder] of the documents
 * @returns {Map<string, string>} each document with its text in place
 * @throws {Error} for a document that has not just one pair of marks
 */
export function compose(texts, folder = root) {
  const put = (/** @type {string} */ document, /** @type {string} */ text) =>
    marked(document, folder).replace(MARKS, (_, begin, end) => `${begin}${text}${end}`);
  return new Map(Object.entries(texts).map(([document, text]) => [document, put(document, text)]));
}

/**
 * @param {Map<string, string>} pages by the names of the documents
 * @param {string} [folder] of the documents
 * @throws {Error} when one cannot be written; then none is
 */
export function write(pages, folder = root) {
  const renames = /** @type {{from: string, to: string}[]} */ ([]);
  try {
    for (const [document, text] of pages) {
      const to = join(folder, document);
      const from = `${to}.new`;
      writeFileSync(from, text);
      renames.push({ from, to });
    }
  } catch (error) {
    for (const { from } of renames) rmSync(from);
    throw error;
  }
  for (const { from, to } of renames) renameSync(from, to);
}
