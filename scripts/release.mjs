// What can be known of a release before it is published.
//
//     npm run release -- --dry-run           packs all that can be built here into release/, and checks it
//     npm run release -- --dry-run --all     the same, and every platform must be there
//     npm run release -- --tag v3.1.0        whether the tag fits the version and the changelog
//     npm run release -- --bump 3.2.0        writes another version into every place that names one
//
// It publishes nothing: that does .github/workflows/release.yml. The places that name the version stand in versions.mjs, what each
// package holds in contents.mjs.

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../__test__/aws/python.mjs';
import { absentParts, packedMistakes } from './contents.mjs';
import { NEEDS, packAll } from './pack.mjs';
import { publishOrder } from './publish-order.mjs';
import { writeSboms } from './sbom.mjs';
import { setUp } from './steps.mjs';
import { readVersions, tagMistakes, writeVersion } from './versions.mjs';

const FOLDER = join(root, 'release');
const USAGE = 'npm run release -- --dry-run [--all] | --tag TAG | --bump VERSION';

const [mode, given, ...more] = process.argv.slice(2);
if (mode === '--tag' && given !== undefined && more.length === 0) finish(tagMistakes(root, given), `${given} can be released`);
else if (mode === '--bump' && given !== undefined && more.length === 0) bump(given);
else if (mode === '--dry-run' && (given === undefined || given === '--all') && more.length === 0) await dryRun(given === '--all');
else refuse();

/** @param {boolean} all whether every platform must be there, wherever it was built */
async function dryRun(all) {
  await setUp(NEEDS.filter((step) => !all || (step !== 'launcher' && step !== 'release')));
  const { version, mistakes } = readVersions(root);
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER);
  const packed = await packAll(FOLDER);
  mistakes.push(...packedMistakes(packed, version));
  const absent = [...absentParts(packed), ...(await writeSboms(FOLDER, version))];
  writeFileSync(join(FOLDER, 'SHA256SUMS'), sums(readdirSync(FOLDER).sort()));
  printPlan(readdirSync(FOLDER).sort(), absent);
  if (all) mistakes.push(...absent.map((part) => `lacks ${part}`));
  finish(mistakes, `${version} can be released, as far as can be seen here`);
}

/**
 * @param {string[]} names of all files
 * @param {string[]} absent what only the workflow can make
 */
function printPlan(names, absent) {
  const size = (/** @type {string} */ name) => `${Math.ceil(statSync(join(FOLDER, name)).size / 1024)} KiB`;
  console.log('release: would be published, in this order:');
  const published = publishOrder(names);
  for (const { name, to } of published) console.log(`  ${to}: ${name} (${size(name)})`);
  console.log('release: would stand beside them in the release on GitHub:');
  for (const name of names.filter((other) => !published.some((file) => file.name === other)))
    console.log(`  ${name} (${size(name)})`);
  for (const part of absent) console.log(`release: not here: ${part}; the workflow makes it`);
}

/**
 * @param {string[]} names
 * @returns {string} as `sha256sum --check` reads it
 */
function sums(names) {
  const line = (/** @type {string} */ name) =>
    `${createHash('sha256')
      .update(readFileSync(join(FOLDER, name)))
      .digest('hex')}  ${name}\n`;
  return names.map(line).join('');
}

/** @param {string} version */
function bump(version) {
  try {
    for (const file of writeVersion(root, version)) console.log(file);
    console.log(`Begin CHANGELOG.md with a section "## ${version} (not released)".`);
  } catch (error) {
    finish([error instanceof Error ? error.message : String(error)], '');
  }
}

/**
 * @param {string[]} mistakes
 * @param {string} good what to say where there are none
 */
function finish(mistakes, good) {
  for (const mistake of mistakes) console.error(`release: ${mistake}`);
  if (mistakes.length === 0) console.log(`release: ${good}`);
  process.exitCode = mistakes.length === 0 ? 0 : 1;
}

function refuse() {
  console.error(
    'A release is published by its workflow, when a tag is pushed: see .github/CONTRIBUTING.md, "A release". Here there is:',
  );
  console.error(USAGE);
  process.exitCode = 2;
}
