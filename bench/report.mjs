// What was measured, as Markdown: all tables, and the lines of them that the README keeps.

import { cpus } from 'node:os';
import { artefactsTable } from './artefacts.mjs';
import { bakeTime } from './bakes.mjs';
import { bucketTable } from './bucket.mjs';
import { coldStartLines, coldStartTable, filesTable } from './cold-tables.mjs';
import { commandsTable } from './commands.mjs';
import { loadingTable, probesTable } from './loading.mjs';
import { localLine } from './local.mjs';
import { mb, ms, table } from './numbers.mjs';
import { largeLine, sourcesTable } from './sources.mjs';
import {
  coldTable,
  coldTlsTable,
  firstTime,
  frameworkMemory,
  largest,
  mostAtOnce,
  sdkTime,
  speedTable,
  warmTime,
} from './speed.mjs';

/** @import { Name } from './variants.mjs' */

/**
 * @typedef {object} Measured
 * @property {number} perCall
 * @property {import('./speed.mjs').Row[]} speed
 * @property {import('./bucket.mjs').Row[]} bucket
 * @property {import('./sources.mjs').Sources} sources
 * @property {import('./local.mjs').Local} local
 * @property {import('./commands.mjs').Commands} commands
 * @property {import('./loading.mjs').Loading} loading
 * @property {import('./artefacts.mjs').Row[]} artefacts
 * @property {import('./cold-start.mjs').ColdStart} coldStart
 *
 * @typedef {object} Sizes
 * @property {import('./speed.mjs').Sizes} speed
 * @property {import('./bucket.mjs').Bucket} bucket
 * @property {{counts: number[], latencyMs: number, runs: number}} sources
 * @property {{count: number, latencyMs: number, runs: number}} commands
 * @property {number} loading Runs
 * @property {{megabytes: number[], functions: number, entries: number, runs: number}} artefacts
 * @property {import('./cold-start.mjs').Sizes} coldStart
 */

/**
 * @param {Measured} measured
 * @param {Sizes} sizes
 */
export function tablesOf(measured, sizes) {
  const { perCall, speed, bucket, loading, artefacts } = measured;
  const { count, latencyMs, rate, burst } = sizes.bucket;
  return [
    `${today()}, ${machine()}, ${node()}`,
    `The server takes ${ms(perCall)} for a call when it never has to wait for one; the framework alone has ${mb(frameworkMemory(speed))}. ` +
      `Most calls at once: Secret Baker ${mostAtOnce(speed, 'ours')}, AWS SDK v3 ${mostAtOnce(speed, 'sdk3')} or ${mostAtOnce(speed, 'sdk3All')}.`,
    `## A bake in a process that has baked before (median of ${sizes.speed.runs}; in brackets the limit: one round trip for each serial step)`,
    speedTable(speed),
    `## The first bake of a process, loading included (median of ${sizes.speed.coldRuns}), and its memory above the framework's`,
    coldTable(speed),
    `## The first bake of a process over TLS (median of ${sizes.speed.coldRuns}), and how much more that takes`,
    coldTlsTable(speed),
    `## ${count} secrets at ${latencyMs} ms, where the account has ${rate} calls a second and a burst of ${burst}, enforced by the stand-in (median of ${sizes.bucket.runs}; 2.1.0 once)`,
    bucketTable(bucket),
    ...sourcesOf(measured, sizes),
    ...commandsOf(measured),
    `## A command that bakes nothing (median of ${sizes.loading}; the addon has ${mb(loading.addonBytes)})`,
    loadingTable(loading),
    probesTable(loading),
    `## The bundle into every artefact (median of ${sizes.artefacts.runs}; memory above what the process had)`,
    artefactsTable(artefacts),
  ].join('\n\n');
}

/**
 * Of each source, and of local values.
 * @param {Pick<Measured, 'sources' | 'local'>} measured
 * @param {Sizes} sizes
 */
export function sourcesOf({ sources, local }, sizes) {
  return [
    `## A bake of each source at ${sources.latencyMs} ms, by the core alone in a process that has baked before (median of ${sizes.sources.runs})`,
    sourcesTable(sources),
    largeLine(sources),
    `## Local values, without AWS (median of ${sizes.loading}, each in a process of its own)`,
    localLine(local),
  ];
}

/**
 * Of commands.
 * @param {Pick<Measured, 'commands'>} measured
 */
export function commandsOf({ commands }) {
  return [
    `## Commands at ${commands.latencyMs} ms (median of ${commands.runs}, each a process of its own)`,
    commandsTable(commands),
  ];
}

/**
 * Of cold starts in Lambda's bootstrap, with their date.
 * @param {Pick<Measured, 'coldStart'>} measured
 * @param {Sizes} sizes
 */
export function coldStartsOf({ coldStart }, sizes) {
  const { runs } = sizes.coldStart;
  return [
    `## A cold start in Lambda's bootstrap, over TLS (median of ${runs}; init + first invocation, and how many times ours in the same runtime)`,
    `${today()}, ${machine()}`,
    coldStartTable(coldStart),
    `## A cold start with the secrets of one SOPS file, which share a call to KMS (median of ${runs})`,
    filesTable(coldStart),
  ];
}

/**
 * Three lines of them, with their date.
 * @param {Pick<Measured, 'coldStart'>} measured
 */
export function coldStartLinesOf({ coldStart }) {
  return [`Measured on ${today()} in Lambda's own bootstrap, over TLS: ${machine()}.`, coldStartLines(coldStart)].join('\n\n');
}

/**
 * Four lines with their date.
 * @param {Measured} measured
 * @param {Sizes} sizes
 */
export function linesOf({ speed, bucket }, sizes) {
  const { many, most } = largest(speed);
  const bake = (/** @type {typeof many} */ row) => inTurn((name) => warmTime(row, name));
  const of = ({ count, latencyMs } = many) => `${count} secrets at ${latencyMs} ms`;
  return [
    `Measured on ${today()}: ${machine()}, ${node()}.`,
    table(
      ['', '2.1.0 and its examples', 'AWS SDK v3', 'Secret Baker'],
      [
        [`a bake of ${of(many)}`, ...bake(many)],
        [`a bake of ${of(most)}`, ...bake(most)],
        [`the first bake of a process, over TLS, ${of(many)}`, ...inTurn((name) => firstTime(many.coldTls, name))],
        [`a bake of ${sizes.bucket.count} under ${sizes.bucket.rate} calls a second`, ...throttled(bucket)],
      ],
    ),
  ].join('\n\n');
}

/** @param {(name: Name) => number} time */
function inTurn(time) {
  return [ms(time('old')), ms(sdkTime(time)), ms(time('ours'))];
}

/** @param {import('./bucket.mjs').Row[]} rows */
function throttled(rows) {
  return /** @type {Name[]} */ (['old', 'sdk3', 'ours']).map((name) => {
    const row = rows.find((each) => each.name === name);
    if (!row) return '-';
    const failed = row.runs.length - row.baked.length;
    const time = row.baked.length > 0 ? ms(bakeTime(row.baked)) : '';
    const failures = failed > 0 ? `${failed} of ${row.runs.length} fail` : '';
    return [time, failures].filter(Boolean).join(', ');
  });
}

function today() {
  return new Date().toISOString().slice(0, 10);
}

function machine() {
  const processors = cpus();
  const cores = `${processors.length} cores of ${processors[0]?.model.trim() ?? 'an unknown processor'}`;
  return `${cores}, ${process.platform} ${process.arch}`;
}

/** What bakes. */
function node() {
  return `Node ${process.versions.node}`;
}
