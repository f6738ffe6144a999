'use strict';

const { isUtf8 } = process.getBuiltinModule('node:buffer');
const bundle = require('./bundle.js');
const { trouble } = require('./error.js');
const { decrypt } = require('./kms.js');
const { Patience } = require('./patience.js');
const { checkName, optionsOf } = require('./selection.js');
const { settings } = require('./settings.js');
const { hiddenBytes, hiddenPromise, hiddenTexts } = require('./unprintable.js');

/** @returns {T.Kept} */
const nothing = () => ({ texts: new Map(), plaintexts: new Map(), flights: new Map() });

let kept = nothing();

/** @type {T.Text} */
exports.text = (name, options) => {
  const known = kept.texts.get(name);
  return known && !options?.fresh ? known : textAnew(name, options?.fresh);
};

/** @type {T.TextAnew} */
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

/** @type {T.Bytes} */
exports.bytes = (name, options) =>
  hiddenPromise(plaintextOf(name, options?.fresh).then((plaintext) => hiddenBytes(Buffer.alloc(plaintext.length, plaintext))));

/** @type {T.PlaintextOf} */
const plaintextOf = async (name, fresh) => {
  checkName(name);
  const { flights, plaintexts } = kept;
  const known = (fresh ? undefined : plaintexts.get(name)) ?? flights.get(name);
  if (known) return known;
  const flight = open(name);
  flights.set(name, flight);
  try {
    plaintexts.set(name, await flight);
    return flight;
  } finally {
    flights.delete(name);
  }
};

/** @type {T.Open} */
const open = async (name) => {
  const patience = new Patience(settings().timeout);
  try {
    const { arn, partition, region, ciphertext, isMessage } = bundle.entryOf(name);
    /** @type {T.OpenDataKey} */
    const ask = (blob, context, key) => decrypt({ partition, region, ciphertext: blob, context, key }, patience);
    if (isMessage) return await require('./message.js').openMessage(ciphertext, arn, ask);
    return await ask(ciphertext, { PARAMETER_ARN: arn });
  } catch (error) {
    throw explained(error, name);
  } finally {
    patience.stop();
  }
};

/** @type {T.All} */
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
    return Object.keys(bundle.entries());
  } catch (error) {
    throw explained(error);
  }
};
exports.names = names;

/** @type {T.Explained} */
const explained = (error, name) => (error.kind ? require('./sentences.js').errorOf(error, name) : error);
exports.explained = explained;

// What is under way goes only to those who asked for it.
exports.forget = () => {
  bundle.forget();
  kept = nothing();
};
