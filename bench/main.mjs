// `npm run bench`: Secret Baker against the old plugin and the AWS SDK for JavaScript. Prints Markdown, and writes it into
// docs/benchmarks.md and README.md.
//
//     npm run bench                        some minutes, on a machine that does nothing else
//     node bench/main.mjs --quick          a small run: every bundle is checked, the figures mean nothing, nothing is written
//     node bench/main.mjs --only speed     how Secret Baker paces its calls, and the goals of that; nothing is written
//     node bench/main.mjs --only sources   each source and local values; nothing is written
//     node bench/main.mjs --only commands  commands on many secrets; nothing is written
//     node bench/main.mjs --only cold      cold starts in Lambda's bootstrap; with --write, their sections are written

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startStandIn } from '../__test__/aws/stand-in.mjs';
import { measureArtefacts } from './artefacts.mjs';
import { measureBucket } from './bucket.mjs';
import { makeCertificates } from './certificates.mjs';
import { measureColdStart } from './cold-start.mjs';
import { measureCommands } from './commands.mjs';
import { goals, goalsOfColdStarts, goalsOfCommands, goalsOfSources, paceGoals } from './goals.mjs';
import { limited } from './limited.mjs';
import { measureLoading } from './loading.mjs';
import { measureLocal } from './local.mjs';
import { compose, marked, write } from './pages.mjs';
import { coldStartLinesOf, coldStartsOf, commandsOf, linesOf, sourcesOf, tablesOf } from './report.mjs';
import { makeParameters } from './secrets.mjs';
import { startServer } from './server.mjs';
import { measureSources } from './sources.mjs';
import { measureSpeed } from './speed.mjs';

/** @import { StandIn } from '../__test__/aws/stand-in.mjs' */
/** @import { Sizes } from './report.mjs' */

/** @type {Sizes} */
const FULL = {
  speed: { latencies: [0, 30], counts: [1, 10, 100, 1000], runs: 7, coldRuns: 5 },
  bucket: { count: 1000, latencyMs: 30, rate: 40, burst: 40, runs: 5, oldRuns: 1 },
  sources: { counts: [16, 100], latencyMs: 30, runs: 7 },
  commands: { count: 300, latencyMs: 30, runs: 7 },
  loading: 9,
  artefacts: { megabytes: [1, 50, 250], functions: 100, entries: 60_000, runs: 7 },
  coldStart: { counts: [1, 10], latencies: [0, 5], runs: 15 },
};
/** @type {Sizes} */
const QUICK = {
  speed: { latencies: [0, 30], counts: [1, 25], runs: 1, coldRuns: 1 },
  bucket: { count: 25, latencyMs: 0, rate: 20, burst: 1, runs: 1, oldRuns: 0 },
  sources: { counts: [4], latencyMs: 5, runs: 1 },
  commands: { count: 60, latencyMs: 5, runs: 1 },
  loading: 1,
  artefacts: { megabytes: [1], functions: 3, entries: 100, runs: 1 },
  coldStart: { counts: [10], latencies: [5], runs: 1 },
};
const [PAGE, README] = ['docs/benchmarks.md', 'README.md'];
const NOTHING_MEANT = 'A quick run: every bundle was right; the figures mean nothing, and nothing was written.';

const FLAGS = /** @type {const} */ ({ quick: { type: 'boolean' }, only: { type: 'string' }, write: { type: 'boolean' } });
const { quick, only, write: writes } = parseArgs({ options: FLAGS }).values;
if (only !== undefined && !['speed', 'sources', 'commands', 'cold'].includes(only))
  throw new Error(`there is nothing to measure that is named ${only}, only speed, sources, commands and cold`);
