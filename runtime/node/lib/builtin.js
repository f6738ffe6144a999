'use strict';

// Not by `require` where there is another way: in an ESM bundle of esbuild it only throws.
const get = process.getBuiltinModule ?? (() => undefined);

module.exports = {
  buffer: () => get('node:buffer') ?? require('node:buffer'),
  crypto: () => get('node:crypto') ?? require('node:crypto'),
  events: () => get('node:events') ?? require('node:events'),
  fs: () => get('node:fs') ?? require('node:fs'),
  http: () => get('node:http') ?? require('node:http'),
  https: () => get('node:https') ?? require('node:https'),
  modules: () => get('node:module') ?? require('node:module'),
  path: () => get('node:path') ?? require('node:path'),
};
