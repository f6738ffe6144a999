'use strict';

const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/**
 * Makes `console.log` and `util.inspect` show something else than what the target holds.
 * @template {object} Target @param {Target} target @param {unknown} shown
 */
const hide = (target, shown) => Object.defineProperty(target, INSPECT, { configurable: true, value: () => shown });

// What `util.inspect` prints without quotes.
const SECRET = hide({}, '[secret]');

// So that what `then` and its like make of a promise shows nothing either.
class SecretPromise extends Promise {}
hide(SecretPromise.prototype, 'Promise { [secret] }');

/** @template T @param {Promise<T>} promise @returns {Promise<T>} */
exports.hiddenPromise = (promise) => new SecretPromise((resolve, reject) => promise.then(resolve, reject));

/** The same bytes. @param {Buffer} bytes @returns {Buffer} */
exports.hiddenBytes = (bytes) => {
  const view = {
    value: (/** @type {[number?, number?]} */ ...range) => exports.hiddenBytes(Buffer.prototype.subarray.apply(bytes, range)),
  };
  Object.defineProperties(bytes, { toJSON: { value: () => '[secret]' }, subarray: view, slice: view });
  hide(bytes.buffer, 'ArrayBuffer { [secret] }');
  return hide(bytes, '<Buffer [secret]>');
};

/** @type {WeakMap<object, Map<string, string>>} */
const stored = new WeakMap();

// Accessors: whoever lists the properties of an object, such as an inspector or a reporter of errors, sees no value in them.
/** @param {Map<string, string>} texts @returns {any} */
exports.hiddenTexts = (texts) => {
  const values = hide(Object.create(null), Object.fromEntries([...texts.keys()].map((name) => [name, SECRET])));
  for (const name of texts.keys()) {
    // Not enumerable: neither JSON nor a copy by spreading takes them along.
    Object.defineProperty(values, name, { get: () => stored.get(values)?.get(name) });
  }
  stored.set(values, texts);
  return Object.freeze(values);
};
