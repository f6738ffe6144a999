'use strict';

const bundle = require('./bundle.js');
const { buffer } = require('./builtin.js');
const { SecretBakerError } = require('./error.js');
const { SECRET, hidden } = require('./hidden.js');
const { explained, open } = require('./open.js');
const { Trouble } = require('./trouble.js');

/** @import { Opening, Selection } from '../index.js' */

/**
 * @typedef {object} Kept
 * @property {Map<string, Promise<string>>} texts what is returned again and again: under way or opened, never failed
 * @property {Map<string, Buffer>} plaintexts
 * @property {Map<string, Promise<Buffer>>} flights calls of KMS that are under way
 */

const shownPromise = () => 'Promise { [secret] }';
const shownBytes = () => '<Buffer [secret]>';

/** @returns {Kept} */
const nothing = () => ({ texts: new Map(), plaintexts: new Map(), flights: new Map() });

let kept = nothing();

/**
 * @param {string} name
 * @param {Opening} [options]
 * @returns {Promise<string>} the same promise each time
 */
const text = (name, options) => {
  const known = kept.texts.get(name);
  return known !== undefined && options?.fresh !== true ? known : textAnew(name, options?.fresh === true);
};

/**
 * @param {string} name
 * @param {boolean} fresh
 */
const textAnew = (name, fresh) => {
  const { texts } = kept;
  // No handler of ours hangs on the promise that is returned: one that nobody awaits is to fail loudly.
  /** @type {Promise<string>} */
  const promise = opened(name, fresh).then(
    (value) => {
      if (fresh) texts.set(name, promise);
      return value;
    },
    (error) => {
      if (texts.get(name) === promise) texts.delete(name);
      throw error;
    },
  );
  if (!fresh) texts.set(name, promise);
  return hidden(promise, shownPromise);
};

/**
 * @param {string} name
 * @param {boolean} fresh
 */
const opened = async (name, fresh) => {
  const plaintext = await plaintextOf(name, fresh);
  if (buffer().isUtf8(plaintext)) return plaintext.toString('utf8');
  throw explained(new Trouble('NOT_TEXT', 'its bytes are not UTF-8'), name);
};

/**
 * @param {string} name
 * @param {Opening} [options]
 * @returns {Promise<Buffer>}
 */
const bytes = (name, options) => hidden(plaintextOf(name, options?.fresh === true).then(copyOf), shownPromise);

/** @param {Buffer} plaintext */
const copyOf = (plaintext) => {
  const copy = Buffer.alloc(plaintext.length);
  plaintext.copy(copy);
  return hidden(copy, shownBytes);
};

/**
 * One call of KMS at a time for each secret, however many ask; none if it was opened before.
 * @param {string} name
 * @param {boolean} fresh
 * @returns {Promise<Buffer>}
 */
const plaintextOf = async (name, fresh) => {
  checkName(name);
  const { flights, plaintexts } = kept;
  const known = fresh ? undefined : plaintexts.get(name);
  if (known !== undefined) return known;
  const underWay = flights.get(name);
  if (underWay !== undefined) return underWay;
  const flight = open(name);
  flights.set(name, flight);
  try {
    const plaintext = await flight;
    plaintexts.set(name, plaintext);
    return plaintext;
  } finally {
    flights.delete(name);
  }
};

/**
 * @param {Selection} [selection]
 * @returns {Promise<Readonly<Record<string, string>>>}
 */
const all = async (selection) => {
  const wanted = namesOf(selection);
  // A bundle that is missing is one problem, not one for each name.
  if (wanted.length > 0) bundleNames();
  const outcomes = await Promise.allSettled(wanted.map((name) => text(name)));
  const values = Object.create(null);
  const failures = [];
  for (const [at, outcome] of outcomes.entries()) {
    if (outcome.status === 'rejected') failures.push(outcome.reason);
    else Object.defineProperty(values, wanted[at] ?? '', { value: outcome.value });
  }
  if (failures.length > 0) throw together(failures, wanted.length);
  return Object.freeze(hidden(values, () => Object.fromEntries(wanted.map((name) => [name, SECRET]))));
};

/**
 * @param {unknown[]} failures
 * @param {number} asked
 */
const together = (failures, asked) => {
  const problems = failures.filter((failure) => failure instanceof SecretBakerError);
  const bug = failures.find((failure) => !(failure instanceof SecretBakerError));
  return bug ?? require('./sentences.js').allOf(problems, asked);
};

/**
 * The names that a call is about, each once.
 * @param {Selection} [selection]
 */
const namesOf = (selection) => {
  const only = selection?.only;
  if (only === undefined) return bundleNames();
  if (!Array.isArray(only)) throw new TypeError('`only` must be a list of names');
  for (const name of only) checkName(name);
  return [...new Set(only)];
};

const bundleNames = () => {
  try {
    return bundle.names();
  } catch (error) {
    throw explained(error);
  }
};

/** @param {unknown} name */
const checkName = (name) => {
  if (typeof name !== 'string') throw new TypeError(`the name of a secret must be a string, not ${typeof name}`);
};

/** Forgets everything, for another bundle. What is under way goes to those who asked for it, and nowhere else. */
const forget = () => {
  bundle.forget();
  kept = nothing();
};

module.exports = { all, bytes, forget, namesOf, text };
