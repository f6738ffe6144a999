'use strict';

const bundle = require('./bundle.js');
const { described, Memory } = require('./memory.js');
const { checkName, optionsOf } = require('./selection.js');
const { parse } = require('./source/registry.js');
const { hiddenTexts } = require('./unprintable.js');

/** @typedef {import('../index.js').Opening} Opening */

let kept = new Memory();

/** @param {string} name @param {Opening} [options] @returns {Promise<string>} */
exports.text = (name, options) => kept.text(wanted(name), options?.fresh);

/** @param {string} name @param {Opening} [options] @returns {Promise<Buffer>} */
exports.bytes = (name, options) => kept.bytes(wanted(name), options?.fresh);

/** @param {string} name @returns {import('./memory.js').Wanted} */
const wanted = (name) => ({
  id: name,
  entry: () => entryOf(name),
  explained: (error) => explained(error, name),
});

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

// What is under way goes only to those who asked for it.
exports.forget = () => {
  bundle.forget();
  kept = new Memory();
};
