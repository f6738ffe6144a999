'use strict';

const { decodeBase64, parseJson } = require('./decode.js');
const { trouble } = require('./error.js');
const { exchange } = require('./http.js');
const { settings } = require('./settings.js');
const { sign } = require('./sign.js');

const ATTEMPTS = 5;
// Beside these, after a dead connection or with other credentials.
const AT_ONCE = 2;
// What is refused after this time was frozen on its way.
const OLD_MS = 60_000;

/** @type {[RegExp, string, T.Again?][]} the first that fits the name of an error */
const KINDS = [
  [/^AccessDenied/, 'ACCESS_DENIED'],
  [/^InvalidCiphertext/, 'WRONG_CONTEXT'],
  [/^(Disabled|NotFound|KMSInvalidState|IncorrectKey|InvalidKeyUsage)Exception$/, 'KEY_UNUSABLE'],
  [/^(ExpiredToken|UnrecognizedClient|InvalidClientToken|\w*Signature|MissingAuthentication|RequestExpired)/, 'CREDENTIALS'],
  [/^(Throttling|RequestLimitExceeded|TooManyRequests)/, 'THROTTLED', 'later'],
  [/^(KMSInternal|KeyUnavailable|DependencyTimeout)Exception$/, 'SERVICE_ERROR', 'later'],
  [/./, 'SERVICE_ERROR'],
];

let free = 16;
/** @type {((value?: unknown) => void)[]} */
const waiting = [];

/** @type {T.Decrypt} */
exports.decrypt = async (sealed, patience) => {
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
      if (error.again === 'now' && ++uncounted <= AT_ONCE) continue;
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
  const url = endpoint(partition, region);
  const body = JSON.stringify({ CiphertextBlob: ciphertext.toString('base64'), EncryptionContext: context });
  const headers = await sign(url, region, body, patience);
  const signedAt = Date.now();
  const answer = await exchange({ url, method: 'POST', headers, body }, patience.left);
  const content = parseJson(answer.body) ?? {};
  const plaintext = answer.status === 200 ? decodeBase64(content.Plaintext) : undefined;
  if (plaintext) return plaintext;
  throw refusal(answer, content, url.host, Date.now() - signedAt > OLD_MS);
};

/** @param {string} partition @param {string} region */
const endpoint = (partition, region) => {
  const { AWS_ENDPOINT_URL_KMS, AWS_ENDPOINT_URL } = process.env;
  const domain = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  const text = settings().endpoint || AWS_ENDPOINT_URL_KMS || AWS_ENDPOINT_URL || `https://kms.${region}.${domain}`;
  if (/^https?:/i.test(text) && URL.canParse(text)) return new URL(text);
  throw trouble('UNREACHABLE', 'the endpoint set for KMS is not a URL');
};

/** @type {T.Refusal} */
const refusal = ({ status, headers }, { __type = headers['x-amzn-errortype'], message, Message }, host, frozen) => {
  const type = status === 429 ? 'TooManyRequests' : __type;
  const name = (status !== 200 && /^(?:.*#)?(\w+)/.exec(type ?? '')?.[1]) || '';
  const [, kind, passing] = KINDS.find(([names]) => names.test(name)) ?? [];
  if (!kind) return trouble('UNREACHABLE', `${host} answered HTTP ${status}, not as KMS does`, { again: 'later' });
  // No line end of others gets into a log.
  const said = String(message ?? Message ?? '(no message)')
    .replace(/[^\x20-\x7e]+/g, ' ')
    .slice(0, 1000);
  const key = /\barn:[\w-]+:kms:[\w-]+:\d+:key\/[\w-]+/.exec(said)?.[0];
  const mended = kind === 'CREDENTIALS' && (require('./credentials.js').forget() || frozen);
  const again = passing ?? (status >= 500 ? 'later' : undefined);
  return trouble(kind, `${name}: ${said}`, { key, again: mended ? 'now' : again });
};
