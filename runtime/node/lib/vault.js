'use strict';

const { isUtf8 } = process.getBuiltinModule('node:buffer');
const { aws } = require('./aws/call.js');
const bundle = require('./bundle.js');
const { trouble } = require('./error.js');
const { Patience } = require('./patience.js');
const { checkName, optionsOf } = require('./selection.js');
const { settings } = require('./settings.js');
const { parse } = require('./source/registry.js');
const { hiddenBytes, hiddenPromise, hiddenTexts } = require('./unprintable.js');

/**
 * @typedef {import('./aws/call.js').Aws} Aws
 * @typedef {import('../index.js').Opening} Opening
 */

/**
 * @typedef {object} Kept
 * @property {Map<string, Promise<string>>} texts what is returned again and again: under way or opened, never failed
 * @property {Map<string, Buffer>} plaintexts
 * @property {Map<string, Promise<Buffer>>} flights secrets that are being opened: one at a time for each, however many ask
 * @property {Aws} aws by which sources remember what serves several secrets
 */

/** @returns {Kept} */
const nothing = () => ({ texts: new Map(), plaintexts: new Map(), flights: new Map(), aws: unremembered() });

/** Nothing is remembered by it yet. @returns {Aws} */
const unremembered = () => (call, patience) => aws(call, patience);

let kept = nothing();

/** @param {string} name @param {Opening} [options] @returns {Promise<string>} */
exports.text = (name, options) => {
  const known = kept.texts.get(name);
  return known && !options?.fresh ? known : textAnew(name, options?.fresh);
};

/** @param {string} name @param {boolean} [fresh] */
const textAnew = (name, fresh) => {
  const { texts } = kept;
  // No handler of ours hangs on this promise: one that nobody awaits is to fail loudly.
  const decode = async () => {
    try {
      const plaintext = await plaintextOf(name, fresh);
      if (!isUtf8(plaintext)) throw trouble('NOT_TEXT', `not all of its ${plaintext.length} bytes are UTF-8`);
      texts.set(name, promise);
      return plaintext.toString('utf8');
    } catch (error) {
      if (texts.get(name) === promise) texts.delete(name);
      throw explained(error, name);
    }
  };
  const promise = hiddenPromise(decode());
  if (!fresh) texts.set(name, promise);
  return promise;
};

/** @param {string} name @param {Opening} [options] @returns {Promise<Buffer>} */
exports.bytes = (name, options) =>
  hiddenPromise(plaintextOf(name, options?.fresh).then((plaintext) => hiddenBytes(Buffer.alloc(plaintext.length, plaintext))));

/** @param {string} name @param {boolean} [fresh] */
const plaintextOf = async (name, fresh) => {
  checkName(name);
  const { flights, plaintexts } = kept;
  const known = (fresh ? undefined : plaintexts.get(name)) ?? flights.get(name);
  if (known) return known;
  const flight = open(name, fresh ? unremembered() : kept.aws);
  flights.set(name, flight);
  try {
    plaintexts.set(name, await flight);
    return flight;
  } finally {
    flights.delete(name);
  }
};

/** The plaintext, in memory of its own. Throws SecretBakerError. @param {string} name @param {Aws} by */
const open = async (name, by) => {
  const patience = new Patience(settings().timeout);
  try {
    return await entryOf(name).open(by, patience);
  } catch (error) {
    throw explained(error, name);
  } finally {
    patience.stop();
  }
};

/** @param {string} name */
const entryOf = (name) => parse(bundle.fieldsOf(name));

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
const explained = (error, name) =>
  error.kind ? require('./sentences.js').errorOf(error, name, name === undefined ? undefined : described(name)) : error;
exports.explained = explained;

/** Nothing is said of an entry that is the trouble itself. @param {string} name */
const described = (name) => {
  try {
    return entryOf(name).describe();
  } catch {
    return undefined;
  }
};

// What is under way goes only to those who asked for it.
exports.forget = () => {
  bundle.forget();
  kept = nothing();
};
