'use strict';

const { limits, patterns } = require('./contract.js');
const { trouble } = require('./error.js');
const { shown } = require('./shown.js');
const { compareClock } = require('./sign.js');
const { errors } = require('./wording.js');

const NAME = new RegExp(patterns.errorName);
const KEY = /\barn:[a-z0-9-]+:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9_-]+/;

/** @type {T.RefusalOf} */
exports.refusalOf = (answer, content, call) => {
  const { status, headers } = answer;
  const name = status === 200 ? '' : nameOf(content.__type, headers['x-amzn-errortype']);
  const { code, hint, retry } = kindOf(name, status);
  if (code === 'UNREACHABLE') {
    const detail = `${call.url.host} answered HTTP ${status}, not as KMS does`;
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

/** @type {T.KindOf} */
const kindOf = (name, status) => {
  if (Object.hasOwn(errors, name)) return /** @type {Record<string, T.Kind>} */ (errors)[name] ?? { code: 'UNREACHABLE' };
  if (status === 429) return { code: 'THROTTLED', retry: true };
  return { code: name ? 'SERVICE_ERROR' : 'UNREACHABLE' };
};

// Of what KMS says of credentials, nothing is repeated: it shows the request, and the session token in it.
/** @type {T.CredentialsRefused} */
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

/** @param {string} said @param {T.Keys} keys */
const holdsKeys = (said, { accessKeyId, secretAccessKey, sessionToken }) =>
  [accessKeyId, secretAccessKey, sessionToken].some((part) => part && said.includes(part));
