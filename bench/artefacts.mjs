// The artefact step: a look into each zip, and the bundle put in where it lacks, against a plain copy of the same files.

import { randomFillSync } from 'node:crypto';
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { makeZip } from '../__test__/e2e/zips.mjs';
import { peakMemory } from './memory.mjs';
import { mb, median, ms, table, times } from './numbers.mjs';

const { carry, check } = createRequire(import.meta.url)('../binding.js');

const FILE = 'secret-baker-secrets.json';
const ENTRY = {
  ciphertext: 'AQICAHh='.repeat(60),
  arn: 'arn:aws:ssm:eu-central-1:123456789012:parameter/bench/secret',
  version: 1,
};
const BUNDLE = Buffer.from(
  JSON.stringify(Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`SECRET_${index}`, ENTRY]))),
);

/**
 * @typedef {object} Row
 * @property {string} what
 * @property {number} bytes
 * @property {number} copy milliseconds
 * @property {number} missing milliseconds: the bundle is put in
 * @property {number} other milliseconds: another file of that name is replaced
 * @property {number} right milliseconds: it is there already
 * @property {number} look milliseconds: the last look before the upload
 * @property {number} memory bytes above what the process had before the first of these
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

  const before = peakMemory();
  const put = async (/** @type {string} */ kind, /** @type {string[]} */ from) => {
    const list = from.map((zip, index) => ({ name: `f${index}`, zip }));
    const { carried, failure } = await carry(list, BUNDLE, service, folder);
    if (failure) throw new Error(failure.message);
    const found = carried.filter((/** @type {any} */ each) => each.found === kind);
    if (found.length !== count) throw new Error(`${what}: ${found.length} of ${count} were ${kind}`);
    return carried.map((/** @type {any} */ each) => each.path);
  };
  /** @type {Record<'copy' | 'missing' | 'other' | 'right' | 'look', number[]>} */
  const measured = { copy: [], missing: [], other: [], right: [], look: [] };
  for (let run = 0; run < runs; run += 1) {
    empty(folder);
    await timed(measured.copy, async () => {
      for (const [index, path] of paths('missing').entries()) copyFileSync(path, join(folder, `${index}.zip`));
    });
    empty(folder);
    const done = await timed(measured.missing, () => put('missing', paths('missing')));
    await timed(measured.right, () => put('right', done));
    const list = done.map((/** @type {string} */ zip, /** @type {number} */ index) => ({ name: `f${index}`, zip }));
    const failure = await timed(measured.look, () => check(list, '[]', BUNDLE, service));
    if (failure) throw new Error(failure.message);
    empty(folder);
    await timed(measured.other, () => put('other', paths('other')));
  }
  const memory = peakMemory() - before;
  rmSync(service, { recursive: true });
  return { what, bytes: missing.length * count, memory, ...mapped(measured) };
}

/** @param {string} folder */
function empty(folder) {
  rmSync(folder, { recursive: true });
  mkdirSync(folder);
}

/**
 * @template T
 * @param {number[]} to
 * @param {() => Promise<T>} act
 */
async function timed(to, act) {
  const started = performance.now();
  const result = await act();
  to.push(performance.now() - started);
  return result;
}

/** @param {Record<'copy' | 'missing' | 'other' | 'right' | 'look', number[]>} measured */
function mapped({ copy, missing, other, right, look }) {
  return { copy: median(copy), missing: median(missing), other: median(other), right: median(right), look: median(look) };
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
      mb(row.memory),
    ]),
  );
}

/** @param {Row[]} rows */
export function worstAgainstCopy(rows) {
  return Math.max(...rows.map(({ missing, copy }) => missing / copy));
}
