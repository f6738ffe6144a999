// `npm` as far as a walk needs it, without a registry: what is for development lies in the parent folder already, where Node finds it and
// no packaging tool does, and `secret-baker` is copied from its build. __test__/install proves the real installations.

import { cpSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../aws/python.mjs';

const { values, positionals } = parseArgs({
  options: { yes: { type: 'boolean', short: 'y' }, 'save-dev': { type: 'boolean' } },
  allowPositionals: true,
});
const [command, ...packages] = positionals;
const folder = process.cwd();
const nobody = (/** @type {string} */ what) => {
  throw new Error(`nobody has said what \`npm ${what}\` does in a walk`);
};

/** @type {Record<string, () => void>} */
const commands = {
  init: () => writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: basename(folder), version: '1.0.0' })),
  install: () => {
    packages.forEach(values['save-dev'] ? forDevelopment : forTheFunction);
    writeFileSync(join(folder, 'package-lock.json'), '{}');
  },
  uninstall: () => {
    for (const name of packages) rmSync(join(folder, 'node_modules', name), { recursive: true, force: true });
  },
};
(commands[command ?? ''] ?? nobody(String(command)))();

/** @param {string} spec */
function forDevelopment(spec) {
  const name = spec.replace(/(?<=.)@.*$/, '');
  if (!existsSync(join(folder, '../node_modules', name))) nobody(`install --save-dev ${spec}`);
}

/** @param {string} name */
function forTheFunction(name) {
  if (name !== 'secret-baker') nobody(`install ${name}`);
  cpSync(join(root, 'runtime/node/dist'), join(folder, 'node_modules', name), { recursive: true });
}
