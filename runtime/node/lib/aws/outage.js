'use strict';

const { trouble } = require('../error.js');
const { settings } = require('../settings.js');
const { shown } = require('../shown.js');
const proxy = require('./proxy.js');

/** @type {[RegExp, string][]} the hint for what Node calls a failure */
const HINTS = [
  [/^(ENOTFOUND|EAI_)/, 'name'],
  [/^ECONNREFUSED$/, 'refused'],
  [/^(CERT_|UNABLE_TO_|ERR_TLS_CERT|SELF_SIGNED|DEPTH_ZERO|INVALID_CA|HOSTNAME_MISMATCH)/, 'certificate'],
  [/^(HPE_|EPROTO$|ERR_SSL|ERR_HTTP)/, 'answer'],
  [/^ERR_PROXY/, 'proxy'],
];

/**
 * Why there is no answer. Nothing of what was received gets into an error.
 * @param {URL} url
 * @param {any} error
 * @param {import('../error.js').Again} again
 * @param {boolean} [direct] by no proxy
 */
exports.outage = (url, { code = '', message, hint: own }, again, direct) => {
  const seen = own ?? HINTS.find(([names]) => names.test(code))?.[1];
  const variable = direct ? undefined : proxy.proxyVariable(url);
  const what = /^HPE_/.test(code) ? 'its answer is not HTTP that can be read' : code || message || 'it fails';
  // The way leads through the proxy, or should.
  const through = variable && seen !== 'certificate' && seen !== 'answer';
  const hint = through ? viaProxy() : seen;
  // Another attempt would meet the same certificate.
  const more = { again: seen === 'certificate' ? undefined : again, hint, variable };
  return trouble('UNREACHABLE', `${url.host}: ${shown(what)}`, more);
};

const viaProxy = () => (proxy.supported || settings().agent ? 'proxy' : 'proxyUnused');
