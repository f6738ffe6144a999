'use strict';

const path = require('node:path');
const { Failure } = require('./failure.js');
const { envOf } = require('./launcher.js');
const { readOnly, readSettings, settingsIfRight } = require('./settings.js');

/** @import { Carried, FunctionToCarry } from '../binding.js' */
/** @import { Provider, Serverless, ServerlessFunction } from './framework.js' */
/** @import { Settings } from './settings.js' */
/** @import { Written } from './written.js' */

/**
 * What each function is deployed from and what it may carry, as the core asks for it. Call it after everything
 * is packaged; before, only names and `only` are final.
 * @param {Serverless} serverless
 * @param {string} serviceDir absolute
 * @param {Written} written
 * @param {(processor: string) => string} launcher finds the path of a launcher
 * @param {{single?: string, packaged?: boolean}} [which] `single`: the only function, of `deploy function`; `packaged`: by a package that was
 *   made earlier, maybe by another version: then its bytes count, and how it was told what to carry does not
 * @returns {FunctionToCarry[]}
 * @throws {Failure} SECRET_BAKER_CONFIG_INVALID with every mistake; SECRET_BAKER_NO_LAUNCHER
 */
const functionsToCarry = (serverless, serviceDir, written, launcher, { single, packaged = false } = {}) => {
  const { functions = {}, provider, custom } = serverless.service;
  const settings = packaged ? settingsIfRight(custom) : readSettings(custom);
  const mistakes = /** @type {Failure[]} */ ([]);
  const carried = Object.entries(functions)
    .filter(([name, own]) => own && (single === undefined || name === single))
    .map(([name, own]) => {
      const env = envOf(serverless.service, name, own, settings?.env, written, launcher);
      const carries = {
        name,
        ...onlyOf(name, own, settings, written, mistakes),
        ...(env && { env }),
        ...environmentOf(provider, own),
      };
      if (own.image) return { ...carries, context: imageContext(own.image, provider, serviceDir) };
      return { ...carries, zip: zipOf(serverless, name, own, single !== undefined) };
    });
  if (!packaged) Failure.throwAll(mistakes);
  return carried;
};

/**
 * What the function will find in its environment; what CloudFormation resolves nobody can tell yet.
 * @param {import('./framework.js').Service['provider']} provider
 * @param {ServerlessFunction} own
 * @returns {Pick<FunctionToCarry, 'environment'>}
 */
const environmentOf = (provider, own) => {
  const variables = Object.entries({ ...provider?.environment, ...own.environment }).filter(([, value]) => value != null);
  if (variables.length === 0) return {};
  const known = (/** @type {unknown} */ value) => (typeof value === 'object' ? {} : { value: String(value) });
  return { environment: variables.map(([name, value]) => ({ name, ...known(value) })) };
};

/**
 * The only secrets that a function carries: its own list, else that of all that have none.
 * @param {string} name
 * @param {ServerlessFunction} own
 * @param {Settings | undefined} settings
 * @param {Written} written
 * @param {Failure[]} mistakes added to
 * @returns {Pick<FunctionToCarry, 'only' | 'written'>}
 */
const onlyOf = (name, own, settings, written, mistakes) => {
  const list = readOnly(name, own, mistakes);
  const [names, keys] = list ? [list, ['functions', name, 'secretBaker']] : [settings?.default, DEFAULT];
  if (names === undefined) return { only: undefined };
  const only = [...new Set(names)];
  const asWritten = written.names(keys, names);
  return { only, ...(asWritten && { written: only.map((each) => String(asWritten[names.indexOf(each)])) }) };
};

const DEFAULT = ['custom', 'secretBakerOptions', 'default'];

/**
 * The zip, as the framework will choose it when it makes the template. With `package.disable` it makes none and deploys it all the same.
 * @param {Serverless} serverless
 * @param {string} name
 * @param {ServerlessFunction} own
 * @param {boolean} alone whether this function is deployed alone: then it is packaged alone, whatever the service says
 */
const zipOf = (serverless, name, own, alone) => {
  const { service } = serverless;
  if (own.package?.artifact) return own.package.artifact;
  // What `service.artifact` names the framework has packaged itself; it lies in its own folder.
  if (service.package?.artifact && !service.artifact) return service.package.artifact;
  const { naming } = /** @type {Provider} */ (serverless.getProvider('aws'));
  const individually = alone || own.package?.individually || service.package?.individually;
  const base = individually ? naming?.getFunctionArtifactName(name) : naming?.getServiceArtifactName();
  return path.join('.serverless', base ?? `${name}.zip`);
};

/**
 * Whether the framework or a tool has packaged a zip, and not the user.
 * @param {string} zip
 * @param {string} serviceDir absolute
 */
const isOfFramework = (zip, serviceDir) =>
  path.resolve(serviceDir, zip).startsWith(path.join(serviceDir, '.serverless') + path.sep);

/**
 * Where the framework builds the image; undefined for one that is given by its URI.
 * @param {string | {name?: string, uri?: string}} image
 * @param {import('./framework.js').Service['provider']} provider
 * @param {string} serviceDir absolute
 */
const imageContext = (image, provider, serviceDir) => {
  const name = typeof image === 'string' ? image : image.name;
  const defined = name === undefined ? undefined : provider?.ecr?.images?.[name];
  const context = typeof defined === 'string' ? defined : defined?.path;
  const isFolder = typeof context === 'string' && !ECR_URI.test(context);
  return isFolder ? path.resolve(serviceDir, context) : undefined;
};

const ECR_URI = /^\d+\.dkr\.ecr\./;

/**
 * Points the functions of an artefact at the copy that carries their secrets.
 * @param {Serverless} serverless changed
 * @param {string} serviceDir absolute
 * @param {Carried} carried
 */
const pointAt = ({ service }, serviceDir, { functions, path: artefact }) => {
  // Relative where the framework resolves it so: then a package may be deployed from another place.
  const relative = path.relative(serviceDir, artefact);
  const artifact = path.resolve(relative) === artefact ? relative : artefact;
  for (const name of functions) {
    const own = /** @type {ServerlessFunction} */ (service.functions?.[name]);
    // A service's own artefact that nothing is deployed from would never look unchanged to the framework.
    if (!own.package?.artifact && service.package?.artifact) service.package.artifact = artifact;
    own.package = { ...own.package, artifact };
  }
};

/**
 * In the second half of `package` and `deploy --package` the service's own artefact is the user's again. See `pointAt`.
 * @param {Serverless} serverless changed
 */
const pointServiceAtWhatIsDeployed = ({ service }) => {
  const own = Object.values(service.functions ?? {}).filter((each) => each && !each.image);
  const artifact = own[0]?.package?.artifact;
  const all = own.every((each) => each.package?.artifact === artifact);
  if (service.package?.artifact && artifact && all) service.package.artifact = artifact;
};

module.exports = { functionsToCarry, isOfFramework, onlyOf, pointAt, pointServiceAtWhatIsDeployed };
