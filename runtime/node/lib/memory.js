'use strict';

// Not by `Buffer.from`: its small buffers share one slab, which every other buffer of the process shows as its `buffer`.
/** @type {T.DecodeBase64} */
const decodeBase64 = (text) => {
  if (typeof text !== 'string' || text.length % 4 > 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  const bytes = Buffer.alloc(Buffer.byteLength(text, 'base64'));
  bytes.write(text, 'base64');
  return bytes;
};

// Without Node's error: it quotes the text.
/** @type {T.ParseJson} */
const parseJson = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** @type {T.Hide} */
const hide = (target, shown) => Object.defineProperty(target, Symbol.for('nodejs.util.inspect.custom'), { value: () => shown });

module.exports = { decodeBase64, hide, parseJson };
