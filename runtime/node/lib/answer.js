'use strict';

const { decodeBase64 } = require('./base64.js');
const { Trouble } = require('./trouble.js');

/** @import { Answer } from './http.js' */

/** A signature holds for five minutes; one that is refused after this time was frozen on its way. */
const OLD_SIGNATURE_MS = 60_000;

const THROTTLED = ['ThrottlingException', 'Throttling', 'RequestLimitExceeded', 'TooManyRequestsException'];
const PASSING = ['KMSInternalException', 'KeyUnavailableException', 'DependencyTimeoutException'];
const BY_CODE = {
  ACCESS_DENIED: ['AccessDeniedException'],
  WRONG_CONTEXT: ['InvalidCiphertextException'],
  KEY_UNUSABLE: [
    'DisabledException',
    'NotFoundException',
    'KMSInvalidStateException',
    'IncorrectKeyException',
    'InvalidKeyUsageException',
  ],
  CREDENTIALS: [
    'ExpiredTokenException',
    'ExpiredToken',
    'UnrecognizedClientException',
    'InvalidClientTokenId',
    'InvalidSignatureException',
    'SignatureDoesNotMatch',
    'IncompleteSignatureException',
    'IncompleteSignature',
    'MissingAuthenticationTokenException',
    'MissingAuthenticationToken',
    'RequestExpired',
  ],
};

/**
 * The plaintext in an answer of `kms:Decrypt`.
 * @param {Answer} answer
 * @param {string} host which answered
 * @param {Date} signedAt
 * @returns {Buffer} in memory of its own
 * @throws {Trouble} for everything else; its text never quotes an answer that could hold a plaintext
 */
const plaintextOf = (answer, host, signedAt) => {
  const content = parsed(answer.body);
  if (answer.status !== 200) throw refusalOf(answer, content ?? {}, host, signedAt);
  const plaintext = decodeBase64(content?.Plaintext);
  if (plaintext !== undefined) return plaintext;
  throw new Trouble('UNREACHABLE', `${host} answered something that is not an answer of KMS`, { again: 'later' });
};

/**
 * @param {Answer} answer
 * @param {Record<string, unknown>} content
 * @param {string} host
 * @param {Date} signedAt
 */
const refusalOf = ({ status, headers }, { __type, message, Message }, host, signedAt) => {
  const name = /^(?:.*#)?(\w+)/.exec(String(__type ?? headers['x-amzn-errortype'] ?? ''))?.[1];
  if (status === 429 || THROTTLED.includes(name ?? '')) {
    return new Trouble('THROTTLED', name ?? `HTTP ${status}`, { again: 'later' });
  }
  if (name === undefined) {
    return new Trouble('UNREACHABLE', `${host} answered HTTP ${status}, not as KMS does`, { again: 'later' });
  }
  const said = sayable(message ?? Message);
  const detail = said ? `${name}: ${said}` : name;
  const key = /\barn:[\w-]+:kms:[\w-]+:\d+:key\/[\w-]+/.exec(said)?.[0];
  const code = Object.entries(BY_CODE).find(([, names]) => names.includes(name))?.[0];
  if (code === 'CREDENTIALS') return new Trouble(code, detail, { again: isOld(signedAt) ? 'now' : 'renewed' });
  if (code !== undefined) return new Trouble(code, detail, { key });
  return new Trouble('SERVICE_ERROR', detail, { key, again: status >= 500 || PASSING.includes(name) ? 'later' : undefined });
};

/** @param {Date} signedAt */
const isOld = (signedAt) => Date.now() - signedAt.getTime() > OLD_SIGNATURE_MS;

/**
 * @param {string} text
 * @returns {Record<string, unknown> | undefined}
 */
const parsed = (text) => {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
};

/** @param {unknown} message */
const sayable = (message) =>
  typeof message === 'string'
    ? message
        .slice(0, 1000)
        .replace(/[^\x20-\x7e]+/g, ' ')
        .trim()
    : '';

module.exports = { plaintextOf };
