'use strict';

// A source for the tests: a blob of KMS that is bound to its label.

const { DECRYPT, decrypt } = require('../aws/kms.js');
const { trouble } = require('../error.js');
const { shown } = require('../shown.js');
const { ciphertextOf } = require('./ciphertext.js');
const { textsOf } = require('./fields.js');

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
    open: (/** @type {import('../aws/call.js').Aws} */ aws, /** @type {import('../patience.js').Patience} */ patience) =>
      decrypt(aws, sealed, patience),
  };
};
