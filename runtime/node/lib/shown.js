'use strict';

const { limits } = require('./contract.js');

/** @type {Record<string, string>} */
const SHORT = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

// Text that came out of a file or off the network: on one line, and not endless.
/** @param {unknown} text */
exports.shown = (text) => {
  const signs = [...`${text}`.slice(0, limits.shownChars * 2 + 2)];
  const cut = signs.slice(0, limits.shownChars).join('');
  const escaped = cut.replace(
    /[\p{Cc}\p{Cs}\u2028\u2029]/gu,
    (sign) => SHORT[sign] ?? `\\u{${sign.codePointAt(0)?.toString(16)}}`,
  );
  return signs.length > limits.shownChars ? `${escaped}…` : escaped;
};