if (writes && (only !== 'cold' || quick)) throw new Error('--write goes with --only cold, and not with --quick');
const sizes = quick ? QUICK : FULL;
const say = (/** @type {string} */ text) => process.stderr.write(`bench: ${text} ...\n`);
const folder = mkdtempSync(join(tmpdir(), 'secret-baker-bench-'));
const standIn = await startStandIn();
try {
  if (only === 'sources') await runSources();
  else if (only === 'commands') await runCommands();
  else if (only === 'cold') await runCold(standIn);
  else await run(standIn);
} finally {
  await standIn.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** @param {StandIn} standIn */
async function run(standIn) {
  const count = Math.max(sizes.bucket.count, ...sizes.speed.counts);
  say(`${count} SecureStrings, encrypted by the stand-in`);
  const parameters = await makeParameters(standIn, count);
  const certificates = makeCertificates(folder);
  const server = await startServer(parameters, folder, certificates);
  const sites = { open: { parameters, folder, server }, limited: { parameters, folder, server: limited(standIn) } };
  try {
    await (only ? runPace(sites) : runAll(standIn, certificates, sites));
  } finally {
    await server.end();
  }
}

async function runSources() {
  const measured = {
    sources: await measureSources(folder, sizes.sources, say),
    local: await measureLocal(folder, sizes.loading, say),
  };
  const text = [...sourcesOf(measured, sizes), goalsOfSources(measured).join('\n')].join('\n\n');
  console.log(quick ? [text, NOTHING_MEANT].join('\n\n') : text);
}

async function runCommands() {
  const measured = { commands: await measureCommands(folder, sizes.commands, say) };
  const text = [...commandsOf(measured), goalsOfCommands(measured).join('\n')].join('\n\n');
  console.log(quick ? [text, NOTHING_MEANT].join('\n\n') : text);
}

/** @param {StandIn} standIn */
async function runCold(standIn) {
  if (writes) for (const document of [PAGE, README]) marked(document, 'cold');
  const measured = { coldStart: await measureColdStart(standIn, folder, makeCertificates(folder), sizes.coldStart, say) };
  const [cold, lines] = [coldPage(measured), coldStartLinesOf(measured)];
  const pages = compose({ [PAGE]: { cold }, [README]: { cold: lines } });
  console.log([cold, lines, ...(quick ? [NOTHING_MEANT] : [])].join('\n\n'));
  if (writes) publish(pages);
}

/** @param {Pick<import('./report.mjs').Measured, 'coldStart'>} measured */
function coldPage(measured) {
  return [...coldStartsOf(measured, sizes), '## Goals of cold starts', goalsOfColdStarts(measured).join('\n')].join('\n\n');
}

/** @param {Map<string, string>} pages */
function publish(pages) {
  write(pages);
  console.log(`\nWritten into ${[...pages.keys()].join(' and ')}.`);
}

/** @typedef {{open: import('./bakes.mjs').Site & {server: import('./server.mjs').Server}, limited: import('./bakes.mjs').Site}} Sites */

/** @param {Sites} sites */
async function runPace(sites) {
  const counts = sizes.speed.counts.slice(-2);
  const speed = await measureSpeed(sites.open, { ...sizes.speed, latencies: [30], counts, coldRuns: 0 }, say, ['ours']);
  const bucket = await measureBucket(sites.limited, sizes.bucket, say, ['ours']);
  const lines = paceGoals({ speed, bucket });
  console.log((quick ? [...lines, '', NOTHING_MEANT] : lines).join('\n'));
}

/**
 * @param {StandIn} standIn
 * @param {import('./certificates.mjs').Certificates} certificates
 * @param {Sites} sites
 */
async function runAll(standIn, certificates, sites) {
  // Or it would be known only after all was measured.
  for (const document of [PAGE, README])
    for (const section of /** @type {const} */ (['bench', 'cold'])) marked(document, section);
  const measured = {
    perCall: await sites.open.server.perCall(),
    speed: await measureSpeed(sites.open, sizes.speed, say),
    bucket: await measureBucket(sites.limited, sizes.bucket, say),
    sources: await measureSources(folder, sizes.sources, say),
    local: await measureLocal(folder, sizes.loading, say),
    commands: await measureCommands(folder, sizes.commands, say),
    loading: await measureLoading(sites.open, sizes.loading, say),
    artefacts: await measureArtefacts(folder, sizes.artefacts, say),
    coldStart: await measureColdStart(standIn, folder, certificates, sizes.coldStart, say),
  };
  const page = [tablesOf(measured, sizes), '## Goals', goals(measured).join('\n')].join('\n\n');
  // A small run too, so that it finds out what keeps the pages from being written.
  const cold = coldPage(measured);
  const pages = compose({
    [PAGE]: { bench: page, cold },
    [README]: { bench: linesOf(measured, sizes), cold: coldStartLinesOf(measured) },
  });
  console.log([page, cold, ...(quick ? [NOTHING_MEANT] : [])].join('\n\n'));
  if (!quick) publish(pages);
}
