'use strict';

const fs = process.getBuiltinModule('node:fs');
const { dirname, resolve } = process.getBuiltinModule('node:path');
const { file: FILE, limits } = require('./contract.js');
const { trouble } = require('./error.js');
const { isObject, readJson } = require('./json.js');
const { settings } = require('./settings.js');
const { shown } = require('./shown.js');

/** What the file holds: not checked yet. @type {Record<string, unknown> | undefined} */
let bundle;

const entries = () => {
  bundle ??= read();
  return bundle;
};

/** Of all secrets. Throws Trouble BUNDLE_MISSING and BUNDLE_INVALID. */
exports.names = () => Object.keys(entries());

/** One entry, whose fields are not checked yet. Throws Trouble NOT_IN_BUNDLE too. @param {string} name */
exports.fieldsOf = (name) => {
  const all = entries();
  if (!Object.hasOwn(all, name)) throw absent(Object.keys(all));
  const fields = all[name];
  if (!isObject(fields)) throw invalid('its entry is not an object');
  return fields;
};

/** @param {string[]} names */
const absent = (names) =>
  trouble('NOT_IN_BUNDLE', `there are ${names.length} secrets in it`, names.length > 0 ? { names } : { hint: 'empty' });

exports.forget = () => {
  bundle = undefined;
};

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
  return folders.flatMap((folder) => (folder ? [absolute(folder, FILE)] : []));
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
    if (found.size > limits.bundleBytes)
      throw invalid(`${shown(file)} has ${found.size} bytes; at most ${limits.bundleBytes} are read`);
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
