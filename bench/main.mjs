// `npm run bench`: Secret Baker against the old plugin and the AWS SDK for JavaScript. Prints Markdown.
//
//     npm run bench                  some minutes, on a machine that does nothing else
//     node bench/main.mjs --quick    a small run: every bundle is checked, the figures mean nothing

import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStandIn } from '../__test__/aws/stand-in.mjs';
import { artefactsTable, measureArtefacts, worstAgainstCopy, worstMemory } from './artefacts.mjs';
import { bucketTable, measureBucket, overLimit } from './bucket.mjs';
import { coldStartGoals, coldStartTable, measureColdStart } from './cold-start.mjs';
import { limited } from './limited.mjs';
import { loadingTable, measureLoading, probesTable } from './loading.mjs';
import { mb, ms } from './numbers.mjs';
import { makeParameters } from './secrets.mjs';
import { startServer } from './server.mjs';
import { coldTable, frameworkMemory, measureSpeed, mostAtOnce, ratiosOf, speedTable } from './speed.mjs';

const FULL = {
  speed: { latencies: [0, 30], counts: [1, 10, 100, 1000], runs: 7, coldRuns: 3 },
  bucket: { count: 1000, latencyMs: 30, rate: 40, burst: 40, runs: 5, oldRuns: 1 },
  loading: 9,
  artefacts: { megabytes: [1, 50, 250], functions: 100, entries: 60_000, runs: 7 },
  coldStart: { counts: [1, 10], latencies: [0, 5], runs: 15 },
};
const QUICK = {
  speed: { latencies: [0, 30], counts: [1, 25], runs: 1, coldRuns: 1 },
  bucket: { count: 25, latencyMs: 0, rate: 20, burst: 1, runs: 1, oldRuns: 0 },
  loading: 1,
  artefacts: { megabytes: [1], functions: 3, entries: 100, runs: 1 },
  coldStart: { counts: [1, 10], latencies: [0, 5], runs: 1 },
};

const quick = process.argv.includes('--quick');
const sizes = quick ? QUICK : FULL;
const say = (/** @type {string} */ text) => process.stderr.write(`bench: ${text} ...\n`);
const folder = mkdtempSync(join(tmpdir(), 'secret-baker-bench-'));
const standIn = await startStandIn();
try {
  await run(standIn);
} finally {
  await standIn.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** @param {import('../__test__/aws/stand-in.mjs').StandIn} standIn */
async function run(standIn) {
  const count = Math.max(sizes.bucket.count, ...sizes.speed.counts);
  say(`${count} SecureStrings, encrypted by the stand-in`);
  const parameters = await makeParameters(standIn, count);
  const server = await startServer(parameters, folder);
  try {
    const perCall = await server.perCall();
    const speed = await measureSpeed({ parameters, folder, server }, sizes.speed, say);
    const bucket = await measureBucket({ parameters, folder, server: limited(standIn) }, sizes.bucket, say);
    const loading = await measureLoading({ parameters, folder, server }, sizes.loading, say);
    const artefacts = await measureArtefacts(folder, sizes.artefacts, say);
    const coldStart = await measureColdStart(standIn, folder, sizes.coldStart, say);
    print({ perCall, speed, bucket, loading, artefacts, coldStart });
  } finally {
    await server.end();
  }
}

/**
 * @param {object} measured
 * @param {number} measured.perCall
 * @param {import('./speed.mjs').Row[]} measured.speed
 * @param {import('./bucket.mjs').Row[]} measured.bucket
 * @param {import('./loading.mjs').Loading} measured.loading
 * @param {import('./artefacts.mjs').Row[]} measured.artefacts
 * @param {import('./cold-start.mjs').ColdStart} measured.coldStart
 */
function print({ perCall, speed, bucket, loading, artefacts, coldStart }) {
  const { count, latencyMs, rate, burst } = sizes.bucket;
  const parts = [
    machine(),
    `The server takes ${ms(perCall)} for a call when it never has to wait for one; the framework alone has ${mb(frameworkMemory(speed))}. ` +
      `Most calls at once: Secret Baker ${mostAtOnce(speed, 'ours')}, AWS SDK v3 ${mostAtOnce(speed, 'sdk3')}.`,
    `### A bake in a process that has baked before (median of ${sizes.speed.runs}; in brackets the limit: one round trip for each serial step)`,
    speedTable(speed),
    `### The first bake of a process, loading included (median of ${sizes.speed.coldRuns}), and its memory above the framework's`,
    coldTable(speed),
    `### ${count} secrets at ${latencyMs} ms, where the account has ${rate} calls a second and a burst of ${burst}, enforced by the stand-in (median of ${sizes.bucket.runs}; 2.1.0 once)`,
    bucketTable(bucket),
    `### A command that bakes nothing (median of ${sizes.loading}; the addon has ${mb(loading.addonBytes)})`,
    loadingTable(loading),
    probesTable(loading),
    `### The bundle into every artefact (median of ${sizes.artefacts.runs}; memory above what the process had)`,
    artefactsTable(artefacts),
    `### A cold start: a new process that imports, opens secrets from the stand-in and ends (median of ${sizes.coldStart.runs}; in brackets how many times ours)`,
    coldStartTable(coldStart),
    ...(quick
      ? ['A quick run: every bundle was right; the figures mean nothing.']
      : [goals({ speed, bucket, loading, artefacts, coldStart })]),
  ];
  console.log(parts.join('\n\n'));
}

function machine() {
  const processors = cpus();
  const date = new Date().toISOString().slice(0, 10);
  const cores = `${processors.length} cores of ${processors[0]?.model.trim() ?? 'an unknown processor'}`;
  return `${date}, ${cores}, ${process.platform} ${process.arch}, Node ${process.versions.node}`;
}

/** @param {Omit<Parameters<typeof print>[0], 'perCall'>} measured */
function goals({ speed, bucket, loading, artefacts, coldStart }) {
  const row = speed.find((candidate) => candidate.latencyMs === 30 && candidate.count === 100);
  const { againstOld, roundTrips } = row ? ratiosOf(row) : { againstOld: Number.NaN, roundTrips: Number.NaN };
  const addon = loading.probes.get('addon')?.ms ?? Number.NaN;
  const { memory, allowed } = worstMemory(artefacts);
  const met = (/** @type {boolean} */ is) => (is ? 'met' : 'NOT met');
  return [
    '### Goals',
    '',
    `- 100 secrets at 30 ms in at most 1.6 round trips: ${roundTrips.toFixed(2)}, ${met(roundTrips <= 1.6)}`,
    `- 100 secrets at 30 ms at least 70 times as fast as 2.1.0: ${againstOld.toFixed(0)} times, ${met(againstOld >= 70)}`,
    `- under the bucket no bake fails, in at most 1.3 of its limit: ${overLimit(bucket).toFixed(2)}, ${met(overLimit(bucket) <= 1.3)}`,
    `- the addon loads within 5 ms: ${ms(addon)}, ${met(addon <= 5)}`,
    `- the bundle is put into an artefact, or another one replaced, in at most 1.5 times a plain copy: ${worstAgainstCopy(artefacts).toFixed(2)}, ${met(worstAgainstCopy(artefacts) <= 1.5)}`,
    `- no more memory for it than three central directories and 8 MB: ${mb(memory)} of ${mb(allowed)}, ${met(memory <= allowed)}`,
    ...coldStartGoals(coldStart, met),
    `- the addon has at most 6.5 MB: ${mb(loading.addonBytes)}, ${met(loading.addonBytes <= 6.5e6)}`,
  ].join('\n');
}
