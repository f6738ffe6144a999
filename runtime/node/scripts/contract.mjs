// What the package needs of runtime/contract.json while it runs. `node runtime/node/scripts/contract.mjs` writes it anew into lib.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));

/** @type {any} */
export const contract = JSON.parse(readFileSync(at('../../contract.json'), 'utf8'));

/** @param {Record<string, any>} object @param {(value: any) => unknown} change */
const mapped = (object, change) => Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));

const starts = (/** @type {string} */ kind) =>
  contract.ciphertexts
    .filter((/** @type {{kind: string}} */ { kind: each }) => each === kind)
    .map((/** @type {{bytes: string}} */ { bytes }) => bytes);

/** Two files, since a secret that opens needs no sentence. */
const parts = () => ({
  'contract.js': {
    file: contract.file,
    limits: mapped(contract.limits, ({ value }) => value),
    blobs: starts('blob'),
    messages: starts('message'),
    suites: Object.fromEntries(
      contract.suites.map((/** @type {any} */ { id, version, kdf, commitment, signature }) => [
        id,
        { version, digest: kdf.replace('HKDF-', '').toLowerCase(), commits: commitment, signs: signature !== null },
      ]),
    ),
    services: mapped(contract.services, ({ name, host, endpoint }) => ({ name, host, endpoint })),
    partitions: contract.partitions,
    bothStacks: Object.assign({}, ...Object.values(contract.services).map(({ bothStacks }) => bothStacks)),
    regions: contract.regions,
    patterns: contract.patterns,
    plainHttp: contract.plainHttp,
    sealed: contract.variables.sealed,
  },
  'wording.js': {
    page: contract.page,
    codes: mapped(contract.codes, ({ sentence, hint, hints }) => ({ sentence, hint, hints })),
    codesOf: mapped(contract.services, ({ codes = {} }) => codes),
    errors: contract.errors,
    variables: { reserved: contract.variables.reserved, onlyNamed: contract.variables.onlyNamed },
  },
});

/** The text of each file, as the formatter has it. */
export const generated = () =>
  Object.entries(parts()).map(([name, value]) => {
    const text = `'use strict';\n\n// Made from runtime/contract.json by runtime/node/scripts/contract.mjs.\nmodule.exports = ${JSON.stringify(value)};\n`;
    const path = at(`../lib/${name}`);
    const biome = at('../../../node_modules/.bin/biome');
    return { path, text: execFileSync(biome, ['format', '--stdin-file-path', path], { input: text, encoding: 'utf8' }) };
  });

if (process.argv[1] === fileURLToPath(import.meta.url)) for (const { path, text } of generated()) writeFileSync(path, text);
