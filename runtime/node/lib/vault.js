'use strict';

const bundle = require('./bundle.js');
const { Memory, unremembered } = require('./memory.js');
const { checkName, optionsOf } = require('./selection.js');
const { parse } = require('./source/registry.js');
const { hiddenTexts } = require('./unprintable.js');

/** @typedef {import('../index.js').Opening} Opening */

const nothing = () => {
  const by = unremembered();
  return { secrets: new Memory(by), variables: new Memory(by) };
};

let kept = nothing();

/** @param {string} name @param {Opening} [options] @returns {Promise<string>} */
exports.text = (name, options) => kept.secrets.text(named(name), options?.fresh);

/** @param {string} name @param {Opening} [options] @returns {Promise<Buffer>} */
exports.bytes = (name, options) => kept.secrets.bytes(named(name), options?.fresh);

/** @param {string} variable @param {Opening} [options] @returns {Promise<string>} */
exports.textFromEnv = (variable, options) => kept.variables.text(standingIn(variable), options?.fresh);

/** @param {string} variable @param {Opening} [options] @returns {Promise<Buffer>} */
exports.bytesFromEnv = (variable, options) => kept.variables.bytes(standingIn(variable), options?.fresh);

/** @param {string} name @returns {import('./memory.js').Wanted} */
const named = (name) => ({
  id: name,
  name,
  entry: () => entryOf(name),
  explained: (error) => explained(error, name),
});

// Kept by its value: a variable that was set anew is another secret.
/** @param {string} variable @returns {import('./memory.js').Wanted} */
const standingIn = (variable) => {
  const value = (typeof variable === 'string' && process.env[variable]) || '';
  const name = `${String(variable)}=${value}`;
  const entry = () => {
    checkName(variable, 'an environment variable');
    return require('./sealed-variable.js').parse(value);
  };
  return {
    // Without a value there is nothing to share.
    id: value || name,
    name,
    entry,
    explained: (error) => (error.kind ? require('./sentences.js').errorOfVariable(error, variable, described(entry)) : error),
  };
};

/** @param {string} name */
const entryOf = (name) => {
  checkName(name, 'a secret');
  return parse(bundle.fieldsOf(name));
};

/** @param {import('../index.js').Selection} [selection] @returns {Promise<import('../index.js').Secrets>} */
exports.all = async (selection) => {
  const wanted = [...new Set(optionsOf('secrets', selection).only ?? names())];
  // A bundle that is missing is one problem, not one for each name.
  if (wanted.length > 0) names();
  const outcomes = await Promise.allSettled(wanted.map((name) => exports.text(name)));
  const failures = outcomes.flatMap((outcome) => ('reason' in outcome ? [outcome.reason] : []));
  if (failures.length > 0) throw require('./sentences.js').allOf(failures, wanted.length);
  const texts = outcomes.map(
    (outcome, at) => /** @type {const} */ ([String(wanted[at]), 'value' in outcome ? outcome.value : '']),
  );
  return hiddenTexts(new Map(texts));
};

const names = () => {
  try {
    return bundle.names();
  } catch (error) {
    throw explained(error);
  }
};
exports.names = names;

/** What a caller gets for whatever was thrown. @param {any} error @param {string} [name] */
const explained = (error, name) => {
  if (!error.kind) return error;
  const entry = name === undefined ? undefined : described(() => entryOf(name));
  return require('./sentences.js').errorOf(error, name, entry);
};
exports.explained = explained;

/** Nothing is said of an entry that is the trouble itself. @param {() => import('./source/registry.js').Entry} entry */
const described = (entry) => {
  try {
    return entry().describe();
  } catch {
    return undefined;
  }
};

// What is under way goes only to those who asked for it.
exports.forget = () => {
  bundle.forget();
  kept = nothing();
};
