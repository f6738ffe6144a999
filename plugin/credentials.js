'use strict';

const { reasonOf } = require('./failure.js');
const { shown } = require('./shown.js');

/** @import { CredentialsLack } from '../binding.js' */
/** @import { Keys, Options, Provider } from './framework.js' */

/**
 * @typedef {object} Identity
 * @property {Keys} [credentials] absent: the core looks for them by itself
 * @property {string} [profile] where the core has to look first
 * @property {CredentialsLack} [lack] why there are none and nobody is to look: told by the core as soon as it needs them
 * @property {string} [notice] why the core has to look
 */

const NEWER_INTERFACE = 'AWS_SDK_V2_SURFACE_REMOVED';
const UNKNOWN_PROFILE = 'UNRECOGNIZED_AWS_PROFILE';
const NOTHING_FOUND = 'AWS_CREDENTIALS_NOT_FOUND';
const NOTHING_IN_CHAIN = /could not load credentials from any providers/i;

/**
 * The credentials that the framework itself would use: profile, stage profile, single sign-on, assumed role, environment. Call it in
 * hooks only: other plugins patch the provider in `initialize`.
 * @param {Provider | undefined} provider
 * @param {Options} options
 * @returns {Promise<Identity>}
 */
const findCredentials = async (provider, options) => {
  const older = await attempt(() => fromProvider(provider));
  if (older.credentials || older.lack) return older;
  const newer = await attempt(() => fromSdk3(provider));
  if (newer.credentials || newer.lack) return newer;
  const reason = newer.reason ?? older.reason ?? 'it has none';
  return {
    profile: profileOf(provider, options),
    notice: `the framework gives no credentials (${reason}); looking for them elsewhere`,
  };
};

/**
 * `getCredentials`: flat keys in serverless 4, an object of the SDK in 3, nothing where the SDK's own chain is to be asked.
 * @param {Provider | undefined} provider
 * @returns {Promise<Keys | undefined>}
 */
const fromProvider = async (provider) => {
  const found = await provider?.getCredentials?.();
  if (found?.accessKeyId) return found;
  if (found?.credentials) return settled(found.credentials);
  const Chain = found && provider?.sdk?.CredentialProviderChain;
  return Chain ? fromChain(new Chain()) : undefined;
};

/**
 * The SDK's own chain, which nobody has told where to look. It rejects with the trouble of the last place it tried, the metadata of
 * EC2: that means that there is nothing.
 * @param {{resolvePromise: () => Promise<Keys>}} chain
 */
const fromChain = async (chain) => {
  try {
    return await settled(await chain.resolvePromise());
  } catch (error) {
    throw Object.assign(new Error(reasonOf(error)), { code: NOTHING_FOUND });
  }
};

/**
 * An object of the SDK may hold placeholders until it is asked.
 * @param {Keys & {getPromise?: () => Promise<void>}} credentials
 */
const settled = async (credentials) => {
  await credentials.getPromise?.();
  return credentials;
};

/** @param {Provider | undefined} provider */
const fromSdk3 = async (provider) => {
  const config = await provider?.getAwsSdkV3Config?.();
  return config?.credentials?.();
};

/**
 * Tells "there is nothing here", after which the next way is tried, from "there is, but it fails", which must not
 * end in the use of another identity. A lock may make them needless.
 * @param {() => Promise<Keys | undefined>} way
 * @returns {Promise<{credentials?: Keys, lack?: CredentialsLack, reason?: string}>}
 */
const attempt = async (way) => {
  try {
    const keys = await way();
    return keys?.accessKeyId ? { credentials: plain(keys) } : {};
  } catch (error) {
    if (isNewerInterface(error)) return {};
    if (isNothing(error)) return { reason: reasonOf(error) };
    const hint = 'mend the profile, role or session that the framework is told to use, then try again';
    return { lack: { message: `the framework's credentials cannot be used: ${harmless(error)}`, hint } };
  }
};

/**
 * What AWS says of a signature repeats parts of the request, a session token among them: its name must do.
 * @param {any} error
 */
const harmless = (error) => {
  const name = String(error?.code ?? error?.name);
  return ABOUT_SIGNATURE.test(name) ? shown(name) : reasonOf(error);
};

const ABOUT_SIGNATURE = /signature|authenticationtoken|unrecognizedclient|invalidclienttoken/i;

/** @param {any} error */
const isNewerInterface = (error) => error?.code === NEWER_INTERFACE;

/** @param {any} error */
const isNothing = (error) => [UNKNOWN_PROFILE, NOTHING_FOUND].includes(error?.code) || NOTHING_IN_CHAIN.test(reasonOf(error));

/** @param {Keys} keys */
const plain = ({ accessKeyId, secretAccessKey, sessionToken }) => ({
  accessKeyId,
  secretAccessKey,
  ...(sessionToken && { sessionToken }),
});

/**
 * The profile by the framework's own precedence.
 * @param {Provider | undefined} provider
 * @param {Options} options
 */
const profileOf = (provider, options) => {
  const stage = provider?.getStage?.()?.toUpperCase();
  const { env } = process;
  return options['aws-profile'] || env[`AWS_${stage}_PROFILE`] || env.AWS_PROFILE || provider?.getProfile?.() || undefined;
};

module.exports = { findCredentials };
