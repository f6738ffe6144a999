'use strict';

const { isUtf8 } = process.getBuiltinModule('node:buffer');
const fs = process.getBuiltinModule('node:fs');
const { dirname, resolve } = process.getBuiltinModule('node:path');
const { decodeBase64, parseJson } = require('./decode.js');
const { trouble } = require('./error.js');
const { settings } = require('./settings.js');

const FILE = 'secret-baker-secrets.json';
// The region becomes part of a host name, so nothing else may get into it.
const ARN = /^arn:([a-z0-9-]+):ssm:([a-z0-9-]+):\d+:parameter\/[\x21-\x7e]+$/;

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
  if (!Object.hasOwn(all, name)) throw trouble('NOT_IN_BUNDLE', require('./sentences.js').hintFor(name, Object.keys(all)));
  const entry = all[name];
  if (!isObject(entry)) throw invalid('its entry is not an object');
  if (Object.hasOwn(entry, 'source')) throw trouble('UNKNOWN_SOURCE', String(entry.source).slice(0, 50));
  const ciphertext = decodeBase64(entry.ciphertext);
  if (!ciphertext?.length) throw invalid('its `ciphertext` is not base64');
  const [arn, partition = '', region = ''] = (typeof entry.arn === 'string' && ARN.exec(entry.arn)) || [];
  if (!arn) throw invalid('its `arn` is not the ARN of a parameter');
  return { arn, partition, region, ciphertext };
};

/** @returns {T.Bundle} */
const read = () => {
  const looked = new Set(places());
  for (const file of looked) {
    const bytes = readIfThere(file);
    if (!bytes) continue;
    const content = isUtf8(bytes) && parseJson(bytes.toString('utf8').replace(/^\uFEFF/, ''));
    if (isObject(content)) return content;
    throw invalid(`${file} (${bytes.length} bytes) is not a JSON object in UTF-8`);
  }
  throw trouble('BUNDLE_MISSING', `there is none at ${[...looked].join(', ')}`);
};

const places = () => {
  const { LAMBDA_TASK_ROOT: root, _HANDLER: handler, SECRET_BAKER_FILE } = process.env;
  const named = settings().file ?? SECRET_BAKER_FILE;
  // No other file may open instead of the one that was named.
  if (named) return [resolve(named)];
  const script = process.argv[1];
  const folders = [root, root && handler && resolve(root, dirname(handler)), script && dirname(script), '.'];
  return folders.flatMap((folder) => (folder ? [resolve(folder, FILE)] : []));
};

/** @param {string} file */
const readIfThere = (file) => {
  try {
    return fs.readFileSync(file);
  } catch (/** @type {any} */ { code }) {
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw invalid(`${file} cannot be read: ${code}`);
  }
};

/** @param {unknown} value */
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** @param {string} detail */
const invalid = (detail) => trouble('BUNDLE_INVALID', detail);
