// The account's calls a second, enforced.

import { bakeByTurns, bakeTime, warmWorkers } from './bakes.mjs';
import { median, ms, table } from './numbers.mjs';
import { all } from './speed.mjs';
import { variants } from './variants.mjs';

/** @import { Run, Site } from './bakes.mjs' */
/** @import { Name } from './variants.mjs' */

/**
 * @typedef {{count: number, latencyMs: number, rate: number, burst: number, runs: number, oldRuns: number}} Bucket
 * @typedef {{name: Name, runs: Run[], baked: Run[], limitMs: number}} Row `baked` are the runs that did not fail
 */

/**
 * @param {Site} site
 * @param {Bucket} bucket
 * @param {(text: string) => void} say
 * @param {Name[]} [names] which are measured
 * @returns {Promise<Row[]>} of the variants that run at all
 * @throws {Error} when a bake of ours fails
 */
export async function measureBucket(site, { count, latencyMs, rate, burst, runs, oldRuns }, say, names = all) {
  say(`${count} secrets under a bucket of ${rate} calls a second`);
  const workers = await warmWorkers(
    site,
    names.filter((name) => name !== 'old' || oldRuns > 0),
  );
  const job = { count, order: { latencyMs, bucket: { rate, burst } }, mayFail: true };
  const done = await bakeByTurns(site, workers, job, (name) => (name === 'old' ? oldRuns : runs));
  for (const worker of workers.values()) await worker.end();
  const failed = done.get('ours')?.find(({ error }) => error !== undefined);
  if (failed) throw new Error(`Secret Baker failed under a bucket of ${rate} calls a second: ${failed.error}`);
  return [...done].map(([name, of]) => {
    const limitMs = (Math.max(0, variants[name].calls(count) - burst) / rate) * 1000;
    return { name, runs: of, baked: of.filter(({ error }) => error === undefined), limitMs };
  });
}

/** @param {Row[]} rows */
export function bucketTable(rows) {
  const head = ['', 'bakes that failed', 'calls', 'of them throttled', 'time', "the bucket's limit", 'time / limit'];
  return table(
    head,
    rows.map(({ name, runs, baked, limitMs }) => [
      variants[name].title,
      `${runs.length - baked.length} of ${runs.length}`,
      ...Object.values(callsOf({ runs })),
      baked.length > 0 ? ms(bakeTime(baked)) : '-',
      ms(limitMs),
      baked.length > 0 ? (bakeTime(baked) / limitMs).toFixed(2) : '-',
    ]),
  );
}

/** What the account feels of ours, and how long it takes by the bucket's limit. @param {Row[]} rows */
export function underBucket(rows) {
  const ours = rows.find(({ name }) => name === 'ours');
  if (!ours) throw new Error('Secret Baker was not measured under the bucket');
  const { calls, throttled } = callsOf(ours);
  return { calls, throttled, overLimit: bakeTime(ours.baked) / ours.limitMs };
}

/** @param {Pick<Row, 'runs'>} row */
function callsOf({ runs }) {
  const of = (/** @type {'calls' | 'throttled'} */ field) => median(runs.map(({ seen }) => seen[field]));
  return { calls: of('calls'), throttled: of('throttled') };
}
