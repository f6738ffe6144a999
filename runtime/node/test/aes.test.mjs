// AES as SOPS, credstash and serverless-secrets use it, against OpenSSL.

import assert from 'node:assert/strict';
import { createCipheriv, createSecretKey } from 'node:crypto';
import { createRequire } from 'node:module';
import { test } from 'node:test';

const require = createRequire(import.meta.url);
const { openCounterMode, openGcm } = require('../lib/aes.js');

const key = Buffer.from(Array.from({ length: 32 }, (_, at) => at));
const aad = Buffer.from('db:password:');
const filled = (/** @type {number} */ length) => Buffer.from(Array.from({ length }, (_, at) => (at * 7 + 3) % 256));

/** @param {Buffer} iv @param {Buffer} plaintext */
function sealed(iv, plaintext) {
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(aad);
  const value = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return { value, tag: cipher.getAuthTag() };
}

const ivs = [1, 8, 12, 13, 16, 32, 127, 128].map(filled);
for (const iv of ivs) {
  test(`an IV of ${iv.length} bytes opens, and what it opens has memory of its own`, () => {
    for (const length of [0, 1, 16, 1000]) {
      const { value, tag } = sealed(iv, filled(length));
      const plaintext = openGcm(createSecretKey(key), iv, aad, value, tag);
      assert.deepEqual(plaintext, filled(length));
      assert.equal(plaintext.buffer.byteLength, length);
    }
  });
}

test('a changed tag, value, IV or additional data opens nothing, whatever the length of the IV', () => {
  for (const iv of [filled(12), filled(32), filled(128)]) {
    const { value, tag } = sealed(iv, filled(40));
    const flipped = (/** @type {Buffer} */ bytes) => Buffer.from(bytes.map((byte, at) => (at === 3 ? byte ^ 1 : byte)));
    assert.throws(() => openGcm(key, iv, aad, value, flipped(tag)));
    assert.throws(() => openGcm(key, iv, aad, flipped(value), tag));
    assert.throws(() => openGcm(key, flipped(iv), aad, value, tag));
    assert.throws(() => openGcm(key, iv, flipped(aad), value, tag));
  }
});

test('the counter mode begins with the number 1 in sixteen bytes, big-endian', () => {
  const first = Buffer.alloc(16);
  first[15] = 1;
  const plaintext = filled(100);
  const value = createCipheriv('aes-256-ctr', key, first).update(plaintext);
  const opened = openCounterMode(key, value);
  assert.deepEqual(opened, plaintext);
  assert.equal(opened.buffer.byteLength, 100);
});
