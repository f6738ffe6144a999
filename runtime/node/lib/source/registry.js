'use strict';

const { trouble } = require('../error.js');
const { shown } = require('../shown.js');

/**
 * A place where secrets are kept.
 * @typedef {object} Source
 * @property {(fields: Record<string, any>) => Entry} parse Strict: asks nobody, and throws Trouble
 */

/**
 * One secret in a source.
 * @typedef {object} Entry
 * @property {() => Description} describe
 * @property {(aws: import('../aws/call.js').Aws, patience: import('../patience.js').Patience) => Promise<Buffer>} open Its plaintext, in
 *     memory of its own. Throws Trouble. What serves several entries, such as a data key, a source keeps in a `Once` by `aws`: where it
 *     is to be asked for anew, that is another one.
 */

/**
 * What sentences say of an entry.
 * @typedef {object} Description
 * @property {string} place such as `parameter ARN, region R`
 * @property {string} context of its encryption, such as `PARAMETER_ARN=ARN`
 * @property {import('../aws/call.js').Action} action the kind of call that opens it
 */

// One line a source. Literal, so that bundlers see it; a function, so that a cold start loads what it opens and no more.
/** @type {() => Source} */
const unnamed = () => require('./ssm.js');
/** @type {Record<string, () => Source>} */
const named = {
  credstash: () => require('./credstash.js'),
  kms: () => require('./kms.js'),
  kmsfile: () => require('./kmsfile.js'),
  secretsManager: () => require('./secretsManager.js'),
  sops: () => require('./sops.js'),
};

/**
 * Throws Trouble UNKNOWN_SOURCE, and what the source's own `parse` throws.
 * @param {Record<string, any>} fields of an entry of the bundle
 * @returns {Entry}
 */
exports.parse = (fields) => sourceOf(fields)().parse(fields);

/** @param {Record<string, any>} fields */
const sourceOf = (fields) => {
  if (!Object.hasOwn(fields, 'source')) return unnamed;
  const { source } = fields;
  if (typeof source !== 'string') throw trouble('UNKNOWN_SOURCE', 'it is no text');
  const known = Object.hasOwn(named, source) ? named[source] : undefined;
  if (!known) throw trouble('UNKNOWN_SOURCE', `\`${shown(source)}\``);
  return known;
};
