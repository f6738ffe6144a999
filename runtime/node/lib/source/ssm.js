'use strict';

// Parameter Store: what it gives without decryption. The encryption context binds each ciphertext to its own parameter.

const { parseArn } = require('../arn.js');
const { DECRYPT, decrypt } = require('../aws/kms.js');
const { patterns } = require('../contract.js');
const { trouble } = require('../error.js');
const { ciphertextOf } = require('./ciphertext.js');
const { textsOf } = require('./fields.js');

const PARAMETER = new RegExp(patterns.parameter);

/**
 * @typedef {import('../aws/call.js').Aws} Aws
 * @typedef {import('../patience.js').Patience} Patience
 */

/** Throws Trouble BUNDLE_INVALID and UNKNOWN_CIPHERTEXT. @param {Record<string, any>} fields */
exports.parse = (fields) => {
  const { arn, ciphertext: text } = textsOf(fields, ['arn', 'ciphertext']);
  const place = parseArn(arn, 'ssm', PARAMETER);
  if (!place) throw trouble('BUNDLE_INVALID', 'its `arn` is not the ARN of a parameter');
  const { ciphertext, isMessage } = ciphertextOf(text);
  return {
    describe: () => ({
      place: `parameter ${arn}, region ${place.region}`,
      context: `PARAMETER_ARN=${arn}`,
      action: DECRYPT,
    }),
    open: (/** @type {Aws} */ aws, /** @type {Patience} */ patience) => {
      /** @type {import('../encryption-sdk/message.js').OpenDataKey} */
      const ask = (blob, context, key) => decrypt(aws, { ...place, ciphertext: blob, context, key }, patience);
      if (!isMessage) return ask(ciphertext, { PARAMETER_ARN: arn });
      return require('../encryption-sdk/message.js').openMessage(ciphertext, writtenFor(arn), ask);
    },
  };
};

/** @param {string} arn @returns {import('../encryption-sdk/message.js').Expected} */
const writtenFor = (arn) => ({
  writer: 'Parameter Store',
  check: (context) => {
    if (context.get('PARAMETER_ARN') !== arn) throw trouble('WRONG_CONTEXT', 'it is of another parameter');
  },
});
