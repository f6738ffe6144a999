'use strict';

const fs = process.getBuiltinModule('node:fs');
const { dirname, resolve } = process.getBuiltinModule('node:path');
const { parseArn } = require('./arn.js');
const { decodeBase64 } = require('./base64.js');
const contract = require('./contract.js');
const { trouble } = require('./error.js');
const { isObject, readJson } = require('./json.js');
const { settings } = require('./settings.js');
const { shown } = require('./shown.js');

const { bundleBytes, blobBytes, ciphertextBytes } = contract.limits;

/** @type {T.Bundle | undefined} */
let bundle;

exports.entries = () => {
  bundle ??= read();
  return bundle;
};

exports.forget = () => {
  bundle = undefined;
};

/** @type {T.EntryOf} */
exports.entryOf = (name) => {
  const all = exports.entries();
  if (!Object.hasOwn(all, name)) throw trouble('NOT_IN_BUNDLE', `there are ${Object.keys(all).length} secrets in it`);
  const entry = all[name];
  if (!isObject(entry)) throw invalid('its entry is not an object');
  if (Object.hasOwn(entry, 'source')) throw trouble('UNKNOWN_SOURCE', sourceOf(entry));
  const { arn, ciphertext: text } = entry;
  for (const [field, value] of Object.entries({ arn, ciphertext: text })) {
    if (typeof value !== 'string' || value === '') throw invalid(`its \`${field}\` is no text`);
  }
  const place = parseArn(arn, 'ssm');
  if (!place) throw invalid('its `arn` is not the ARN of a parameter');
  return { arn, ...place, ...ciphertextOf(text) };
};

/** @param {{source: unknown}} entry */
const sourceOf = ({ source }) => (typeof source === 'string' ? `\`${shown(source)}\`` : 'it is no text');

/** @type {T.CiphertextOf} */
const ciphertextOf = (text) => {
  const ciphertext = text.length <= ciphertextBytes * 2 ? decodeBase64(text) : undefined;
  if (!ciphertext || ciphertext.length > ciphertextBytes) {
    throw invalid(`its \`ciphertext\` is not base64 of at most ${ciphertextBytes} bytes`);
  }
  const start = ciphertext.toString('hex', 0, 2);
  if (contract.messages.includes(start)) return { ciphertext, isMessage: true };
  if (!contract.blobs.includes(start)) {
    throw trouble('UNKNOWN_CIPHERTEXT', 'it is neither a blob of KMS nor an Encryption SDK message');
  }
  if (ciphertext.length > blobBytes) throw invalid(`its \`ciphertext\` is a blob of more than ${blobBytes} bytes`);
  return { ciphertext, isMessage: false };
};

/** @returns {T.Bundle} */
const read = () => {
  const looked = new Set(places());
  for (const file of looked) {
    const bytes = readIfThere(file);
    if (!bytes) continue;
    const content = readJson(bytes);
    if (content) return content;
    throw invalid(`${shown(file)} (${bytes.length} bytes) is not a JSON object in UTF-8 by the rules of docs/bundle.md`);
  }
  throw trouble('BUNDLE_MISSING', `there is none at ${[...looked].map(shown).join(', ')}`);
};

const places = () => {
  const { LAMBDA_TASK_ROOT: root, _HANDLER: handler, SECRET_BAKER_FILE } = process.env;
  const named = settings().file ?? SECRET_BAKER_FILE;
  // No other file may open instead of the one that was named.
  if (named) return [absolute(named)];
  const script = process.argv[1];
  const folders = [root, root && handler && below(root, handler), script && dirname(script), '.'];
  return folders.flatMap((folder) => (folder ? [absolute(folder, contract.file)] : []));
};

// A handler that leads out of the function's folder names none.
/** @param {string} root @param {string} handler */
const below = (root, handler) => (/^\/|(^|\/)\.\.(\/|$)/.test(handler) ? undefined : absolute(root, dirname(handler)));

// The working folder may have been removed, which makes `resolve` throw.
/** @param {string[]} parts */
const absolute = (...parts) => {
  try {
    return resolve(...parts);
  } catch {
    return parts.join('/');
  }
};

/** @param {string} file */
const readIfThere = (file) => {
  try {
    const found = fs.statSync(file);
    // A pipe or a device has no end.
    if (!found.isFile()) throw unreadable(file, 'it is no file');
    if (found.size > bundleBytes) throw invalid(`${shown(file)} has ${found.size} bytes; at most ${bundleBytes} are read`);
    return fs.readFileSync(file);
  } catch (/** @type {any} */ error) {
    if (error.kind) throw error;
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw unreadable(file, error.code);
  }
};

/** @param {string} file @param {string} why */
const unreadable = (file, why) => trouble('BUNDLE_INVALID', `${shown(file)} cannot be read: ${why}`, { hint: 'unreadable' });

/** @param {string} detail */
const invalid = (detail) => trouble('BUNDLE_INVALID', detail);
