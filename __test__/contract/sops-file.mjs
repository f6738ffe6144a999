// What a SOPS file holds, read for tests only: every leaf with what its encryption is bound to, and the keys of KMS. It trusts the
// file, as no reader of ours may.

import { createDecipheriv } from 'node:crypto';
import yaml from 'js-yaml';

/**
 * @typedef {{value: string, iv: string, tag: string, type: string}} Sealed in base64, but for the type
 * @typedef {{path: string[], field: string, aad: string, text?: string, sealed?: Sealed}} Leaf `field` is the path joined by points
 * @typedef {{arn: string, enc: string, context?: Record<string, string>}} Key
 * @typedef {{leaves: Leaf[], keys: Key[]}} SopsFile
 */

const ENCRYPTED = /^ENC\[AES256_GCM,data:(.+),iv:(.+),tag:(.+),type:(.+)\]$/;
/** The old program writes times as bytes once it has decrypted them. */
const BINARY = new yaml.Type('tag:yaml.org,2002:binary', {
  kind: 'scalar',
  construct: (text) => Buffer.from(text, 'base64').toString(),
});
const TEXTS = yaml.FAILSAFE_SCHEMA.extend(BINARY);

const COMMENT = /^ENC\[.*,type:comment\]$/;

/** @param {string} name whose ending tells the format @param {string} text @returns {SopsFile} */
export function readSopsFile(name, text) {
  if (name.endsWith('.env')) return ofDotenv(text);
  const documents = name.endsWith('.yaml') ? ofYaml(text) : [JSON.parse(text)];
  const leaves = documents.flatMap(({ sops: _metadata, ...tree }) => leavesOf(tree, [], ''));
  return { leaves, keys: documents[0].sops.kms ?? [] };
}

/**
 * What an opener makes of a leaf: `bool` in small letters, everything else as it is.
 * @param {Leaf} leaf
 * @param {Buffer} dataKey
 */
export function openedLeaf({ aad, sealed }, dataKey) {
  if (!sealed) throw new Error('it is not encrypted');
  const [value, iv, tag] = [sealed.value, sealed.iv, sealed.tag].map((text) => Buffer.from(text, 'base64'));
  const cipher = createDecipheriv('aes-256-gcm', dataKey, /** @type {Buffer} */ (iv));
  cipher.setAAD(Buffer.from(aad)).setAuthTag(/** @type {Buffer} */ (tag));
  const plain = Buffer.concat([cipher.update(/** @type {Buffer} */ (value)), cipher.final()]);
  return sealed.type === 'bool' ? Buffer.from(plain.toString().toLowerCase()) : plain;
}

/**
 * The entry of a bundle.
 * @param {Leaf} leaf
 * @param {Key[]} keys
 */
export function entryOf({ aad, sealed }, keys) {
  const { value, iv, tag, type } = /** @type {Sealed} */ (sealed);
  const known = keys.map(({ arn, enc, context }) => ({ arn, ciphertext: enc, ...(context && { context }) }));
  return { source: 'sops', value, iv, tag, aad, type, keys: known };
}

/** Scalars stay texts. @param {string} text @returns {any[]} */
export function ofYaml(text) {
  // The tag of a merged mapping would make js-yaml merge it, and its path would be lost.
  return yaml.loadAll(text.replaceAll('!!merge <<:', '"<<":'), null, { schema: TEXTS });
}

/**
 * @param {unknown} tree
 * @param {string[]} path
 * @param {string} aad the keys alone, each with a colon behind it: items of a list share theirs
 * @returns {Leaf[]}
 */
function leavesOf(tree, path, aad) {
  // A comment within a list is an item of it as long as it is encrypted, and none for who reads the file.
  const items = Array.isArray(tree) ? tree.filter((item) => !COMMENT.test(item)) : undefined;
  if (items) return items.flatMap((item, index) => leavesOf(item, [...path, String(index)], aad));
  if (tree !== null && typeof tree === 'object') {
    return Object.entries(tree).flatMap(([key, value]) => leavesOf(value, [...path, key], `${aad}${key}:`));
  }
  return [leafOf(String(tree), path, aad)];
}

/** @param {string} text @param {string[]} path @param {string} aad @returns {Leaf} */
function leafOf(text, path, aad) {
  const [, value, iv, tag, type] = ENCRYPTED.exec(text) ?? [];
  const place = { path, field: path.join('.'), aad };
  return value === undefined ? { ...place, text } : { ...place, sealed: /** @type {Sealed} */ ({ value, iv, tag, type }) };
}

/** @param {string} text @returns {SopsFile} */
function ofDotenv(text) {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const pairs = lines.map(
    (line) => /** @type {[string, string]} */ ([line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  const metadata = Object.fromEntries(pairs.filter(([key]) => key.startsWith('sops_')));
  const leaves = pairs.filter(([key]) => !key.startsWith('sops_')).map(([key, value]) => leafOf(value, [key], `${key}:`));
  return { leaves, keys: keysOfDotenv(metadata) };
}

/** @param {Record<string, string>} metadata @returns {Key[]} */
function keysOfDotenv(metadata) {
  const keys = [];
  for (let index = 0; ; index++) {
    const start = `sops_kms__list_${index}__map_`;
    const [arn, enc] = [metadata[`${start}arn`], metadata[`${start}enc`]];
    if (arn === undefined || enc === undefined) return keys;
    const pairs = Object.entries(metadata).flatMap(([key, value]) =>
      key.startsWith(`${start}context__map_`) ? [[key.slice(`${start}context__map_`.length), value]] : [],
    );
    keys.push({ arn, enc, ...(pairs.length > 0 && { context: Object.fromEntries(pairs) }) });
  }
}
