'use strict';

// A value of a SOPS file. All values of a file are sealed by one data key, which each of the file's KMS keys opens.

const { createSecretKey } = process.getBuiltinModule('node:crypto');
const { openGcm } = require('../aes.js');
const { DECRYPT } = require('../aws/kms.js');
const { limits } = require('../contract.js');
const { trouble } = require('../error.js');
const { isObject } = require('../json.js');
const { Once } = require('../once.js');
const { ownBytes } = require('../own-bytes.js');
const { ownRegion } = require('../region.js');
const { shown } = require('../shown.js');
const { blobOf } = require('./blob.js');
const { contextOf, contextWords } = require('./context.js');
const { openDataKey } = require('./data-key.js');
const { bytesOf, textOf } = require('./fields.js');
const { keyOf } = require('./key.js');

const KEY_BYTES = 32;
const TAG_BYTES = 16;
const TYPES = ['str', 'int', 'float', 'bool', 'bytes', 'time'];

/**
 * @typedef {import('../aws/call.js').Aws} Aws
 * @typedef {import('../aws/kms.js').Sealed & {key: string}} Sealed the data key
 * @typedef {import('../patience.js').Patience} Patience
 */

/** Opened, as Node keeps keys: nothing that is printed shows one. @type {Once<import('node:crypto').KeyObject>} */
const dataKeys = new Once();

/** Throws Trouble BUNDLE_INVALID and UNKNOWN_CIPHERTEXT. @param {Record<string, any>} fields */
exports.parse = (fields) => {
  const leaf = leafOf(fields);
  const keys = keysOf(fields);
  return {
    describe: () => {
      const [first] = nearestFirst(keys);
      const value = `SOPS value ${shown(leaf.aad)}`.trimEnd();
      return {
        place: `${value}, key ${first?.key}, region ${first?.region}`,
        context: contextWords(first?.context ?? {}),
        action: DECRYPT,
      };
    },
    open: async (/** @type {Aws} */ aws, /** @type {Patience} */ patience) => {
      const dataKey = await dataKeys.get(aws, identityOf(keys), patience, () => openOne(aws, nearestFirst(keys), patience));
      return textual(leaf.type, unsealed(leaf, dataKey));
    },
  };
};

/** @param {Record<string, any>} fields */
const leafOf = (fields) => {
  const value = bytesOf(fields, 'value', limits.ciphertextBytes);
  const iv = bytesOf(fields, 'iv', limits.ivBytes);
  const tag = bytesOf(fields, 'tag', TAG_BYTES);
  if (tag.length < TAG_BYTES) throw trouble('BUNDLE_INVALID', `its \`tag\` has fewer than ${TAG_BYTES} bytes`);
  const aad = Object.hasOwn(fields, 'aad') ? fields.aad : undefined;
  if (typeof aad !== 'string') throw trouble('BUNDLE_INVALID', 'its `aad` is no text');
  const type = textOf(fields, 'type');
  if (!TYPES.includes(type)) throw trouble('BUNDLE_INVALID', 'its `type` is no type of SOPS');
  return { value, iv, tag, aad, type };
};

/** @param {Record<string, any>} fields @returns {Sealed[]} */
const keysOf = (fields) => {
  const keys = Object.hasOwn(fields, 'keys') ? fields.keys : undefined;
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > limits.fileKeys) {
    throw trouble('BUNDLE_INVALID', `its \`keys\` is no list of 1 to ${limits.fileKeys} keys`);
  }
  return keys.map((each) => {
    if (!isObject(each)) throw trouble('BUNDLE_INVALID', 'one of its `keys` is not an object');
    return { ...keyOf(each, 'arn'), ciphertext: blobOf(each, 'ciphertext'), context: contextOf(each) };
  });
};

/** Equal for equal keys, whatever the order of a context. @param {Sealed[]} keys */
const identityOf = (keys) =>
  JSON.stringify(
    keys.map(({ key, ciphertext, context }) => [key, ciphertext.toString('base64'), Object.entries(context).sort()]),
  );

/** A call within the region is the quickest, and goes on where another region fails. @param {Sealed[]} keys */
const nearestFirst = (keys) => {
  const own = ownRegion();
  return [...keys.filter(({ region }) => region === own), ...keys.filter(({ region }) => region !== own)];
};

/**
 * The first that KMS opens; otherwise throws what the first was refused for.
 * @param {Aws} aws
 * @param {Sealed[]} keys
 * @param {Patience} patience
 */
const openOne = async (aws, keys, patience) => {
  let refusal;
  for (const sealed of keys) {
    try {
      const bytes = await openDataKey(aws, sealed, KEY_BYTES, patience);
      const dataKey = createSecretKey(bytes);
      bytes.fill(0);
      return dataKey;
    } catch (/** @type {any} */ error) {
      refusal ??= error;
      if (error.kind === 'CREDENTIALS' || patience.left === 0) break;
    }
  }
  throw refusal;
};

/** @param {ReturnType<typeof leafOf>} leaf @param {import('node:crypto').KeyObject} dataKey */
const unsealed = ({ value, iv, tag, aad }, dataKey) => {
  try {
    return openGcm(dataKey, iv, Buffer.from(aad), value, tag);
  } catch {
    throw trouble('TAMPERED', 'its tag does not fit');
  }
};

// As YAML and JSON have it.
/** @param {string} type @param {Buffer} value */
const textual = (type, value) => {
  const text = type === 'bool' ? value.toString('latin1') : '';
  return text === 'True' || text === 'False' ? ownBytes(text.toLowerCase()) : value;
};
