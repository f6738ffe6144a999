'use strict';

const { Failure } = require('./failure.js');
const { shownKey } = require('./shown.js');

// More changes than these make another word: `secretManager` is not ours.
const CHANGES = 2;

/**
 * Keys that look like ours where ours is not: what was meant would be left out without a word, and with it what narrows.
 * @param {unknown} owner `custom`, or a function
 * @param {'secretBaker' | 'secretBakerOptions'} key
 * @param {string} place of the owner
 * @returns {Failure[]}
 */
const misspelt = (owner, key, place) => {
  if (typeof owner !== 'object' || owner === null || Object.hasOwn(owner, key)) return [];
  return Object.keys(owner)
    .filter((found) => !OURS.includes(found) && changes(plain(found), plain(key)) <= CHANGES)
    .map(
      (found) => new Failure('SECRET_BAKER_CONFIG_INVALID', `${place}.${shownKey(found)}: unknown key`, `did you mean ${key}?`),
    );
};

const OURS = ['secretBaker', 'secretBakerOptions', 'secretBakerPackaged'];

/** @param {string} key */
const plain = (key) => key.toLowerCase().replace(/[^a-z0-9]/g, '');

/**
 * How many letters must be added, left out or replaced to make one text of the other.
 * @param {string} one
 * @param {string} other
 */
const changes = (one, other) => {
  if (Math.abs(one.length - other.length) > CHANGES) return Number.POSITIVE_INFINITY;
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...one].entries()) {
    const next = [index + 1];
    for (const [column, wanted] of [...other].entries()) {
      const replaced = Number(row[column]) + (letter === wanted ? 0 : 1);
      next.push(Math.min(replaced, Number(row[column + 1]) + 1, Number(next[column]) + 1));
    }
    row = next;
  }
  return Number(row[other.length]);
};

module.exports = { misspelt };
