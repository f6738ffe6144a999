// The links of a Markdown document, and the headings that they may lead to, as GitHub has them.

import { posix } from 'node:path';

/** Where this repository is read. */
export const HOME = 'https://github.com/secret-baker/serverless-secret-baker';
const OURS = new RegExp(`^${HOME}/(?:blob|tree)/main/`);

/** @typedef {{link: string, path?: string, anchor?: string}} Link `path` from the root of the project; absent where it leads elsewhere */

/** @param {string} text @returns {string} without what stands in fences, where a bracket is code */
const prose = (text) => text.replace(/^( *)(```+|~~~+).*?^ *\2 *$/gms, '');

/**
 * @param {string} document its path from the root of the project
 * @param {string} text
 * @returns {Link[]} inline ones, and those of definitions
 */
export function linksOf(document, text) {
  const spoken = prose(text).replace(/(`+)(?!`).*?[^`]\1(?!`)/gs, 'code');
  const inline = [...spoken.matchAll(/\]\(\s*<?([^)\s>]*)>?(?:\s+"[^"]*")?\s*\)/g)];
  const defined = [...spoken.matchAll(/^\[[^\]]+\]:\s*<?([^\s>]+)/gm)];
  return [...inline, ...defined].map(([, link = '']) => ({ link, ...target(document, link) }));
}

/** @param {string} document @param {string} link */
function target(document, link) {
  const own = link.replace(OURS, '/');
  if (/^[a-z][a-z+.-]*:/i.test(own)) return {};
  const [path = '', anchor] = own.split('#');
  const from = path === '' ? document : posix.join(path.startsWith('/') ? '' : posix.dirname(document), path).replace(/^\//, '');
  return { path: decodeURIComponent(from), ...(anchor !== undefined && { anchor: decodeURIComponent(anchor) }) };
}

/**
 * What a link calls each heading: letters, digits, `_` and `-` of what is shown, spaces as `-`, and a number for each further one of a name.
 * @param {string} text
 */
export function anchorsOf(text) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  return [...prose(text).matchAll(/^ {0,3}#{1,6}[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$/gm)].map(([, heading = '']) => {
    const slug = slugOf(heading);
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    return times === 0 ? slug : `${slug}-${times}`;
  });
}

/** @param {string} heading */
function slugOf(heading) {
  const shown = heading.replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/(^|\W)_([^_]+)_(?=\W|$)/g, '$1$2');
  return shown
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
    .replaceAll(' ', '-');
}
