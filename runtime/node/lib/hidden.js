'use strict';

const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/**
 * Makes `console.log` and `util.inspect` show the shape of something and not what is in it.
 * @template {object} T
 * @param {T} target
 * @param {() => unknown} shown
 * @returns {T}
 */
const hidden = (target, shown) => Object.defineProperty(target, INSPECT, { value: shown });

/** What `util.inspect` prints without quotes. */
const SECRET = { [INSPECT]: () => '[secret]' };

module.exports = { SECRET, hidden };
