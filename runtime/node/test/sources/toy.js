'use strict';

// A source for the tests: a blob of KMS that is bound to its label.

const { DECRYPT, decrypt } = require('../../lib/aws/kms.js');
const { trouble } = require('../../lib/error.js');
const { shown } = require('../../lib/shown.js');
const { ciphertextOf } = require('../../lib/source/ciphertext.js');
const { textsOf } = require('../../lib/source/fields.js');

/**
 * @typedef {import('../../lib/aws/call.js').Aws} Aws
 * @typedef {import('../../lib/patience.js').Patience} Patience
 */

const FIELDS = ['source', 'ciphertext', 'label'];

/** @param {Record<string, any>} fields */
exports.parse = (fields) => {
  const { ciphertext: text, label } = textsOf(fields, ['ciphertext', 'label']);
  const other = Object.keys(fields).find((field) => !FIELDS.includes(field));
  if (other) throw trouble('BUNDLE_INVALID', `its \`${shown(other)}\` is no field of a toy`);
  const { ciphertext, isMessage } = ciphertextOf(text);
  if (isMessage) throw trouble('UNKNOWN_CIPHERTEXT', 'it is no blob of KMS');
  const sealed = { partition: 'aws', region: 'eu-central-1', ciphertext, context: { TOY: label } };
  return {
    describe: () => ({ place: `toy ${shown(label)}, region ${sealed.region}`, context: `TOY=${shown(label)}`, action: DECRYPT }),
    open: (/** @type {Aws} */ aws, /** @type {Patience} */ patience) => decrypt(aws, sealed, patience),
  };
};
