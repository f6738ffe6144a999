'use strict';

// Not by `require` where there is another way: in an ESM bundle of esbuild it only throws.
const get = process.getBuiltinModule;

exports.buffer = () => get?.('node:buffer') ?? require('node:buffer');
exports.crypto = () => get?.('node:crypto') ?? require('node:crypto');
exports.fs = () => get?.('node:fs') ?? require('node:fs');
exports.http = () => get?.('node:http') ?? require('node:http');
exports.https = () => get?.('node:https') ?? require('node:https');
exports.modules = () => get?.('node:module') ?? require('node:module');
exports.path = () => get?.('node:path') ?? require('node:path');

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

/** @type {T.Hide} */
exports.hide = (target, shown) => Object.defineProperty(target, Symbol.for('nodejs.util.inspect.custom'), { value: () => shown });
