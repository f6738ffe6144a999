'use strict';

const { entries, entryOf } = require('./bundle.js');
const { limits } = require('./contract.js');
const { SecretBakerError } = require('./error.js');
const { shown } = require('./shown.js');
const { codes } = require('./wording.js');

/** @type {T.ErrorOf} */
exports.errorOf = (trouble, secret) => {
  const { kind, key, message } = trouble;
  const arn = arnOf(secret);
  const subject = secret === undefined ? '' : `secret \`${shown(secret)}\`: `;
  const place = [arn && `parameter ${arn}, region ${arn.split(':')[3]}`, key && `key ${shown(key)}`].filter(Boolean).join(', ');
  const what = /** @type {T.Wording} */ (codes)[kind]?.sentence;
  const sentence = `${subject}${what}${place && ` (${place})`}: ${message}\n  hint: ${hintOf(trouble, arn)}`;
  return new SecretBakerError(/** @type {T.Code} */ (`SECRET_BAKER_${kind}`), sentence, { secret });
};

/** @type {T.HintOf} */
const hintOf = ({ kind, hint = '', variable = '' }, arn) => {
  const { hint: usual = '', hints = {} } = /** @type {T.Wording} */ (codes)[kind] ?? {};
  const names = kind === 'NOT_IN_BUNDLE' ? Object.keys(entries()) : [];
  const which = kind === 'NOT_IN_BUNDLE' && names.length === 0 ? 'empty' : hint;
  // By functions: a `$` in a name is a name's.
  return (hints[which] ?? usual)
    .replace('{names}', () => listed(names))
    .replace('{variable}', () => variable)
    .replace('{context}', () => `PARAMETER_ARN=${arn}`);
};

/** @param {string[]} names */
const listed = (names) => {
  const some = names.slice(0, limits.namesShown).map((name) => `\`${shown(name)}\``);
  const others = names.length - some.length;
  return some.join(', ') + (others > 0 ? ` and ${others} more` : '');
};

/** @param {any} name */
const arnOf = (name) => {
  try {
    return entryOf(name).arn;
  } catch {
    return '';
  }
};

/** @type {T.AllOf} */
exports.allOf = (errors, asked) => {
  const bug = errors.find((error) => !(error instanceof SecretBakerError));
  if (bug || errors.length === 1) return bug ?? errors[0];
  const message = [`${errors.length} of ${asked} secrets cannot be opened`, ...errors.map((error) => error.message)].join('\n');
  return new SecretBakerError(errors[0].code, message, { problems: errors.flatMap(({ problems }) => problems) });
};
