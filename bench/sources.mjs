// A bake of entries of each source, and what a large SOPS file takes.

import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startChild } from './child.mjs';
import { mb, median, ms, table } from './numbers.mjs';
import { BLOB, KEY_ARN, sopsFile } from './sops-file.mjs';

/** @import { Baked } from './bake-child.mjs' */
/** @import { Child } from './child.mjs' */

const LARGE = { bytes: 5_000_000, value: 200 };

/** Calls that must wait for others: 16 at once, then 32, then 64. @param {number} count */
const rounds = (count) => [0, 16, 48].filter((before) => count > before).length;

/**
 * @typedef {object} SourceOf
 * @property {string} title
 * @property {(index: number) => object} entry
 * @property {(count: number) => number} calls
 * @property {(count: number) => number} trips round trips at best
 */

/** @type {SourceOf[]} */
const SOURCES = [
  {
    title: 'KMS ciphertext in the config',
    entry: (index) => ({ name: `S${index}`, kms: BLOB, keyArn: KEY_ARN }),
    calls: () => 0,
    trips: () => 0,
  },
  {
    title: 'one SOPS file',
    entry: (index) => ({ name: `S${index}`, sops: 'secrets.yaml', field: `S${index}` }),
    calls: () => 0,
    trips: () => 0,
  },
  {
    title: 'Secrets Manager',
    entry: (index) => ({ name: `S${index}`, secretsManager: `bench/s${index}` }),
    calls: (count) => count,
    trips: rounds,
  },
  {
    title: 'credstash',
    entry: (index) => ({ name: `S${index}`, credstash: `bench.s${index}` }),
    calls: (count) => count,
    trips: rounds,
  },
];

/**
 * @typedef {{title: string, count: number, time: number, calls: number, trips: number}} Row
 * @typedef {{rows: Row[], latencyMs: number, large: {bytes: number, leaves: number, time: number, memory: number}}} Sources
 */

/**
 * @param {string} folder
 * @param {{counts: number[], latencyMs: number, runs: number}} sizes
 * @param {(text: string) => void} say
 * @returns {Promise<Sources>}
 */
export async function measureSources(folder, { counts, latencyMs, runs }, say) {
  const server = startChild('sources-server.mjs', [], folder);
  const serviceDir = mkdtempSync(join(folder, 'sources-'));
  writeFileSync(join(serviceDir, 'secrets.yaml'), sopsFile(valuesOf(Math.max(...counts), 40)));
  const baker = startChild('bake-child.mjs', [], folder);
  try {
    const rows = [];
    for (const count of counts) {
      say(`${count} entries of each source`);
      for (const source of SOURCES) rows.push(await rowOf(source, { server, baker, serviceDir, count, latencyMs, runs }));
    }
    say('a large SOPS file');
    return { rows, latencyMs, large: await measureLarge(folder, runs) };
  } finally {
    await baker.end();
    await server.end();
  }
}

/** @param {number} count @param {number} length */
function valuesOf(count, length) {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`S${index}`, 'v'.repeat(length)]));
}

/**
 * @param {SourceOf} source
 * @param {{server: Child, baker: Child, serviceDir: string, count: number, latencyMs: number, runs: number}} site
 * @returns {Promise<Row>}
 */
async function rowOf({ title, entry, calls, trips }, { server, baker, serviceDir, count, latencyMs, runs }) {
  const config = Array.from({ length: count }, (_, index) => entry(index));
  const times = [];
  // The first of a source is not counted: it opens the connections of nobody, but fills the caches of the file system.
  for (let run = 0; run <= runs; run += 1) {
    const { endpoint } = await server.ask({ latencyMs });
    /** @type {Baked} */
    const baked = await baker.ask({ endpoint, config, serviceDir });
    const seen = await server.ask({});
    const wrong = mistakeOf(baked, seen, count, calls(count));
    if (wrong) throw new Error(`${count} entries of ${title}: ${wrong}`);
    if (run > 0) times.push(baked.bakeMs);
  }
  return { title, count, time: median(times), calls: calls(count), trips: trips(count) };
}

/**
 * @param {Baked} baked
 * @param {import('./sources-server.mjs').Seen} seen
 * @param {number} count
 * @param {number} calls
 */
function mistakeOf({ names, error }, seen, count, calls) {
  if (error) return `the bake failed: ${error}`;
  if (seen.opening > 0) return `${seen.opening} calls would have opened something`;
  if (seen.calls !== calls) return `it made ${seen.calls} calls, not ${calls}`;
  return names.length === count ? undefined : `the bundle holds ${names.length}`;
}

/**
 * All leaves of a file, in a process that has baked nothing before.
 * @param {string} folder
 * @param {number} runs
 */
async function measureLarge(folder, runs) {
  const serviceDir = mkdtempSync(join(folder, 'large-'));
  const one = sopsFile(valuesOf(1, LARGE.value)).split('\n', 1)[0]?.length ?? 0;
  const leaves = Math.floor(LARGE.bytes / one);
  const text = sopsFile(valuesOf(leaves, LARGE.value));
  writeFileSync(join(serviceDir, 'large.yaml'), text);
  const done = [];
  for (let run = 0; run < runs; run += 1) {
    const baker = startChild('bake-child.mjs', [], folder);
    try {
      // One leaf: what the file takes, not the bundle.
      const question = { endpoint: 'http://127.0.0.1:9', config: [{ name: 'S', sops: 'large.yaml', field: 'S1' }], serviceDir };
      /** @type {Baked} */
      const baked = await baker.ask(question);
      if (baked.error || baked.names.length !== 1) throw new Error(`a large SOPS file: ${baked.error ?? 'no secret'}`);
      done.push(baked);
    } finally {
      await baker.end();
    }
  }
  return {
    bytes: text.length,
    leaves,
    time: median(done.map(({ bakeMs }) => bakeMs)),
    memory: median(done.map(({ memory }) => memory)),
  };
}

/** @param {Sources} measured */
export function sourcesTable({ rows, latencyMs }) {
  return table(
    ['source', 'entries', 'calls', 'time', 'in round trips', 'at best'],
    rows.map(({ title, count, time, calls, trips }) => [
      title,
      count,
      calls,
      ms(time),
      trips === 0 ? '-' : (time / latencyMs).toFixed(2),
      trips,
    ]),
  );
}

/** @param {Sources} measured */
export function largeLine({ large: { bytes, leaves, time, memory } }) {
  return `One value of a SOPS file of ${mb(bytes)} with ${leaves.toLocaleString('en-US')} values is baked in ${ms(time)}, with ${mb(memory)} of memory above what the process had.`;
}

/**
 * @param {Sources} measured
 * @param {(is: boolean) => string} met
 */
export function sourcesGoals({ rows, latencyMs }, met) {
  return rows
    .filter(({ trips, count }) => trips > 0 && count <= 16)
    .map(({ title, count, time }) => {
      const taken = time / latencyMs;
      return `- ${count} entries of ${title} in one round trip, with at most half of another for the rest: ${taken.toFixed(2)}, ${met(taken <= 1.5)}`;
    });
}
