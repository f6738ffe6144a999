'use strict';

// Not by `Buffer.from`: its small buffers share one slab, which each of them shows as its `buffer`.
/** @type {T.DecodeBase64} */
exports.decodeBase64 = (text) => {
  if (typeof text !== 'string' || text.length % 4 > 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  const bytes = Buffer.alloc(Buffer.byteLength(text, 'base64'));
  bytes.write(text, 'base64');
  return bytes;
};

// Without Node's error: it quotes the text.
/** @type {T.ParseJson} */
exports.parseJson = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
