'use strict';

// Node's modules, loaded when they are needed. Not by `require` where there is another way: in an ESM bundle, esbuild replaces it
// by a function that only throws.

module.exports = {
  buffer: () => process.getBuiltinModule?.('node:buffer') ?? require('node:buffer'),
  crypto: () => process.getBuiltinModule?.('node:crypto') ?? require('node:crypto'),
  fs: () => process.getBuiltinModule?.('node:fs') ?? require('node:fs'),
  http: () => process.getBuiltinModule?.('node:http') ?? require('node:http'),
  https: () => process.getBuiltinModule?.('node:https') ?? require('node:https'),
  module: () => process.getBuiltinModule?.('node:module') ?? require('node:module'),
  path: () => process.getBuiltinModule?.('node:path') ?? require('node:path'),
  tls: () => process.getBuiltinModule?.('node:tls') ?? require('node:tls'),
};
