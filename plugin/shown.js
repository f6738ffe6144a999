'use strict';

// Enough for any sentence. What others write may hold a whole document.
const LONGEST = 1000;

/**
 * A text of others, such as an error or an address, fit for the terminal and the log: one line, bounded, without control characters
 * and without the user and password of an address.
 * @param {string} text
 * @returns {string}
 */
const shown = (text) => {
  const line = text.replace(USER, '$1').replace(/\s*[\r\n]+\s*/g, ' ');
  const bounded = line.length > LONGEST ? `${line.slice(0, LONGEST)}...` : line;
  return bounded.replace(CONTROL, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
};

/**
 * A key of the config. One that can be no name is not repeated whole: it may have come out of a variable.
 * @param {string} key
 * @returns {string}
 */
const shownKey = (key) => (/^[\w./-]{1,64}$/.test(key) ? key : `${shown(key.slice(0, 4))}...`);

// A password that is not escaped may hold any sign but white space.
const USER = /([a-z][a-z0-9+.-]*:\/\/)(?:[^\s:/?#@]*:\S*|[^\s/?#]*)@/gi;
const CONTROL = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

module.exports = { shown, shownKey };
