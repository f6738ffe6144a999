'use strict';

// Secrets Manager: just the version that was current at the deploy. It gives no ciphertext, so that it is asked itself.

const { parseArn } = require('../arn.js');
const { decodeBase64 } = require('../base64.js');
const { patterns } = require('../contract.js');
const { trouble } = require('../error.js');
const { readJson } = require('../json.js');
const { Once } = require('../once.js');
const { ownBytes } = require('../own-bytes.js');
const { textOf } = require('./fields.js');

const SECRET = new RegExp(patterns.secret);
const VERSION = new RegExp(patterns.version);
/** @type {import('../aws/call.js').Action} */
const GET_VALUE = { service: 'secretsmanager', target: 'secretsmanager.GetSecretValue' };

/**
 * @typedef {import('../aws/call.js').Aws} Aws
 * @typedef {import('../patience.js').Patience} Patience
 * @typedef {{arn: string, versionId: string}} Version
 * @typedef {{bytes: Buffer, isText: boolean}} Value
 */

/** @type {Once<Value>} */
const values = new Once();

/** Throws Trouble BUNDLE_INVALID. @param {Record<string, any>} fields */
exports.parse = (fields) => {
  const arn = textOf(fields, 'arn');
  const place = parseArn(arn, 'secretsmanager', SECRET);
  if (!place) throw trouble('BUNDLE_INVALID', 'its `arn` is not the ARN of a secret');
  const versionId = textOf(fields, 'versionId');
  if (!VERSION.test(versionId)) throw trouble('BUNDLE_INVALID', 'its `versionId` is none');
  const field = Object.hasOwn(fields, 'field') ? textOf(fields, 'field') : undefined;
  return {
    describe: () => ({
      place: `secret ${arn}, version ${versionId}, region ${place.region}`,
      context: '',
      action: GET_VALUE,
    }),
    open: async (/** @type {Aws} */ aws, /** @type {Patience} */ patience) => {
      const read = (/** @type {Record<string, any>} */ content) => valueIn(content, { arn, versionId });
      const call = { ...GET_VALUE, ...place, body: { SecretId: arn, VersionId: versionId }, read };
      const value = await values.get(aws, `${arn} ${versionId}`, patience, () => aws(call, patience));
      return ownBytes(field === undefined ? value.bytes : fieldOf(value, field));
    },
  };
};

/** @param {Record<string, any>} content @param {Version} wanted @returns {Value | undefined} */
const valueIn = ({ ARN, VersionId, SecretString, SecretBinary }, { arn, versionId }) => {
  if (ARN !== arn || VersionId !== versionId) throw trouble('WRONG_CONTEXT', 'the answer names another ARN or version');
  if (typeof SecretString === 'string') return { bytes: ownBytes(SecretString), isText: true };
  const bytes = decodeBase64(SecretBinary);
  return bytes && { bytes, isText: false };
};

/** @param {Value} value @param {string} field */
const fieldOf = ({ bytes, isText }, field) => {
  const content = isText ? readJson(bytes) : undefined;
  if (!content) throw trouble('NO_SUCH_FIELD', 'it is no JSON object');
  const found = Object.hasOwn(content, field) ? content[field] : undefined;
  if (typeof found === 'string' || typeof found === 'boolean' || Number.isSafeInteger(found)) return String(found);
  const what = found === undefined ? 'is not there' : 'is no text, whole number, `true` or `false`';
  throw trouble('NO_SUCH_FIELD', `\`${require('../shown.js').shown(field)}\` ${what}`);
};
