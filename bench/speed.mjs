// First table: how long a bake takes, by the number of secrets and the latency of the service.

import { bakeByTurns, bakeCold, bakeTime, warmWorkers } from './bakes.mjs';
import { mb, median, ms, table, times } from './numbers.mjs';
import { variants } from './variants.mjs';

/** @import { Name, Run, Site } from './bakes.mjs' */

/**
 * @typedef {object} Row
 * @property {number} latencyMs
 * @property {number} count
 * @property {number} floor One round trip, ms
 * @property {Map<Name, Run[]>} warm
 * @property {Map<Name, Run[]>} cold
 *
 * @typedef {{latencies: number[], counts: number[], runs: number, coldRuns: number}} Sizes
 */

const names = /** @type {Name[]} */ (['old', 'sdk3', 'ours']);
/** Beyond that many ms the old plugin bakes once only: it is a matter of half a minute. */
const LONG_MS = 10_000;

/**
 * @param {Site & {server: import('./server.mjs').Server}} site
 * @param {Sizes} sizes
 * @param {(text: string) => void} say
 * @returns {Promise<Row[]>}
 */
export async function measureSpeed(site, { latencies, counts, runs, coldRuns }, say) {
  const workers = await warmWorkers(site, names);
  const rows = [];
  for (const latencyMs of latencies) {
    for (const count of counts) {
      say(`${count} secrets at ${latencyMs} ms`);
      const floor = await site.server.roundTrip(latencyMs);
      const job = { count, order: { latencyMs } };
      const fewer = (/** @type {Name} */ name, /** @type {number} */ many) => (isLong(name, count, latencyMs) ? 1 : many);
      const warm = await bakeByTurns(site, workers, job, (name) => fewer(name, runs));
      const cold = new Map();
      for (const name of names) cold.set(name, await bakeCold(site, { ...job, name }, fewer(name, coldRuns)));
      rows.push({ latencyMs, count, floor, warm, cold });
    }
  }
  for (const worker of workers.values()) await worker.end();
  return rows;
}

/**
 * @param {Name} name
 * @param {number} count
 * @param {number} latencyMs
 */
function isLong(name, count, latencyMs) {
  return variants[name].rounds(count) * latencyMs > LONG_MS;
}

/** @param {Row[]} rows */
export function speedTable(rows) {
  const head = [
    'latency, secrets',
    'one round trip',
    ...names.map(titleWithLimit),
    'against 2.1.0',
    'against SDK v3',
    'round trips',
  ];
  return table(
    head,
    rows.map((row) => {
      const { latencyMs, count, floor } = row;
      const cells = names.map((name) => `${ms(bakeTime(runsOf(row.warm, name)))} (${ms(limitOf(row, name))})`);
      const { againstOld, againstSdk, roundTrips } = ratiosOf(row);
      // Without latency a round trip is only the work of two processes, and nothing to count in.
      const inRoundTrips = latencyMs > 0 ? roundTrips.toFixed(2) : '-';
      return [`${latencyMs} ms, ${count}`, ms(floor), ...cells, times(againstOld), times(againstSdk), inRoundTrips];
    }),
  );
}

/** @param {Row[]} rows */
export function coldTable(rows) {
  const head = ['latency, secrets', ...names.map((name) => variants[name].title), 'against 2.1.0', 'against SDK v3'];
  return table(
    head,
    rows.map(({ latencyMs, count, cold }) => {
      const time = (/** @type {Name} */ name) => median(runsOf(cold, name).map(({ loadMs, bakeMs }) => loadMs + bakeMs));
      const memory = (/** @type {Name} */ name) => median(runsOf(cold, name).map(({ peak, peakBefore }) => peak - peakBefore));
      const cells = names.map((name) => `${ms(time(name))}, ${mb(memory(name))}`);
      return [`${latencyMs} ms, ${count}`, ...cells, times(time('old') / time('ours')), times(time('sdk3') / time('ours'))];
    }),
  );
}

/** The memory of the framework itself, before any plugin. @param {Row[]} rows */
export function frameworkMemory(rows) {
  return median(rows.flatMap(({ cold }) => [...cold.values()].flat().map(({ peakBefore }) => peakBefore)));
}

/** @param {Row} row */
export function ratiosOf(row) {
  const ours = bakeTime(runsOf(row.warm, 'ours'));
  return {
    againstOld: bakeTime(runsOf(row.warm, 'old')) / ours,
    againstSdk: bakeTime(runsOf(row.warm, 'sdk3')) / ours,
    roundTrips: ours / row.floor,
  };
}

/** The most calls at once that the server saw of a variant. @param {Row[]} rows @param {Name} name */
export function mostAtOnce(rows, name) {
  return Math.max(...rows.flatMap(({ warm }) => runsOf(warm, name).map(({ seen }) => seen.mostAtOnce)));
}

/** @param {Name} name */
function titleWithLimit(name) {
  return `${variants[name].title} (limit)`;
}

/**
 * No client can be quicker that makes its calls in this order.
 * @param {Row} row
 * @param {Name} name
 */
function limitOf({ count, floor }, name) {
  return variants[name].rounds(count) * floor;
}

/**
 * @param {Map<Name, Run[]>} runs
 * @param {Name} name
 */
function runsOf(runs, name) {
  return runs.get(name) ?? [];
}
