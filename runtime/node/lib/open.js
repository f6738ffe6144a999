'use strict';

const { arnOf, entryOf } = require('./bundle.js');
const { decrypt } = require('./kms.js');
const { Patience } = require('./patience.js');
const { settings } = require('./settings.js');
const { Trouble } = require('./trouble.js');

/** @import { Entry } from './bundle.js' */

const BLOB_OF_KMS = ['0101', '0102', '0a20'];
const ENCRYPTION_SDK_MESSAGE = ['0180', '0204', '0205'];

/**
 * Opens one secret of the bundle.
 * @param {string} name
 * @returns {Promise<Buffer>} the plaintext, in memory of its own
 * @throws {import('./error.js').SecretBakerError}
 */
const open = async (name) => {
  const patience = new Patience(settings().timeout);
  try {
    return await opened(entryOf(name), patience);
  } catch (error) {
    throw explained(error, name);
  } finally {
    patience.stop();
  }
};

/**
 * @param {Entry} entry
 * @param {Patience} patience
 */
const opened = ({ arn, partition, region, ciphertext }, patience) => {
  const ask = (/** @type {Buffer} */ blob, /** @type {Record<string, string>} */ context) =>
    decrypt({ partition, region, ciphertext: blob, context }, patience);
  const start = ciphertext.toString('hex', 0, 2);
  if (BLOB_OF_KMS.includes(start)) return ask(ciphertext, { PARAMETER_ARN: arn });
  if (ENCRYPTION_SDK_MESSAGE.includes(start)) return require('./message.js').openMessage(ciphertext, arn, ask);
  throw new Trouble('UNKNOWN_CIPHERTEXT', 'it begins neither as a blob of KMS nor as a message of the Encryption SDK');
};

/**
 * What a caller gets for whatever was thrown.
 * @param {unknown} error
 * @param {string} [name]
 */
const explained = (error, name) => {
  if (!(error instanceof Trouble)) return error;
  return require('./sentences.js').errorOf(error, { secret: name, arn: name === undefined ? undefined : arnOf(name) });
};

module.exports = { explained, open };
