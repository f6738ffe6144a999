// `node __test__/docs/troubleshooting.mjs` writes the examples of docs/troubleshooting.md anew: what the program says of each code.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../aws/python.mjs';
import { deployFailures } from './deploy-failures.mjs';
import { launcherFailure, openFailures } from './open-failures.mjs';

/** @typedef {import('./deploy-failures.mjs').Failure} Failure */
/** @typedef {{place: 'deploy' | 'function', code: string}} Example */

export const PAGE = 'docs/troubleshooting.md';
const MARKED = /(<!-- example: (deploy|function) (\w+) -->\n)[\s\S]*?(<!-- \/example -->)/g;

const contract = JSON.parse(readFileSync(join(root, 'runtime/contract.json'), 'utf8'));

/** The codes of each place, without their prefix. @type {Record<'deploy' | 'function', string[]>} */
export const CODES = {
  deploy: Object.keys(contract.deployCodes),
  function: [...Object.keys(contract.codes), ...Object.keys(contract.launcherCodes)],
};

/** What the program says. @returns {Promise<Record<'deploy' | 'function', Record<string, Failure>>>} */
export async function failures() {
  const deploy = await deployFailures();
  return { deploy, function: { ...(await openFailures(Object.keys(contract.codes))), COMMAND: launcherFailure() } };
}

/** The examples that the page has. @param {string} page @returns {Example[]} */
export const examplesOf = (page) =>
  [...page.matchAll(MARKED)].map(([, , place, code = '']) => ({ place: place === 'deploy' ? 'deploy' : 'function', code }));

/**
 * The page with all examples written anew.
 * @param {string} page
 * @param {Awaited<ReturnType<typeof failures>>} told
 */
export const renewed = (page, told) =>
  page.replace(MARKED, (_whole, before, /** @type {'deploy' | 'function'} */ place, code, end) => {
    const failure = told[place][code];
    if (failure === undefined) throw new Error(`${PAGE}: nothing says ${code} in the place ${place}`);
    return `${before}\`\`\`text\n${failure.message}\n\`\`\`\n${end}`;
  });

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = join(root, PAGE);
  writeFileSync(file, renewed(readFileSync(file, 'utf8'), await failures()));
  process.exit(0);
}
