'use strict';

const bundle = require('./bundle.js');
const { buffer } = require('./builtin.js');
const { trouble } = require('./error.js');
const { decrypt } = require('./kms.js');
const { hide } = require('./memory.js');
const { Patience } = require('./patience.js');
const { settings } = require('./settings.js');

const BLOB_OF_KMS = /^(0101|0102|0a20)/;
const ENCRYPTION_SDK_MESSAGE = /^(0180|0204|0205)/;
const PROMISE = 'Promise { [secret] }';
// What `util.inspect` prints without quotes.
const SECRET = hide({}, '[secret]');

/** @returns {T.Kept} */
const nothing = () => ({ texts: new Map(), plaintexts: new Map(), flights: new Map() });

let kept = nothing();

/** @type {T.Text} */
const text = (name, options) => {
  const known = kept.texts.get(name);
  return known && !options?.fresh ? known : textAnew(name, options?.fresh);
};

/** @type {T.TextAnew} */
const textAnew = (name, fresh) => {
  const { texts } = kept;
  // No handler of ours hangs on the promise that is returned: one that nobody awaits is to fail loudly.
  const decode = async () => {
    try {
      const plaintext = await plaintextOf(name, fresh);
      const notText = trouble('NOT_TEXT', 'its bytes are not UTF-8');
      if (!buffer().isUtf8(plaintext)) throw explained(notText, name, bundle.entryOf(name).arn);
      texts.set(name, promise);
      return plaintext.toString('utf8');
    } catch (error) {
      if (texts.get(name) === promise) texts.delete(name);
      throw error;
    }
  };
  /** @type {Promise<string>} */
  const promise = hide(decode(), PROMISE);
  if (!fresh) texts.set(name, promise);
  return promise;
};

/** @type {T.Bytes} */
const bytes = (name, options) => {
  const copy = (/** @type {Buffer} */ plaintext) => hide(Buffer.alloc(plaintext.length, plaintext), '<Buffer [secret]>');
  return hide(plaintextOf(name, options?.fresh).then(copy), PROMISE);
};

/** @type {T.PlaintextOf} */
const plaintextOf = async (name, fresh) => {
  if (typeof name !== 'string') throw new TypeError(`the name of a secret must be a string, not ${typeof name}`);
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
  let arn = '';
  try {
    const { partition, region, ciphertext } = ({ arn } = bundle.entryOf(name));
    /** @type {T.OpenDataKey} */
    const ask = (blob, context) => decrypt({ partition, region, ciphertext: blob, context }, patience);
    const start = ciphertext.toString('hex', 0, 2);
    if (BLOB_OF_KMS.test(start)) return await ask(ciphertext, { PARAMETER_ARN: arn });
    if (ENCRYPTION_SDK_MESSAGE.test(start)) return await require('./message.js').openMessage(ciphertext, arn, ask);
    throw trouble('UNKNOWN_CIPHERTEXT', 'it begins neither as a blob of KMS nor as an Encryption SDK message');
  } catch (error) {
    throw explained(error, name, arn);
  } finally {
    patience.stop();
  }
};

/** @type {T.All} */
const all = async (selection) => {
  const wanted = namesOf(selection);
  // A bundle that is missing is one problem, not one for each name.
  if (wanted.length > 0) bundleNames();
  const outcomes = await Promise.allSettled(wanted.map((name) => text(name)));
  const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  if (failures.length > 0) throw require('./sentences.js').allOf(failures, wanted.length);
  const values = hide(Object.create(null), Object.fromEntries(wanted.map((name) => [name, SECRET])));
  // Not enumerable: neither JSON nor a copy by spreading takes them along.
  for (const name of wanted) Object.defineProperty(values, name, { value: await text(name) });
  return Object.freeze(values);
};

/** @type {T.NamesOf} */
const namesOf = (selection) => [...new Set(selection?.only ?? bundleNames())];

const bundleNames = () => {
  try {
    return Object.keys(bundle.entries());
  } catch (error) {
    throw explained(error);
  }
};

/** @type {T.Explained} */
const explained = (error, ...place) => (error.kind ? require('./sentences.js').errorOf(error, ...place) : error);

// For another bundle. What is under way goes to those who asked for it, and nowhere else.
const forget = () => {
  bundle.forget();
  kept = nothing();
};

module.exports = { all, bytes, explained, forget, namesOf, text };
