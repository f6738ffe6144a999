// The other side of `artefacts.mjs`: carries and checks, in a process that has never held a zip.

import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { loadAddon } from './addon.mjs';
import { answerParent } from './child.mjs';
import { peakMemory } from './memory.mjs';
import { median } from './numbers.mjs';

const { Bundle, Session } = loadAddon();
const session = new Session();

const ENTRY = {
  ciphertext: 'AQICAHh='.repeat(60),
  arn: 'arn:aws:ssm:eu-central-1:123456789012:parameter/bench/secret',
  version: 1,
};
const read = Bundle.read(
  Buffer.from(JSON.stringify(Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`SECRET_${index}`, ENTRY])))),
);
if (!read.value) throw new Error(read.failure?.message);
const BUNDLE = read.value;

/**
 * @typedef {object} Task
 * @property {string} service
 * @property {string} folder where the artefacts go
 * @property {string[]} missing zips without a bundle, one a function
 * @property {string[]} other zips with another one
 * @property {number} runs
 *
 * @typedef {object} Step medians, in milliseconds
 * @property {number} copy
 * @property {number} missing the bundle is put in
 * @property {number} other another file of that name is replaced
 * @property {number} right it is there already
 * @property {number} look the last look before the upload
 * @property {number} memory bytes above what the process had before, after the first run
 */

answerParent(measure);

/**
 * @param {Task} task
 * @returns {Promise<Step>}
 */
async function measure({ service, folder, missing, other, runs }) {
  const before = peakMemory();
  const put = async (/** @type {string} */ kind, /** @type {string[]} */ from) => {
    const list = from.map((zip, index) => ({ name: `f${index}`, zip }));
    const { value: carried, failure } = await session.put(list, BUNDLE, service, folder);
    if (!carried) throw new Error(failure?.message);
    const found = carried.filter((each) => each.found === kind);
    if (found.length !== from.length) throw new Error(`${found.length} of ${from.length} artefacts were ${kind}`);
    return carried.map((each) => each.path);
  };
  /** @type {Record<'copy' | 'missing' | 'other' | 'right' | 'look', number[]>} */
  const measured = { copy: [], missing: [], other: [], right: [], look: [] };
  let memory = 0;
  for (let run = 0; run < runs; run += 1) {
    empty(folder);
    await timed(measured.copy, async () => {
      for (const [index, path] of missing.entries()) copyFileSync(path, join(folder, `${index}.zip`));
    });
    empty(folder);
    const done = await timed(measured.missing, () => put('missing', missing));
    await timed(measured.right, () => put('right', done));
    const list = done.map((zip, index) => ({ name: `f${index}`, zip }));
    const { failure } = await timed(measured.look, () => session.check(list, BUNDLE, service));
    if (failure) throw new Error(failure.message);
    empty(folder);
    await timed(measured.other, () => put('other', other));
    // A command does this once; what V8 keeps over the other runs is not the artefacts'.
    if (run === 0) memory = peakMemory() - before;
  }
  const medians = Object.entries(measured).map(([step, values]) => [step, median(values)]);
  return { ...Object.fromEntries(medians), memory };
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
