'use strict';

const { SecretBakerError } = require('./error.js');

/** @import { Trouble } from './trouble.js' */

/**
 * @typedef {object} Place
 * @property {string} [secret]
 * @property {string} [arn] the parameter's
 */

/** @type {Record<string, [string, (arn: string) => string]>} what failed, and what to do */
const SENTENCES = {
  BUNDLE_MISSING: [
    'the bundle of secrets is missing',
    () => 'package the function with the Secret Baker plugin, or name the file in SECRET_BAKER_FILE',
  ],
  BUNDLE_INVALID: [
    'the bundle of secrets is invalid',
    () => 'package and deploy again; nothing but the plugin should write this file',
  ],
  NOT_IN_BUNDLE: ['it is not in the bundle', () => 'add it to custom.secretBaker and deploy'],
  UNKNOWN_SOURCE: ['its source is not known', () => 'a newer version of this package may know it'],
  UNKNOWN_CIPHERTEXT: [
    'its ciphertext is of an unknown kind',
    () => 'bake a SecureString of the real Parameter Store, or take a newer version of this package',
  ],
  WRONG_CONTEXT: [
    'its ciphertext does not fit the parameter',
    (arn) =>
      `KMS opens it only with the encryption context PARAMETER_ARN=${arn}, unaltered, and the key that it was encrypted under; bake and deploy again`,
  ],
  TAMPERED: ['its ciphertext has been altered', () => 'bake and deploy again, and find out who has changed the artefact'],
  NOT_TEXT: ['it is not text', () => 'read it with secretBytes()'],
  ACCESS_DENIED: [
    'KMS denies `kms:Decrypt`',
    (arn) =>
      `allow the role of the function \`kms:Decrypt\` on the parameter's key, for the encryption context PARAMETER_ARN=${arn}; one under the AWS managed key alias/aws/ssm opens only through Parameter Store, so encrypt it under a key of your own`,
  ],
  KEY_UNUSABLE: [
    'its KMS key cannot be used',
    () => 'enable the key, cancel its deletion, or encrypt the parameter under another one and deploy',
  ],
  CREDENTIALS: [
    'there are no credentials that KMS accepts',
    () =>
      'in Lambda they come from the role of the function; elsewhere set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, install @aws-sdk/credential-providers, or call configure({ credentials })',
  ],
  THROTTLED: ['KMS has throttled every attempt', () => 'ask for a higher request quota of KMS, or open fewer secrets at once'],
  UNREACHABLE: [
    'KMS cannot be reached',
    () => 'a function in a VPC needs a NAT gateway or an endpoint of KMS, in the region of the parameter',
  ],
  SERVICE_ERROR: ['KMS answers an error', () => 'try again; if it stays, look for the error in the documentation of kms:Decrypt'],
};

/**
 * @param {Trouble} trouble
 * @param {Place} place
 */
const errorOf = ({ code, key, message: detail }, { secret, arn }) => {
  const [what, hint] = SENTENCES[code.replace('SECRET_BAKER_', '')] ?? ['it cannot be opened', () => ''];
  const where = [arn && `parameter ${arn}`, arn && `region ${arn.split(':')[3]}`, key && `key ${key}`].filter(Boolean);
  const about = where.length > 0 ? ` (${where.join(', ')})` : '';
  const subject = secret === undefined ? '' : `secret \`${oneLine(secret)}\`: `;
  return new SecretBakerError(code, `${subject}${what}${about}: ${detail}\n  hint: ${hint(arn ?? 'its ARN')}`, { secret });
};

/** @param {string} name */
const oneLine = (name) => name.replace(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));

/**
 * All failures of one call. A single one stays what it is.
 * @param {SecretBakerError[]} errors at least one
 * @param {number} asked how many secrets were asked for
 */
const allOf = (errors, asked) => {
  const [first, ...more] = errors;
  if (first === undefined || more.length === 0) return first;
  const message = `${errors.length} of ${asked} secrets cannot be opened\n${errors.map((error) => error.message).join('\n')}`;
  return new SecretBakerError(first.code, message, { problems: errors.flatMap((error) => error.problems) });
};

module.exports = { allOf, errorOf };
