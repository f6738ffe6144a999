// How long a bake takes, by the number of secrets and the latency of the service.

import { bakeByTurns, bakeCold, bakeTime, warmWorkers } from './bakes.mjs';
import { mb, median, ms, table, times } from './numbers.mjs';
import { variants } from './variants.mjs';

/** @import { Run, Site } from './bakes.mjs' */
/** @import { Name } from './variants.mjs' */

/**
 * @typedef {object} Row
 * @property {number} latencyMs
 * @property {number} count
 * @property {number} floor One round trip, ms
 * @property {Map<Name, Run[]>} warm
 * @property {Map<Name, Run[]>} cold
 * @property {Map<Name, Run[]>} coldTls
 *
 * @typedef {{latencies: number[], counts: number[], runs: number, coldRuns: number}} Sizes
 */

export const all = /** @type {Name[]} */ (['old', 'sdk3', 'sdk3All', 'ours']);
/** Beyond that many ms the old plugin bakes once only: it is a matter of half a minute. */
const LONG_MS = 10_000;

/**
 * @param {Site & {server: import('./server.mjs').Server}} site
 * @param {Sizes} sizes
 * @param {(text: string) => void} say
 * @param {Name[]} [names] which are measured
 * @returns {Promise<Row[]>}
 */
export async function measureSpeed(site, { latencies, counts, runs, coldRuns }, say, names = all) {
  const workers = await warmWorkers(site, names);
  const rows = [];
  for (const latencyMs of latencies) {
    for (const count of counts) {
      say(`${count} secrets at ${latencyMs} ms`);
      const floor = await site.server.roundTrip(latencyMs);
      const job = { count, order: { latencyMs } };
      const fewer = (/** @type {Name} */ name, /** @type {number} */ many) => (isLong(name, count, latencyMs) ? 1 : many);
      const warm = await bakeByTurns(site, workers, job, (name) => fewer(name, runs));
      const [cold, coldTls] = [new Map(), new Map()];
      for (const name of names) {
        cold.set(name, await bakeCold(site, { ...job, name }, fewer(name, coldRuns)));
        coldTls.set(name, await bakeCold(site, { ...job, name, tls: true }, fewer(name, coldRuns)));
      }
      rows.push({ latencyMs, count, floor, warm, cold, coldTls });
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
    ...all.map(titleWithLimit),
    'against 2.1.0',
    'against SDK v3',
    'round trips',
  ];
  return table(
    head,
    rows.map((row) => {
      const { latencyMs, count, floor } = row;
      const cells = all.map((name) => `${ms(warmTime(row, name))} (${ms(limitOf(row, name))})`);
      const { againstOld, againstSdk, roundTrips } = ratiosOf(row);
      // Without latency a round trip is only the work of two processes, and nothing to count in.
      const inRoundTrips = latencyMs > 0 ? roundTrips.toFixed(2) : '-';
      return [`${latencyMs} ms, ${count}`, ms(floor), ...cells, times(againstOld), times(againstSdk), inRoundTrips];
    }),
  );
}

/** @param {Row[]} rows */
export function coldTable(rows) {
  return firstBakes(rows, 'cold', ({ cold }, name) =>
    mb(median(runsOf(cold, name).map(({ peak, peakBefore }) => peak - peakBefore))),
  );
}

/** @param {Row[]} rows */
export function coldTlsTable(rows) {
  return firstBakes(rows, 'coldTls', ({ cold, coldTls }, name) => {
    const more = firstTime(coldTls, name) - firstTime(cold, name);
    return `${more < 0 ? '-' : '+'}${ms(Math.abs(more))}`;
  });
}

/**
 * @param {Row[]} rows
 * @param {'cold' | 'coldTls'} which
 * @param {(row: Row, name: Name) => string} beside What stands beside a time
 */
function firstBakes(rows, which, beside) {
  const head = ['latency, secrets', ...all.map((name) => variants[name].title), 'against 2.1.0', 'against SDK v3'];
  return table(
    head,
    rows.map((row) => {
      const time = (/** @type {Name} */ name) => firstTime(row[which], name);
      const cells = all.map((name) => `${ms(time(name))}, ${beside(row, name)}`);
      const against = [time('old'), sdkTime(time)].map((other) => times(other / time('ours')));
      return [`${row.latencyMs} ms, ${row.count}`, ...cells, ...against];
    }),
  );
}

/**
 * What a user waits for: loading, and the bake.
 * @param {Map<Name, Run[]>} runs
 * @param {Name} name
 */
export function firstTime(runs, name) {
  return median(runsOf(runs, name).map(({ loadMs, bakeMs }) => loadMs + bakeMs));
}

/** The quicker one of the two ways with SDK v3. @param {(name: Name) => number} time */
export function sdkTime(time) {
  return Math.min(time('sdk3'), time('sdk3All'));
}

/** The memory of the framework itself, before any plugin. @param {Row[]} rows */
export function frameworkMemory(rows) {
  return median(rows.flatMap(({ cold }) => [...cold.values()].flat().map(({ peakBefore }) => peakBefore)));
}

/** @param {Row} row */
export function ratiosOf(row) {
  const time = (/** @type {Name} */ name) => warmTime(row, name);
  return {
    againstOld: time('old') / time('ours'),
    againstSdk: sdkTime(time) / time('ours'),
    roundTrips: time('ours') / row.floor,
  };
}

/** @param {Row} row @param {Name} name */
export function warmTime(row, name) {
  return bakeTime(runsOf(row.warm, name));
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

/**
 * The rows that goals are about: the two largest counts at the highest latency.
 * @param {Row[]} rows
 */
export function largest(rows) {
  const latencyMs = Math.max(...rows.map((row) => row.latencyMs));
  const [most, many] = rows.filter((row) => row.latencyMs === latencyMs).sort((a, b) => b.count - a.count);
  if (!many || !most) throw new Error(`fewer than two counts were measured at ${latencyMs} ms`);
  return { many, most };
}
