'use strict';

const { DECRYPT } = require('./aws/kms.js');
const { limits, services } = require('./contract.js');
const { SecretBakerError } = require('./error.js');
const { pages } = require('./pages.js');
const { shown } = require('./shown.js');
const { codes, codesOf } = require('./wording.js');

/** @typedef {import('./source/registry.js').Description} Description */

// Who was waiting, before any entry is known, was waiting for KMS.
/** @type {Description} */
const UNKNOWN = { place: '', context: '', action: DECRYPT };

/**
 * The error for a secret, or for the bundle.
 * @param {import('./error.js').Trouble} trouble
 * @param {string} [secret]
 * @param {Description} [entry]
 */
exports.errorOf = (trouble, secret, entry) =>
  worded(trouble, secret === undefined ? '' : `secret \`${shown(secret)}\`: `, entry, secret);

/**
 * The error for what stands in an environment variable.
 * @param {import('./error.js').Trouble} trouble
 * @param {string} variable
 * @param {Description} [entry]
 */
exports.errorOfVariable = (trouble, variable, entry) => worded(trouble, `environment variable \`${shown(variable)}\`: `, entry);

/**
 * @param {import('./error.js').Trouble} trouble
 * @param {string} subject
 * @param {Description} [entry]
 * @param {string} [secret]
 */
const worded = (trouble, subject, entry = UNKNOWN, secret = undefined) => {
  const { kind, key, message, hint = '' } = trouble;
  const { sentence, hint: usual, hints = {} } = wordingOf(kind, entry);
  const other = key && !entry.place.includes(key) ? `key ${shown(key)}` : '';
  const place = [entry.place, other].filter(Boolean).join(', ');
  const what = filled(sentence, trouble, entry);
  const todo = filled(hints[hint] ?? usual, trouble, entry);
  const text = `${subject}${what}${place && ` (${place})`}: ${message}\n  hint: ${todo}`;
  const code = /** @type {import('../index.js').SecretBakerErrorCode} */ (`SECRET_BAKER_${kind}`);
  return new SecretBakerError(code, text + pages([code]), { secret, problems: [{ code, secret, message: text }] });
};

/** @typedef {{sentence: string, hint: string, hints?: Record<string, string>}} Wording */

/** Some services have words of their own. @param {string} kind @param {Description} entry @returns {Wording} */
const wordingOf = (kind, { action }) => {
  const usual = /** @type {Record<string, Wording | undefined>} */ (codes)[kind] ?? { sentence: '', hint: '' };
  return { ...usual, .../** @type {Record<string, Partial<Wording> | undefined>} */ (codesOf[action.service])[kind] };
};

/** @param {string} text of the contract @param {import('./error.js').Trouble} trouble @param {Description} entry */
const filled = (text, { names = [], variable = '' }, { context, action: { service, target } }) => {
  const { name, host, endpoint } = services[service];
  const action = `${service}:${target.split('.')[1]}`;
  /** @type {Record<string, string>} */
  const values = { names: listed(names), variable, context: context || '{}', service: name, action, host, endpoint };
  // By a function: a `$` in a name is a name's.
  return text.replace(/\{(\w+)\}/g, (_, open) => values[open] ?? '');
};

/** @param {string[]} names */
const listed = (names) => {
  const some = names.slice(0, limits.namesShown).map((name) => `\`${shown(name)}\``);
  const others = names.length - some.length;
  return some.join(', ') + (others > 0 ? ` and ${others} more` : '');
};

/**
 * All failures of one call. A single one stays what it is.
 * @param {any[]} errors
 * @param {number} asked how many secrets were
 */
exports.allOf = (errors, asked) => {
  const bug = errors.find((error) => !(error instanceof SecretBakerError));
  if (bug || errors.length === 1) return bug ?? errors[0];
  const problems = errors.flatMap((error) => error.problems);
  const text = [`${errors.length} of ${asked} secrets cannot be opened`, ...problems.map(({ message }) => message)].join('\n');
  const codes = problems.map((problem) => problem.code);
  return new SecretBakerError(errors[0].code, text + pages(codes), { problems });
};
