'use strict';

const fs = require('node:fs');
const { Failure, reasonOf } = require('./failure.js');
const { isOn, serviceHost } = require('./service-host.js');
const { shown } = require('./shown.js');

/** @import { BakeRequest } from '../binding.js' */
/** @import { Provider } from './framework.js' */
/** @import { Settings } from './settings.js' */

/**
 * How to reach the service, the framework's way: its SDK reads variables of the environment that the core does not know. Region and
 * endpoints come from the settings, the framework and the environment, never from a shared file that the framework would not read.
 * @param {Pick<Settings, 'region' | 'endpoint' | 'allowInsecureEndpoint'>} settings
 * @param {Provider | undefined} provider
 * @returns {Pick<BakeRequest, 'region' | 'endpoints' | 'allowInsecureEndpoint' | 'proxy' | 'certificates'>}
 * @throws {Failure} SECRET_BAKER_FILE for certificates that cannot be read
 */
const transport = (settings, provider) => {
  const region = settings.region || provider?.getRegion?.() || undefined;
  const endpoints = endpointsOf(settings, provider);
  return {
    region,
    endpoints,
    allowInsecureEndpoint: settings.allowInsecureEndpoint,
    proxy: proxyFor(endpoints.ssm ? hostOf(endpoints.ssm) : serviceHost(region)),
    certificates: certificates(),
  };
};

/** Each service that the core may call, and the end of its variable. */
const SERVICES = {
  ssm: 'SSM',
  dynamodb: 'DYNAMODB',
  secretsmanager: 'SECRETS_MANAGER',
  kms: 'KMS',
  iam: 'IAM',
  lambda: 'LAMBDA',
  cloudformation: 'CLOUDFORMATION',
  sts: 'STS',
};

/** @typedef {keyof SERVICES} ServiceName */

/**
 * The setting is an emulator's as a rule, so it counts for all; but not for STS, which gives credentials.
 * @param {Pick<Settings, 'endpoint'>} settings
 * @param {Provider | undefined} provider
 * @returns {Partial<Record<ServiceName, string>>}
 */
const endpointsOf = (settings, provider) => {
  const names = /** @type {ServiceName[]} */ (Object.keys(SERVICES));
  const found = names.map((name) => [name, (name !== 'sts' && settings.endpoint) || endpointOf(name, provider)]);
  return Object.fromEntries(found.filter(([, url]) => url));
};

/**
 * The first of these variables that holds something.
 * @param {string[]} names
 */
const environment = (names) => {
  const name = names.find((candidate) => process.env[candidate]);
  return name === undefined ? undefined : { name, value: String(process.env[name]) };
};

/**
 * @param {ServiceName} service an endpoint belongs to one
 * @param {Provider | undefined} provider
 * @returns {string | undefined}
 */
const endpointOf = (service, provider) => {
  const names = isOn(process.env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS)
    ? []
    : [`AWS_ENDPOINT_URL_${SERVICES[service]}`, 'AWS_ENDPOINT_URL'];
  return environment(names)?.value ?? endpointOfSdk(service, provider);
};

/**
 * @param {ServiceName} service
 * @param {Provider | undefined} provider
 * @returns {string | undefined}
 */
const endpointOfSdk = (service, provider) => {
  const config = sdkOf(provider)?.config;
  const endpoint = config?.[service]?.endpoint ?? config?.endpoint;
  if (typeof endpoint !== 'string') return endpoint?.href;
  // The SDK takes a bare host, too.
  return endpoint === '' || endpoint.includes('://')
    ? endpoint
    : `${config.sslEnabled === false ? 'http' : 'https'}://${endpoint}`;
};

/** @param {Provider | undefined} provider */
const sdkOf = (provider) => {
  try {
    return provider?.sdk;
  } catch (error) {
    // osls 4 carries no such SDK any more, and says so by throwing.
    if (/** @type {any} */ (error)?.code === 'AWS_SDK_V2_SURFACE_REMOVED') return undefined;
    throw error;
  }
};

/**
 * The proxy that the framework uses where the core would not find it: the framework sends HTTPS through HTTP_PROXY too. NO_PROXY, which the
 * framework ignores, is kept.
 * @param {string} host of the service
 * @returns {string | undefined}
 */
const proxyFor = (host) => {
  const proxy = environment(['proxy', 'HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy']);
  if (!proxy || proxy.name.toUpperCase() === 'HTTPS_PROXY') return undefined;
  return isExempt(host, environment(['NO_PROXY', 'no_proxy'])?.value ?? '') ? undefined : proxy.value;
};

/** @param {string} url */
const hostOf = (url) => (URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : '');

/**
 * @param {string} host
 * @param {string} exemptions as in NO_PROXY: hosts and domains, or `*`
 */
const isExempt = (host, exemptions) => {
  const domains = exemptions.split(',').map((entry) => entry.trim().replace(/^\*?\./, ''));
  return domains.some((domain) => domain === '*' || (domain !== '' && (host === domain || host.endsWith(`.${domain}`))));
};

/** @returns {string[]} PEM texts */
const certificates = () => {
  const pem = environment(['ca', 'HTTPS_CA', 'https_ca']);
  const files = [
    environment(['AWS_CA_BUNDLE']),
    environment(['NODE_EXTRA_CA_CERTS']),
    ...listed(environment(['cafile', 'HTTPS_CAFILE', 'https_cafile'])),
  ];
  const texts = files.flatMap((file) => (file ? [checked(read(file), file)] : []));
  // A variable of the environment often has its line breaks written out.
  if (pem) texts.push(checked(pem.value.replaceAll('\\n', '\n'), { name: pem.name }));
  // Two variables often name one file, and it may hold every root of the platform.
  return [...new Set(texts)];
};

/** @param {{name: string, value: string} | undefined} variable a comma-separated list of files */
const listed = (variable) => {
  if (!variable) return [];
  const { name, value } = variable;
  return value.split(',').map((file) => ({ name, value: file.trim() }));
};

// Every root of a platform takes a quarter of a megabyte.
const LARGEST = 8 * 1024 * 1024;

/** @param {{name: string, value: string}} file */
const read = ({ name, value }) => {
  try {
    const found = fs.statSync(value);
    if (!found.isFile()) throw new Error('it is not a file');
    if (found.size > LARGEST) throw new Error('it has more than 8 MB');
    return fs.readFileSync(value, 'utf8');
  } catch (error) {
    const message = `cannot read the certificates that ${name} names, ${shown(value)}: ${reasonOf(error)}`;
    throw new Failure('SECRET_BAKER_FILE', message, `correct ${name} or unset it`);
  }
};

/**
 * @param {string} text
 * @param {{name: string, value?: string}} origin variable and, unless the text itself is in it, file
 */
const checked = (text, { name, value }) => {
  const place = value === undefined ? name : `the file ${shown(value)} that ${name} names`;
  const hint = `correct ${name} or unset it`;
  if (!text.includes('-----BEGIN CERTIFICATE-----'))
    throw new Failure('SECRET_BAKER_FILE', `no PEM certificate in ${place}`, hint);
  // The certificate behind it would be passed over without a word.
  if (text.startsWith('\ufeff')) throw new Failure('SECRET_BAKER_FILE', `a byte order mark begins ${place}`, hint);
  return text;
};

module.exports = { transport };
