'use strict';

/**
 * Standard base64 with padding in its canonical form, to bytes in memory of their own; undefined for everything else.
 * @param {unknown} text
 */
exports.decodeBase64 = (text) => {
  if (typeof text !== 'string' || text.length % 4 > 0) return undefined;
  // Not by `Buffer.from`: its small buffers share one slab, which each of them shows as its `buffer`.
  const bytes = Buffer.alloc(Buffer.byteLength(text, 'base64'));
  bytes.write(text, 'base64');
  // Canonical: nothing that Node passes over, and no bit that says nothing.
  return bytes.toString('base64') === text ? bytes : undefined;
};
