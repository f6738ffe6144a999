'use strict';

// An item of credstash's table: a data key of KMS, half of it for the contents and half for their HMAC.

const { createHmac, timingSafeEqual } = process.getBuiltinModule('node:crypto');
const { openCounterMode } = require('../aes.js');
const { DECRYPT } = require('../aws/kms.js');
const { limits } = require('../contract.js');
const { trouble } = require('../error.js');
const { placeOf } = require('../region.js');
const { shown } = require('../shown.js');
const { blobOf } = require('./blob.js');
const { contextOf, contextWords } = require('./context.js');
const { openDataKey } = require('./data-key.js');
const { bytesOf, textOf } = require('./fields.js');

const KEY_BYTES = 32;

/** By credstash's name: Node's, and how many bytes it gives. @type {Record<string, [string, number]>} */
const DIGESTS = {
  SHA256: ['sha256', 32],
  SHA384: ['sha384', 48],
  SHA512: ['sha512', 64],
  SHA224: ['sha224', 28],
  SHA1: ['sha1', 20],
  SHA: ['sha1', 20],
  MD5: ['md5', 16],
};

/**
 * @typedef {import('../aws/call.js').Aws} Aws
 * @typedef {import('../patience.js').Patience} Patience
 */

/** Throws Trouble BUNDLE_INVALID and UNKNOWN_CIPHERTEXT. @param {Record<string, any>} fields */
exports.parse = (fields) => {
  const ciphertext = blobOf(fields, 'key');
  const contents = bytesOf(fields, 'contents', limits.ciphertextBytes);
  const hmac = hmacOf(fields);
  const [digest, size] = digestOf(fields);
  const context = contextOf(fields);
  const place = placeOf(textOf(fields, 'region'));
  if (!place) throw trouble('BUNDLE_INVALID', 'its `region` is no region');
  const [name, version] = [textOf(fields, 'name'), textOf(fields, 'version')];
  if (hmac.length !== size * 2) throw trouble('BUNDLE_INVALID', 'its `hmac` is not as long as its `digest` makes it');
  return {
    describe: () => ({
      place: `credential ${shown(name)}, version ${shown(version)}, region ${place.region}`,
      context: contextWords(context),
      action: DECRYPT,
    }),
    open: async (/** @type {Aws} */ aws, /** @type {Patience} */ patience) => {
      const dataKey = await openDataKey(aws, { ...place, ciphertext, context }, 2 * KEY_BYTES, patience);
      try {
        const own = hmacBy(digest, dataKey.subarray(KEY_BYTES), contents);
        if (!timingSafeEqual(own, Buffer.from(hmac, 'hex'))) throw trouble('TAMPERED', 'its HMAC does not fit');
        return openCounterMode(dataKey.subarray(0, KEY_BYTES), contents);
      } finally {
        dataKey.fill(0);
      }
    },
  };
};

/** In hexadecimal. @param {Record<string, any>} fields */
const hmacOf = (fields) => {
  const hmac = textOf(fields, 'hmac');
  if (!/^[0-9a-f]+$/.test(hmac)) throw trouble('BUNDLE_INVALID', 'its `hmac` is not lowercase hexadecimal');
  return hmac;
};

/** @param {Record<string, any>} fields */
const digestOf = (fields) => {
  const name = textOf(fields, 'digest');
  const digest = Object.hasOwn(DIGESTS, name) ? DIGESTS[name] : undefined;
  if (!digest) throw trouble('UNKNOWN_CIPHERTEXT', `its HMAC is made with \`${shown(name)}\``);
  return digest;
};

/** @param {string} digest @param {Buffer} key @param {Buffer} contents */
const hmacBy = (digest, key, contents) => {
  try {
    return createHmac(digest, key).update(contents).digest();
  } catch {
    // Such as MD5 where OpenSSL obeys FIPS.
    throw trouble('UNKNOWN_CIPHERTEXT', `this Node.js has no ${digest}`);
  }
};
