'use strict';

const { isUtf8 } = process.getBuiltinModule('node:buffer');
const { limits } = require('./contract.js');

/**
 * A JSON object by the strict rules of docs/bundle.md; undefined for everything else.
 * @param {Buffer} bytes
 * @returns {Record<string, any> | undefined}
 */
exports.readJson = (bytes) => {
  if (!isUtf8(bytes)) return undefined;
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  try {
    // It knows the grammar, but takes the last of two equal names, half characters and numbers without end.
    const content = JSON.parse(text);
    const { colons, deepest } = shapeOf(text);
    // A name that came twice is one name less than there are colons.
    return isObject(content) && deepest <= limits.jsonDepth && namesIn(content) === colons ? content : undefined;
  } catch {
    // Without Node's error: it quotes the text.
    return undefined;
  }
};

/** @param {unknown} value @returns {value is Record<string, any>} */
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
exports.isObject = isObject;

/** @param {string} text JSON */
const shapeOf = (text) => {
  let colons = 0;
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign === '"') at = endOfString(text, at);
    else if (sign === ':') colons++;
    else if (sign === '{' || sign === '[') deepest = Math.max(deepest, ++depth);
    else if (sign === '}' || sign === ']') depth--;
  }
  return { colons, deepest };
};

/** @param {string} text @param {number} start */
const endOfString = (text, start) => {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
};

/** Throws where a text or a number is none. @param {any} value @returns {number} */
const namesIn = (value) => {
  if (typeof value === 'string' ? /\p{Cs}/u.test(value) : typeof value === 'number' && !Number.isFinite(value)) throw new Error();
  if (typeof value !== 'object' || value === null) return 0;
  const names = Array.isArray(value) ? [] : Object.keys(value);
  let found = names.length;
  for (const each of [...names, ...Object.values(value)]) found += namesIn(each);
  return found;
};
