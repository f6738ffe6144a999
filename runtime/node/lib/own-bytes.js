'use strict';

/**
 * The same bytes in memory of their own. Not by `Buffer.from`: its small buffers share one slab, which each of them shows as its `buffer`.
 * @param {string | Buffer} content a text becomes UTF-8
 */
exports.ownBytes = (content) => Buffer.alloc(Buffer.byteLength(content), content);
