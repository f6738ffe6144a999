'use strict';

const { bothStacks, partitions, plainHttp, services } = require('../contract.js');
const { trouble } = require('../error.js');
const { settings } = require('../settings.js');

// Narrower than `URL`, which reads `127.1`, `0x7f.1` and tabs within a name in a way of its own.
const PATH = String.raw`(?:\/[\w.~!$&'()*+,;=:%/-]*)?`;
const ENDPOINT = new RegExp(String.raw`^https?:\/\/(?:\[[\da-f:.]+\]|[\w-]+(?:\.[\w-]+)*\.?)(?::\d{1,5})?${PATH}$`, 'i');
const NUMBER = /(?:^|\.)(?:\d+|0x[\da-f]*)\.?$/i;
const DOTTED = /^(?:(?:0|[1-9]\d{0,2})(?:\.(?!$)|$)){4}$/;

/**
 * Where a service is asked. Throws Trouble UNREACHABLE.
 * @param {{service: keyof typeof services, partition: string, region: string}} call
 */
exports.endpointOf = ({ service, partition, region }) => {
  const { host, endpoint } = services[service];
  const [fips, dualStack] = [flag('AWS_USE_FIPS_ENDPOINT'), flag('AWS_USE_DUALSTACK_ENDPOINT')];
  const { text, variable } = configured(endpoint);
  if (text && fips) {
    throw trouble('UNREACHABLE', `AWS_USE_FIPS_ENDPOINT is true, and ${variable} is set`, { hint: 'fips', variable });
  }
  if (text) return checked(text, variable);
  const known =
    Object.hasOwn(partitions, partition) &&
    /** @type {Record<string, {suffix: string, dualStack: string}>} */ (partitions)[partition];
  if (!known) throw trouble('UNREACHABLE', `the partition ${partition} is not known to this version`, { hint: 'partition' });
  const name = fips ? `${host}-fips` : host;
  const isBoth = /** @type {Record<string, string[]>} */ (bothStacks)[name]?.includes(partition);
  return new URL(`https://${name}.${region}.${dualStack && !isBoth ? known.dualStack : known.suffix}`);
};

/** @param {string} own the service's own variable */
const configured = (own) => {
  const { endpoint } = settings();
  if (endpoint) return { text: endpoint, variable: 'configure({ endpoint })' };
  const ignored = flag('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS');
  const variable = [own, 'AWS_ENDPOINT_URL'].find((name) => process.env[name] && !ignored) ?? '';
  return { text: process.env[variable], variable };
};

/** @param {string} variable */
const flag = (variable) => {
  const text = process.env[variable] ?? '';
  if (/^(true|false|)$/i.test(text)) return /^true$/i.test(text);
  throw trouble('UNREACHABLE', `${variable} is neither true nor false`, { hint: 'flag', variable });
};

// Its text is never shown: it may hold a password.
/** @param {string} text @param {string} variable */
const checked = (text, variable) => {
  const url = urlOf(text);
  if (!url) {
    const detail = `${variable} is no http or https URL with a host and without user, query and fragment`;
    throw trouble('UNREACHABLE', detail, { hint: 'endpoint', variable });
  }
  if (url.protocol === 'https:' || isLoopback(url) || insecureAllowed()) return url;
  throw trouble('UNREACHABLE', `${variable} is plain HTTP to ${url.host}`, { hint: 'insecure' });
};

/** @param {string} text */
const urlOf = (text) => {
  if (!ENDPOINT.test(text) || !URL.canParse(text)) return undefined;
  const [, host = ''] = /^\w+:\/\/([^/:]+)/.exec(text) ?? [];
  return NUMBER.test(host) && !DOTTED.test(host) ? undefined : new URL(text);
};

const insecureAllowed = () =>
  settings().allowInsecureEndpoint ?? /^true$/i.test(process.env.SECRET_BAKER_ALLOW_INSECURE_ENDPOINT ?? '');

/** @param {URL} url */
const isLoopback = ({ hostname }) => hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);

// Where plain HTTP may take the container's token; the SDKs allow the same.
/** @param {URL} url */
exports.isLocal = (url) => isLoopback(url) || plainHttp.credentials.includes(url.hostname.replace(/[[\]]/g, ''));
