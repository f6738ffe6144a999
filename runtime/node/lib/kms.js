'use strict';

const { credentials } = require('./credentials.js');
const { trouble } = require('./error.js');
const { exchange } = require('./http.js');
const { decodeBase64, parseJson } = require('./memory.js');
const { settings } = require('./settings.js');
const { sign } = require('./sign.js');

const ATTEMPTS = 5;
// A signature holds for five minutes; one that is refused after this time was frozen on its way.
const OLD_SIGNATURE_MS = 60_000;

const THROTTLED = /^(Throttling|RequestLimitExceeded|TooManyRequests)/;
const PASSING = /^(KMSInternal|KeyUnavailable|DependencyTimeout)Exception$/;
const KINDS = {
  ACCESS_DENIED: /^AccessDenied/,
  WRONG_CONTEXT: /^InvalidCiphertext/,
  KEY_UNUSABLE: /^(Disabled|NotFound|KMSInvalidState|IncorrectKey|InvalidKeyUsage)Exception$/,
  CREDENTIALS: /^(ExpiredToken|UnrecognizedClient|InvalidClientToken|\w*Signature|MissingAuthentication|RequestExpired)/,
};

let free = 16;
/** @type {((value?: unknown) => void)[]} */
const waiting = [];

/** @type {T.Decrypt} */
const decrypt = async (sealed, patience) => {
  if (free > 0) free--;
  else await new Promise((resolve) => waiting.push(resolve));
  try {
    return await persist(sealed, patience);
  } finally {
    const next = waiting.shift();
    if (next) next();
    else free++;
  }
};

/** @type {T.Decrypt} */
const persist = async (sealed, patience) => {
  for (let failed = 0, uncounted = 0; ; ) {
    try {
      return await attempt(sealed, patience);
    } catch (/** @type {any} */ error) {
      // Not the fault of KMS, such as a freeze in the middle of an attempt.
      if (error.again === 'now' && ++uncounted <= ATTEMPTS) continue;
      if (error.again !== 'later' || ++failed === ATTEMPTS || patience.left === 0) throw error;
      // Full jitter: callers that failed together do not come back together.
      const pause = Math.random() * Math.min(1_000, 50 * 2 ** (failed - 1), patience.left);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
};

// Everything is read anew: between two attempts the process may have been frozen for hours.
/** @type {T.Decrypt} */
const attempt = async ({ partition, region, ciphertext, context }, patience) => {
  const { agent, attemptTimeout } = settings();
  const timeout = Math.min(attemptTimeout, patience.left);
  const url = endpoint(partition, region);
  const body = JSON.stringify({ CiphertextBlob: ciphertext.toString('base64'), EncryptionContext: context });
  const headers = sign(url, region, body, await credentials(region, timeout));
  const signedAt = Date.now();
  const answer = await exchange({ url, agent, headers, body }, timeout);
  const content = parseJson(answer.body) ?? {};
  const plaintext = answer.status === 200 ? decodeBase64(content.Plaintext) : undefined;
  if (plaintext) return plaintext;
  throw refusalOf(answer, content, url.host, Date.now() - signedAt > OLD_SIGNATURE_MS);
};

/** @param {string} partition @param {string} region */
const endpoint = (partition, region) => {
  const { AWS_ENDPOINT_URL_KMS, AWS_ENDPOINT_URL } = process.env;
  const domain = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  const text = settings().endpoint || AWS_ENDPOINT_URL_KMS || AWS_ENDPOINT_URL || `https://kms.${region}.${domain}`;
  if (/^https?:/i.test(text) && URL.canParse(text)) return new URL(text);
  throw trouble('UNREACHABLE', 'the endpoint set for KMS is not a URL');
};

/** @type {T.RefusalOf} */
const refusalOf = ({ status, headers }, { __type = headers['x-amzn-errortype'], message, Message }, host, frozen) => {
  const name = (status !== 200 && /^(?:.*#)?(\w+)/.exec(__type ?? '')?.[1]) || '';
  // No line end of others gets into a log.
  const said = String(message ?? Message ?? '')
    .replace(/[^\x20-\x7e]+/g, ' ')
    .slice(0, 1000);
  const detail = name ? `${name}: ${said || '(no message)'}` : `${host} answered HTTP ${status}, but not as KMS does`;
  if (status === 429 || THROTTLED.test(name)) return trouble('THROTTLED', detail, { again: 'later' });
  if (!name) return trouble('UNREACHABLE', detail, { again: 'later' });
  const kind = Object.entries(KINDS).find(([, names]) => names.test(name))?.[0];
  if (kind === 'CREDENTIALS') require('./container-credentials.js').forget();
  if (kind === 'CREDENTIALS' && frozen) return trouble(kind, detail, { again: 'now' });
  const again = !kind && (status >= 500 || PASSING.test(name)) ? 'later' : undefined;
  return trouble(kind ?? 'SERVICE_ERROR', detail, { again, key: /\barn:[\w-]+:kms:[\w-]+:\d+:key\/[\w-]+/.exec(said)?.[0] });
};

module.exports = { decrypt };
