'use strict';

const MOST = 3;

/**
 * What to say of a name that the bundle does not have. Names are no secrets.
 * @param {string} wanted
 * @param {string[]} names
 */
const hintFor = (wanted, names) => {
  if (names.length === 0) return 'the bundle is empty';
  const plain = simple(wanted);
  const near = names
    .map((name) => ({ name, distance: distance(plain, simple(name)) }))
    .filter((other) => other.distance <= Math.max(1, plain.length / 3))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, MOST)
    .map(({ name }) => `\`${name}\``);
  if (near.length === 0) return `the bundle has ${names.length === 1 ? 'one other secret' : `${names.length} others`}`;
  return `did you mean ${near.join(' or ')}?`;
};

/**
 * Case and separators are what people confuse most.
 * @param {string} name
 */
const simple = (name) =>
  name
    .slice(0, 100)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');

/**
 * Levenshtein's.
 * @param {string} a
 * @param {string} b
 */
const distance = (a, b) => {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (letter === b[j - 1] ? 0 : 1);
      next[j] = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, replaced);
    }
    row = next;
  }
  return row[b.length] ?? 0;
};

module.exports = { hintFor };
