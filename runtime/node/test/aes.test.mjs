// AES as SOPS, credstash and serverless-secrets use it, against OpenSSL.

import assert from 'node:assert/strict';
import { createCipheriv, createSecretKey } from 'node:crypto';
import { createRequire } from 'node:module';
import { test } from 'node:test';

const require = createRequire(import.meta.url);
const { openCounterMode, openGcm } = require('../lib/aes.js');
const longIv = require('../lib/long-iv.js');

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
// The counter of GCM comes to its end after one block, and after two.
const ending = ['7bd8ae513602fefc508e2001d6acab96', 'e350fe4ecc9a2c77f7a77c11373e90ca'].map((hex) => Buffer.from(hex, 'hex'));

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

for (const iv of [...ivs.filter(({ length }) => length !== 12), ...ending]) {
  test(`what opens an IV that OpenSSL does not take makes the same of ${iv.toString('hex', 0, 4)}..., ${iv.length} bytes`, () => {
    for (const length of [0, 1, 16, 17, 32, 33, 1000]) {
      const { value, tag } = sealed(iv, filled(length));
      const plaintext = longIv.openGcm(createSecretKey(key), iv, aad, value, tag);
      assert.deepEqual(plaintext, filled(length));
      assert.equal(plaintext.buffer.byteLength, length);
    }
  });
}

test('a changed tag, value, IV or additional data opens nothing, whatever the length of the IV', () => {
  for (const iv of [filled(12), filled(32), filled(128)]) {
    const { value, tag } = sealed(iv, filled(40));
    const flipped = (/** @type {Buffer} */ bytes) => Buffer.from(bytes.map((byte, at) => (at === 3 ? byte ^ 1 : byte)));
    for (const open of iv.length === 12 ? [openGcm] : [openGcm, longIv.openGcm]) {
      assert.throws(() => open(key, iv, aad, value, flipped(tag)));
      assert.throws(() => open(key, iv, aad, flipped(value), tag));
      assert.throws(() => open(key, flipped(iv), aad, value, tag));
      assert.throws(() => open(key, iv, flipped(aad), value, tag));
    }
  }
});

test('an IV of 256 bytes is read as the mode defines it', () => {
  // By an implementation in Python, of GHASH as NIST SP 800-38D has it.
  const value = Buffer.from('1f78e38b70da138d0b62710127c5357216d167302867', 'hex');
  const tag = Buffer.from('84e9d47a49812b15fd60093249b7ea2c', 'hex');
  assert.deepEqual(openGcm(key, filled(256), aad, value, tag), Buffer.from('the value of a long IV'));
  assert.throws(() => openGcm(key, filled(255), aad, value, tag));
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
