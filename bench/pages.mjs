// What was measured goes into documents, between their marks, in one go or not at all.

import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * What is measured together stands between marks of its own.
 * @typedef {'bench' | 'cold'} Section
 */

/** @param {Section} section */
const marksOf = (section) => new RegExp(`(<!-- ${section} -->\\n).*?(\\n<!-- /${section} -->)`, 'gs');

/**
 * @param {string} document
 * @param {Section} section
 * @param {string} [folder] of the document
 * @returns {string} its text
 * @throws {Error} when it has not just one pair of the section's marks
 */
export function marked(document, section, folder = root) {
  const text = readFileSync(join(folder, document), 'utf8');
  const pairs = text.match(marksOf(section))?.length ?? 0;
  const marks = `the marks <!-- ${section} --> and <!-- /${section} -->`;
  if (pairs !== 1) throw new Error(`${document} has ${pairs} pairs of ${marks}, not one`);
  return text;
}

/**
 * @param {Record<string, Partial<Record<Section, string>>>} texts what goes between the marks of each document
 * @param {string} [folder] of the documents
 * @returns {Map<string, string>} each document with its texts in place
 * @throws {Error} for a document that has not just one pair of a section's marks
 */
export function compose(texts, folder = root) {
  const put = (/** @type {string} */ document, /** @type {Partial<Record<Section, string>>} */ sections) =>
    Object.entries(sections).reduce(
      (page, [name, text]) => {
        const section = /** @type {Section} */ (name);
        marked(document, section, folder);
        return page.replace(marksOf(section), (_, begin, end) => `${begin}${text}${end}`);
      },
      readFileSync(join(folder, document), 'utf8'),
    );
  return new Map(Object.entries(texts).map(([document, sections]) => [document, put(document, sections)]));
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
