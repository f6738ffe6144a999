'use strict';

const { Failure } = require('./failure.js');
const { shown, shownKey } = require('./shown.js');

/** @import { CommandEnv, LauncherEnv } from '../binding.js' */
/** @import { Service, ServerlessFunction } from './framework.js' */
/** @import { EnvSetting } from './settings.js' */
/** @import { Written } from './written.js' */

const FILE = 'secret-baker-launcher';
const PLACE = 'custom.secretBakerOptions.env';
const WRAPPER = 'AWS_LAMBDA_EXEC_WRAPPER';
const CHOSEN = 'SECRET_BAKER_ENV';

/**
 * The secrets that become environment variables of a function.
 * @param {string} name of the function
 * @param {EnvSetting | undefined} setting
 * @param {Written} written
 * @returns {CommandEnv | undefined} undefined: none do
 */
const variablesOf = (name, setting = false, written) => {
  const byFunction = typeof setting === 'object' && !Array.isArray(setting);
  const wanted = byFunction ? (new Map(Object.entries(setting)).get(name) ?? false) : setting;
  // The launcher takes no list at all for all secrets: an empty one needs no launcher.
  if (wanted === false || (wanted !== true && wanted.length === 0)) return undefined;
  const keys = ['custom', 'secretBakerOptions', 'env', ...(byFunction ? [name] : [])];
  const asWritten = wanted === true ? undefined : written.names(keys, wanted);
  return {
    ...(wanted !== true && { names: wanted }),
    ...(asWritten && { written: asWritten }),
    place: byFunction ? `${PLACE}.${shownKey(name)}` : PLACE,
  };
};

/**
 * The same with the launcher for the function's processor.
 * @param {Service} service
 * @param {string} name of the function
 * @param {ServerlessFunction} own
 * @param {EnvSetting | undefined} setting
 * @param {Written} written
 * @param {(processor: string) => string} launcher finds its path
 * @returns {LauncherEnv | undefined}
 * @throws {Failure} SECRET_BAKER_NO_LAUNCHER
 */
const envOf = ({ provider }, name, own, setting, written, launcher) => {
  const variables = variablesOf(name, setting, written);
  return variables && { ...variables, launcher: launcher(own.architecture ?? provider?.architecture ?? 'x86_64') };
};

/**
 * A function that is named there and is not there would be left out without a word. Only once all plugins have added theirs.
 * @param {Service} service
 * @param {EnvSetting | undefined} setting
 * @throws {Failure} SECRET_BAKER_CONFIG_INVALID
 */
const checkFunctions = ({ functions = {} }, setting) => {
  if (typeof setting !== 'object' || Array.isArray(setting)) return;
  const unknown = Object.keys(setting).filter((name) => !Object.hasOwn(functions, name));
  if (unknown.length === 0) return;
  const hint = `there are ${Object.keys(functions).map(shownKey).join(', ') || 'none'}`;
  const names = unknown.map(shownKey).join(', ');
  throw new Failure('SECRET_BAKER_CONFIG_INVALID', `${PLACE}: there is no function ${names}`, hint);
};

/**
 * What the user has told the launcher is not overwritten without a word.
 * @param {Service} service
 * @param {string} name of the function
 * @param {LauncherEnv} env
 * @throws {Failure} SECRET_BAKER_CONFIG_INVALID
 */
const checkEnvironment = ({ provider, functions = {} }, name, { names, place }) => {
  const own = functions[name]?.environment?.[CHOSEN];
  const chosen = own ?? provider?.environment?.[CHOSEN] ?? undefined;
  // Ours, where a process packages again.
  if (chosen === undefined || chosen === names?.join(',')) return;
  const where = own === undefined ? 'provider.environment' : `functions.${shownKey(name)}.environment`;
  throw new Failure(
    'SECRET_BAKER_CONFIG_INVALID',
    `${place} and ${where}.${CHOSEN} both say which secrets become variables of function ${shownKey(name)}`,
    `take ${CHOSEN} out, and let env say it: a list of NAME, NAME=VARIABLE, and "*" for all that are not named`,
  );
};

/**
 * Lets the launcher start a function. A wrapper that it has already runs next.
 * @param {Service} service changed
 * @param {string} name of the function
 * @param {string[]} [names] of the secrets that become variables, in the launcher's own words; absent: all
 * @returns {string | undefined} what the user must do, where the framework's settings cannot
 */
const startWithLauncher = ({ provider, functions = {} }, name, names) => {
  const own = /** @type {ServerlessFunction} */ (functions[name]);
  const former = own.environment?.[WRAPPER] ?? provider?.environment?.[WRAPPER];
  own.environment = {
    ...own.environment,
    ...(names && { [CHOSEN]: names.join(',') }),
  };
  if (own.image) {
    return `function ${shownKey(name)} runs an image: name the launcher as its ENTRYPOINT, and its secrets become environment variables`;
  }
  const runtime = own.runtime ?? provider?.runtime ?? '';
  if (runtime.startsWith('provided')) {
    return `function ${shownKey(name)}: the runtime ${shown(runtime)} knows no wrappers, so let its bootstrap end with: exec "$LAMBDA_TASK_ROOT/${FILE}" "$LAMBDA_TASK_ROOT/YOUR-PROGRAM"`;
  }
  if (former !== undefined && former !== LAUNCHER) own.environment.SECRET_BAKER_NEXT_WRAPPER = former;
  own.environment[WRAPPER] = LAUNCHER;
  return undefined;
};

const LAUNCHER = `/var/task/${FILE}`;

module.exports = { checkEnvironment, checkFunctions, envOf, startWithLauncher, variablesOf };
