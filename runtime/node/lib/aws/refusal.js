'use strict';

const { limits, patterns, services } = require('../contract.js');
const { trouble } = require('../error.js');
const { shown } = require('../shown.js');
const { errors } = require('../wording.js');
const { compareClock } = require('./sign.js');

const NAME = new RegExp(patterns.errorName);
const KEY = /\barn:[a-z0-9-]+:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9_-]+/;

/**
 * The call that was refused.
 * @typedef {object} Signed
 * @property {keyof typeof services} service
 * @property {URL} url
 * @property {import('../../index.js').Keys} credentials
 * @property {number} at
 * @property {number} skew
 */

/**
 * @typedef {import('./http.js').Answer} Answer
 * @typedef {{code: string, hint?: string, retry?: boolean}} Kind
 */

/**
 * Why an answer has not what was wanted.
 * @param {Answer} answer
 * @param {Record<string, any>} content
 * @param {Signed} call
 * @returns {import('../error.js').Trouble}
 */
exports.refusalOf = (answer, content, call) => {
  const { status, headers } = answer;
  const name = status === 200 ? '' : nameOf(content.__type, headers['x-amzn-errortype']);
  const { code, hint, retry } = kindOf(name, status);
  if (code === 'UNREACHABLE') {
    const { name } = services[call.service];
    const detail = `${call.url.host} answered HTTP ${status}, not as ${name} does`;
    return trouble(code, detail, { again: 'later', hint: 'answer' });
  }
  if (code === 'CREDENTIALS') return credentialsRefused(name, hint, answer, call);
  const said = content.message ?? content.Message;
  const again = retry || status >= 500 ? 'later' : undefined;
  const words = typeof said === 'string' && said !== '' && !holdsKeys(said, call.credentials) ? `: ${shown(said)}` : '';
  return trouble(code, `${name || `HTTP ${status}`}${words}`, { key: KEY.exec(words)?.[0], hint, again });
};

/** @param {unknown} type @param {string | string[] | undefined} header */
const nameOf = (type, header) => {
  const text = typeof type === 'string' ? type : `${header ?? ''}`;
  const [name = ''] = text.slice(text.lastIndexOf('#') + 1).split(':');
  return NAME.test(name) ? name : '';
};

/** @param {string} name @param {number} status @returns {Kind} */
const kindOf = (name, status) => {
  if (Object.hasOwn(errors, name)) return /** @type {Record<string, Kind>} */ (errors)[name] ?? { code: 'UNREACHABLE' };
  if (status === 429) return { code: 'THROTTLED', retry: true };
  return { code: name ? 'SERVICE_ERROR' : 'UNREACHABLE' };
};

// Of what AWS says of credentials, nothing is repeated: it shows the request, and the session token in it.
/** @param {string} name @param {string | undefined} hint @param {Answer} answer @param {Signed} call */
const credentialsRefused = (name, hint, { headers }, { credentials, at, skew }) => {
  const clock = hint === 'signature' || hint === 'clock' ? compareClock(headers.date, skew) : {};
  const detail = clock.told ? `${name}; ${clock.told}` : name;
  const more = { hint: clock.told ? 'clock' : hint };
  // What is refused so late was frozen on its way.
  if (Date.now() - at > limits.signatureMs) return trouble('CREDENTIALS', detail, { ...more, again: 'signature' });
  if (clock.corrected) return trouble('CREDENTIALS', detail, { ...more, again: 'clock' });
  const renewable = require('./container.js').refused(credentials);
  return trouble('CREDENTIALS', detail, { ...more, again: renewable ? 'credentials' : undefined });
};

/** @param {string} said @param {import('../../index.js').Keys} keys */
const holdsKeys = (said, { accessKeyId, secretAccessKey, sessionToken }) =>
  [accessKeyId, secretAccessKey, sessionToken].some((part) => part && said.includes(part));
