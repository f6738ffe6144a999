// The parameters that all variants bake.

import { region } from '../__test__/aws/stand-in.mjs';

/**
 * A parameter as Parameter Store answers without decryption.
 * @typedef {{Name: string, ARN: string, Type: string, Value: string, Version: number}} Parameter
 */

const AT_ONCE = 4;
const NAMES_A_CALL = 10;

/**
 * Stores SecureStrings and reads their ciphertexts back.
 * @param {import('../__test__/aws/stand-in.mjs').StandIn} standIn
 * @param {number} count
 * @returns {Promise<Parameter[]>}
 */
export async function makeParameters(standIn, count) {
  const keyId = await standIn.createKey({ region });
  const names = Array.from({ length: count }, (_, index) => `/bench/secret-${String(index).padStart(4, '0')}`);
  const waiting = [...names];
  const put = async () => {
    for (let name = waiting.shift(); name; name = waiting.shift()) await standIn.putSecret(name, plaintextOf(name), { keyId });
  };
  await Promise.all(Array.from({ length: AT_ONCE }, put));
  const parameters = [];
  for (const batch of batches(names)) {
    const reply = await standIn.ssm('GetParameters', { Names: batch, WithDecryption: false });
    parameters.push(...reply.Parameters);
  }
  await checkOpens(standIn, parameters);
  return parameters;
}

/**
 * `custom.secretBaker` for the first parameters.
 * @param {Parameter[]} parameters
 * @param {number} count
 * @returns {Record<string, string>} name in the bundle -> path
 */
export function configFor(parameters, count) {
  return Object.fromEntries(parameters.slice(0, count).map((parameter) => [bundleName(parameter), parameter.Name]));
}

/**
 * What is wrong with a bundle, if anything.
 * @param {string} text of the file
 * @param {Parameter[]} parameters
 * @param {number} count
 * @returns {string | undefined}
 */
export function mistakeIn(text, parameters, count) {
  const bundle = JSON.parse(text);
  const wanted = parameters.slice(0, count);
  const names = wanted.map(bundleName);
  if (JSON.stringify(Object.keys(bundle)) !== JSON.stringify(names)) {
    return `it holds ${Object.keys(bundle).length} names, not the ${count} of the config in their order`;
  }
  const wrong = wanted.find((parameter) => {
    // The old plugin writes no version.
    const { ciphertext, arn, version = parameter.Version } = bundle[bundleName(parameter)];
    return ciphertext !== parameter.Value || arn !== parameter.ARN || version !== parameter.Version;
  });
  return wrong && `${bundleName(wrong)} has another ciphertext, ARN or version than ${wrong.Name}`;
}

/** @param {string[]} names */
export function batches(names) {
  return Array.from({ length: Math.ceil(names.length / NAMES_A_CALL) }, (_, index) =>
    names.slice(index * NAMES_A_CALL, (index + 1) * NAMES_A_CALL),
  );
}

/** @param {Parameter} parameter */
function bundleName({ Name }) {
  return Name.replace('/bench/', '').replaceAll('-', '_').toUpperCase();
}

/** @param {string} name */
function plaintextOf(name) {
  return `the plaintext of ${name}`;
}

/**
 * The ciphertexts are real ones, or nothing that follows means anything.
 * @param {import('../__test__/aws/stand-in.mjs').StandIn} standIn
 * @param {Parameter[]} parameters
 */
async function checkOpens(standIn, parameters) {
  const last = parameters.at(-1);
  if (!last) throw new Error('the stand-in returned none of the parameters that were stored');
  const opened = await standIn.decrypt(last.Value, last.ARN);
  if (opened !== plaintextOf(last.Name))
    throw new Error(`the ciphertext of ${last.Name} opens to something else than was stored`);
}
