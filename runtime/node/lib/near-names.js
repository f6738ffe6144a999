'use strict';

/** @type {T.HintFor} */
const hintFor = (wanted, names) => {
  const pairs = pairsOf(wanted);
  /** @param {string} name @returns {number} 0 to 1 */
  const likeness = (name) => {
    const others = pairsOf(name);
    return [...pairs].filter((pair) => others.has(pair)).length / Math.max(pairs.size, others.size);
  };
  const near = names.filter((name) => likeness(name) >= 0.5).sort((a, b) => likeness(b) - likeness(a));
  if (near.length > 0) return `did you mean \`${near.slice(0, 3).join('` or `')}\`?`;
  return `the bundle has ${names.length} secrets, and none of a similar name`;
};

// Of letters that follow each other. Case and separators are what people confuse most.
/** @param {string} name */
const pairsOf = (name) => {
  const plain = name.toLowerCase().replace(/[\W_]/g, '');
  return new Set(Array.from(plain, (_, at) => plain.slice(at, at + 2)));
};

module.exports = { hintFor };
