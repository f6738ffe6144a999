'use strict';

const { trouble } = require('../error.js');
const { readText } = require('../file.js');
const { shown } = require('../shown.js');

// Of UTF-8 and UTF-16, byte by byte. OpenSSL passes over the certificate behind one without a word.
const BYTE_ORDER_MARK = /^(\xef\xbb\xbf|\xff\xfe|\xfe\xff)/;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** @type {{file: string, context: import('node:tls').SecureContext} | undefined} */
let kept;

// What AWS_CA_BUNDLE names is trusted beside the usual roots. undefined: those alone are.
exports.trusted = () => {
  const { AWS_CA_BUNDLE: file } = process.env;
  if (!file) return undefined;
  if (kept?.file !== file) kept = { file, context: contextWith(file) };
  return kept.context;
};

/** @type {import('node:tls').SecureContext | undefined} */
let usual;

// The usual roots alone. Connections share it: Node would make one for each, in which a cold start has no time.
exports.usual = () => {
  usual ??= process.getBuiltinModule('node:tls').createSecureContext();
  return usual;
};

/** @param {string} file */
const contextWith = (file) => {
  const tls = process.getBuiltinModule('node:tls');
  const text = read(file);
  const own = BYTE_ORDER_MARK.test(text) ? [] : [...(text.match(CERTIFICATE) ?? [])].filter(isCertificate);
  if (own.length === 0) throw useless(file, 'holds no certificate in PEM form that can be used');
  return tls.createSecureContext({ ca: [...usualRoots(tls), ...own] });
};

/** @param {string} file */
const read = (file) => {
  try {
    return readText(file, 'latin1');
  } catch (/** @type {any} */ { code }) {
    throw useless(file, `cannot be read: ${code}`);
  }
};

/** @param {string} text */
const isCertificate = (text) => {
  try {
    return Boolean(new (process.getBuiltinModule('node:crypto').X509Certificate)(text));
  } catch {
    return false;
  }
};

// Those of NODE_EXTRA_CA_CERTS among them. Older versions of Node do not tell these.
/** @param {any} tls @returns {string[]} */
const usualRoots = (tls) => {
  if (tls.getCACertificates) return tls.getCACertificates();
  const { NODE_EXTRA_CA_CERTS: file } = process.env;
  try {
    return [...tls.rootCertificates, ...((file && read(file).match(CERTIFICATE)) || [])];
  } catch {
    return tls.rootCertificates;
  }
};

/** @param {string} file @param {string} why */
const useless = (file, why) =>
  trouble('UNREACHABLE', `the file ${shown(file)}, which AWS_CA_BUNDLE names, ${why}`, { hint: 'caBundle' });
