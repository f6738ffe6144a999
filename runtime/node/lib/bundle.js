'use strict';

const { decodeBase64 } = require('./base64.js');
const { buffer, fs, path } = require('./builtin.js');
const { settings } = require('./settings.js');
const { Trouble } = require('./trouble.js');

/**
 * @typedef {object} Entry
 * @property {string} arn the parameter's
 * @property {string} partition `aws`, `aws-cn`…
 * @property {string} region of the parameter, and so of its key
 * @property {Buffer} ciphertext
 */

const FILE = 'secret-baker-secrets.json';
const BYTE_ORDER_MARK = 0xfeff;
/** The region becomes part of a host name, so nothing else may get into it. */
const ARN = /^arn:(?<partition>[a-z0-9-]+):ssm:(?<region>[a-z0-9-]+):\d+:parameter\/[\x21-\x7e]+$/;

/** @type {Record<string, unknown> | undefined} */
let bundle;

/**
 * The names in the bundle, in its order.
 * @throws {Trouble} BUNDLE_MISSING, BUNDLE_INVALID
 */
const names = () => Object.keys(loaded());

/**
 * One entry, checked and decoded.
 * @param {string} name
 * @returns {Entry}
 * @throws {Trouble} BUNDLE_MISSING, BUNDLE_INVALID, NOT_IN_BUNDLE, UNKNOWN_SOURCE
 */
const entryOf = (name) => {
  const entries = loaded();
  if (!Object.hasOwn(entries, name)) {
    const { hintFor } = require('./near-names.js');
    throw new Trouble('NOT_IN_BUNDLE', hintFor(name, Object.keys(entries)));
  }
  const entry = entries[name];
  if (!isObject(entry)) throw invalid('its entry is not an object');
  if (Object.hasOwn(entry, 'source')) {
    const { source } = entry;
    throw new Trouble('UNKNOWN_SOURCE', typeof source === 'string' ? `\`${source.slice(0, 50)}\`` : 'it is not even a name');
  }
  const ciphertext = decodeBase64(entry.ciphertext);
  if (!ciphertext?.length) throw invalid('its `ciphertext` is not base64');
  const { arn } = entry;
  const { partition = '', region = '' } = (typeof arn === 'string' && ARN.exec(arn)?.groups) || {};
  if (typeof arn !== 'string' || region === '') throw invalid('its `arn` is not the ARN of a parameter');
  return { arn, partition, region, ciphertext };
};

/**
 * For what is said of a secret; undefined where it cannot be known.
 * @param {string} name
 */
const arnOf = (name) => {
  const entry = bundle !== undefined && Object.hasOwn(bundle, name) ? bundle[name] : undefined;
  return isObject(entry) && typeof entry.arn === 'string' && ARN.test(entry.arn) ? entry.arn : undefined;
};

/** Reads the file again at the next call. */
const forget = () => {
  bundle = undefined;
};

const loaded = () => {
  bundle ??= read();
  return bundle;
};

/** @returns {Record<string, unknown>} */
const read = () => {
  const looked = /** @type {Set<string>} */ (new Set());
  for (const file of places()) {
    if (looked.has(file)) continue;
    const bytes = readIfThere(file);
    if (bytes !== undefined) return parsed(bytes, file);
    looked.add(file);
  }
  throw new Trouble('BUNDLE_MISSING', `there is none at ${[...looked].join(', ')}`);
};

/**
 * Where the bundle may lie, best first. A place that was named is the only one: another file must not open instead of it.
 * @returns {string[]}
 */
const places = () => {
  const { resolve, dirname } = path();
  const { LAMBDA_TASK_ROOT: root, _HANDLER: handler, SECRET_BAKER_FILE } = process.env;
  const named = settings().file ?? SECRET_BAKER_FILE;
  if (named) return [resolve(named)];
  const script = process.argv[1];
  const folders = [root, root && handler && resolve(root, dirname(handler)), script && dirname(script), '.'];
  return folders.flatMap((folder) => (folder ? [resolve(folder, FILE)] : []));
};

/** @param {string} file */
const readIfThere = (file) => {
  try {
    return fs().readFileSync(file);
  } catch (/** @type {any} */ error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw new Trouble('BUNDLE_MISSING', `${file} cannot be read: ${error.code}`);
  }
};

/**
 * @param {Buffer} bytes
 * @param {string} file
 */
const parsed = (bytes, file) => {
  if (!buffer().isUtf8(bytes)) throw invalid(`${file} is not UTF-8`);
  const text = bytes.toString('utf8');
  const content = json(text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text, file);
  if (!isObject(content)) throw invalid(`${file} is not a JSON object`);
  return content;
};

/**
 * What Node says of bad JSON quotes it, and nobody knows what lies in that file.
 * @param {string} text
 * @param {string} file
 */
const json = (text, file) => {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(`${file} is not JSON (it has ${text.length} characters)`);
  }
};

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** @param {string} detail */
const invalid = (detail) => new Trouble('BUNDLE_INVALID', detail);

module.exports = { arnOf, entryOf, forget, names };
