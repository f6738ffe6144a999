// The artefact step: a look into each zip, and the bundle put in where it lacks, against a plain copy of the same files.

import { randomFillSync } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeZip } from '../__test__/e2e/zips.mjs';
import { startChild } from './child.mjs';
import { mb, ms, table, times } from './numbers.mjs';

const FILE = 'secret-baker-secrets.json';

/**
 * @typedef {import('./artefact-step.mjs').Step & {what: string, bytes: number, directory: number}} Row `directory`: the bytes of
 *     the central directories
 */

/**
 * @param {string} folder
 * @param {{megabytes: number[], functions: number, entries: number, runs: number}} sizes
 * @param {(text: string) => void} say
 * @returns {Promise<Row[]>}
 */
export async function measureArtefacts(folder, { megabytes, functions, entries, runs }, say) {
  const rows = [];
  for (const size of megabytes) {
    say(`an artefact of ${size} MB`);
    rows.push(await measure(join(folder, `zip-${size}`), `one of ${size} MB`, 1, await code(size * 1e6, 100), runs));
  }
  say(`an artefact of ${entries} files`);
  rows.push(
    await measure(
      join(folder, 'zip-many'),
      `one of ${entries.toLocaleString('en-US')} files`,
      1,
      await code(entries * 100, entries),
      runs,
    ),
  );
  say(`a service of ${functions} functions`);
  rows.push(await measure(join(folder, 'service'), `${functions} of 1 MB, individually`, functions, await code(1e6, 20), runs));
  return rows;
}

/**
 * Members that do not compress, as a tool would write them.
 * @param {number} bytes in all
 * @param {number} files
 */
async function code(bytes, files) {
  const each = randomFillSync(Buffer.alloc(Math.ceil(bytes / files)));
  return Array.from({ length: files }, (_, index) => ({
    name: `node_modules/package-${index}/index.js`,
    content: each,
    stored: true,
  }));
}

/**
 * @param {string} service
 * @param {string} what
 * @param {number} count of functions, each with an artefact
 * @param {import('../__test__/e2e/zips.mjs').Member[]} members
 * @param {number} runs
 * @returns {Promise<Row>}
 */
async function measure(service, what, count, members, runs) {
  const folder = join(service, '.serverless');
  mkdirSync(join(service, 'made'), { recursive: true });
  mkdirSync(folder);
  const paths = (/** @type {string} */ kind) =>
    Array.from({ length: count }, (_, index) => join(service, 'made', `${kind}-${index}.zip`));
  const missing = await makeZip(members);
  const other = await makeZip([{ name: FILE, content: '{"STALE":{}}' }, ...members]);
  for (const [kind, bytes] of Object.entries({ missing, other })) for (const path of paths(kind)) writeFileSync(path, bytes);

  // A process of its own: the peak of this one is that of making the zips.
  const child = startChild('artefact-step.mjs', [], service);
  try {
    const step = await child.ask({ service, folder, missing: paths('missing'), other: paths('other'), runs });
    return { what, bytes: missing.length * count, directory: directoryOf(missing) * count, ...step };
  } finally {
    await child.end();
    rmSync(service, { recursive: true });
  }
}

/**
 * @param {Buffer} zip without zip64 and comment
 * @returns {number} bytes of its central directory
 */
function directoryOf(zip) {
  const end = zip.subarray(-22);
  if (end.readUInt32LE(0) !== 0x06054b50) throw new Error('the zip does not end as it was made');
  return end.readUInt32LE(12);
}

/** @param {Row[]} rows */
export function artefactsTable(rows) {
  const head = [
    'artefacts',
    'in all',
    'plain copy',
    'bundle put in',
    'against the copy',
    'another replaced',
    'found right',
    'last look',
    'central directory',
    'memory',
  ];
  return table(
    head,
    rows.map((row) => [
      row.what,
      mb(row.bytes),
      ms(row.copy),
      ms(row.missing),
      times(row.missing / row.copy),
      ms(row.other),
      ms(row.right),
      ms(row.look),
      mb(row.directory),
      mb(row.memory),
    ]),
  );
}

/** @param {Row[]} rows */
export function worstAgainstCopy(rows) {
  return Math.max(...rows.map(({ missing, other, copy }) => Math.max(missing, other) / copy));
}

/** What a copy needs, and the allocator keeps, however small the zip. */
const FIXED = 8e6;

/**
 * The row that needs most of what it may: three times its central directory (as read, parsed and written) and a fixed part.
 * @param {Row[]} rows
 */
export function worstMemory(rows) {
  const all = rows.map(({ memory, directory }) => ({ memory, allowed: 3 * directory + FIXED }));
  return all.reduce((worst, row) => (row.memory / row.allowed > worst.memory / worst.allowed ? row : worst));
}
