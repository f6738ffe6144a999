'use strict';

const DEFAULTS = { timeout: 10_000, attemptTimeout: 3_000, connectTimeout: 1_000 };
const KEYS = ['file', 'endpoint', 'credentials', ...Object.keys(DEFAULTS)];

/** @type {T.Settings} */
let current = DEFAULTS;

exports.settings = () => current;

/** @param {object} changes */
exports.configure = (changes) => {
  const unknown = Object.keys(changes).find((key) => !KEYS.includes(key));
  if (unknown) throw new TypeError(`configure: unknown key \`${unknown}\`; there are ${KEYS.join(', ')}`);
  const given = Object.entries({ ...current, ...changes }).filter(([, value]) => value !== undefined);
  current = { ...DEFAULTS, ...Object.fromEntries(given) };
};
