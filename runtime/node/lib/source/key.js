'use strict';

const { parseKeyArn } = require('../arn.js');
const { trouble } = require('../error.js');
const { textOf } = require('./fields.js');

/**
 * A field that must be the ARN of a KMS key or of an alias, and where that is. Throws Trouble BUNDLE_INVALID.
 * @param {Record<string, any>} fields
 * @param {string} name
 */
exports.keyOf = (fields, name) => {
  const key = textOf(fields, name);
  const place = parseKeyArn(key);
  if (!place) throw trouble('BUNDLE_INVALID', `its \`${name}\` is not the ARN of a KMS key`);
  return { key, ...place };
};
