'use strict';

const { isUtf8 } = process.getBuiltinModule('node:buffer');
const bundle = require('./bundle.js');
const { trouble } = require('./error.js');
const { decrypt } = require('./kms.js');
const { Patience } = require('./http.js');
const { settings } = require('./settings.js');

const BLOB_OF_KMS = /^(0101|0102|0a20)/;
const ENCRYPTION_SDK_MESSAGE = /^(0180|0204|0205)/;
// Makes `console.log` and `util.inspect` show something else than what the target holds.
/** @type {T.Hide} */
const hide = (target, shown) => Object.defineProperty(target, Symbol.for('nodejs.util.inspect.custom'), { value: () => shown });

const PROMISE = 'Promise { [secret] }';
// What `util.inspect` prints without quotes.
const SECRET = hide({}, '[secret]');

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
      if (!isUtf8(plaintext)) throw trouble('NOT_TEXT', 'its bytes are not UTF-8');
      texts.set(name, promise);
      return plaintext.toString('utf8');
    } catch (error) {
      if (texts.get(name) === promise) texts.delete(name);
      throw explained(error, name);
    }
  };
  /** @type {Promise<string>} */
  const promise = hide(decode(), PROMISE);
  if (!fresh) texts.set(name, promise);
  return promise;
};

/** @type {T.Bytes} */
exports.bytes = (name, options) => {
  const copy = (/** @type {Buffer} */ plaintext) => {
    const bytes = hide(Buffer.alloc(plaintext.length, plaintext), '<Buffer [secret]>');
    return Object.defineProperty(bytes, 'toJSON', { value: () => '[secret]' });
  };
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
  try {
    const { arn, partition, region, ciphertext } = bundle.entryOf(name);
    /** @type {T.OpenDataKey} */
    const ask = (blob, context) => decrypt({ partition, region, ciphertext: blob, context }, patience);
    const start = ciphertext.toString('hex', 0, 2);
    if (BLOB_OF_KMS.test(start)) return await ask(ciphertext, { PARAMETER_ARN: arn });
    if (ENCRYPTION_SDK_MESSAGE.test(start)) return await require('./message.js').openMessage(ciphertext, arn, ask);
    throw trouble('UNKNOWN_CIPHERTEXT', 'it is neither a blob of KMS nor an Encryption SDK message');
  } catch (error) {
    throw explained(error, name);
  } finally {
    patience.stop();
  }
};

/** @type {T.All} */
exports.all = async (selection) => {
  const wanted = [...new Set(selection?.only ?? names())];
  // A bundle that is missing is one problem, not one for each name.
  if (wanted.length > 0) names();
  const outcomes = await Promise.allSettled(wanted.map((name) => exports.text(name)));
  const failures = outcomes.flatMap((outcome) => ('reason' in outcome ? [outcome.reason] : []));
  if (failures.length > 0) throw require('./sentences.js').allOf(failures, wanted.length);
  const values = hide(Object.create(null), Object.fromEntries(wanted.map((name) => [name, SECRET])));
  // Not enumerable: neither JSON nor a copy by spreading takes them along.
  for (const name of wanted) Object.defineProperty(values, name, { value: await exports.text(name) });
  return Object.freeze(values);
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
