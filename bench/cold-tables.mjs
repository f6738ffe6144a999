// What was measured of cold starts, as Markdown: tables, goals, and the lines that the README keeps.

import { OURS, PAIRS, THEIRS } from './cold-ways.mjs';
import { mb, ms, table, times } from './numbers.mjs';

/** @import { Added, ColdStart, Column, Row } from './cold-start.mjs' */

/** @param {Column} column */
const titleOf = ({ count, latencyMs }) => `${count} at ${latencyMs} ms`;

/** @param {Added} added */
const parts = ({ init, first, sum }) => `${ms(sum)} (${part(init)} + ${part(first)})`;
/** @param {number} value */
const part = (value) => ms(value).replace(' ms', '');

/** @param {ColdStart} measured */
export function coldStartTable({ rows }) {
  const columns = [...new Set(rows.map(titleOf))];
  const titles = [...new Set(rows.map(({ title }) => title))];
  const cell = (/** @type {string} */ title, /** @type {string} */ column) => {
    const row = rows.find((each) => each.title === title && titleOf(each) === column);
    if (!row) return '-';
    return row.against === 1 ? parts(row.added) : `${parts(row.added)}, ${times(row.against)}`;
  };
  return table(
    ['added to a cold start', ...columns],
    titles.map((title) => [title, ...columns.map((column) => cell(title, column))]),
  );
}

/** @param {ColdStart} measured */
export function filesTable({ files }) {
  return table(
    ['added to a cold start', 'secrets', 'of parameters', 'of one SOPS file'],
    files.map((row) => [row.title, titleOf(row), parts(row.parameters), parts(row.file)]),
  );
}

/**
 * Of the most secrets at the longest latency: in each language the way of 2.1.0's examples, that of the SDK, and ours.
 * @param {ColdStart} measured
 */
export function coldStartLines({ rows }) {
  const last = rows.reduce((most, row) => (row.count >= most.count && row.latencyMs >= most.latencyMs ? row : most));
  const sum = (/** @type {string} */ title) => {
    const row = rows.find((each) => each.title === title && titleOf(each) === titleOf(last));
    return row ? ms(row.added.sum) : '-';
  };
  const language = (/** @type {string} */ title) => title.split(', ')[1];
  return table(
    [
      `added to a cold start by ${last.count} secrets at ${last.latencyMs} ms`,
      '2.1.0 and its examples',
      'AWS SDK v3',
      'Secret Baker',
    ],
    [
      [language(OURS.node), sum(THEIRS.sdk2), sum(THEIRS.sdk3), sum(OURS.node)],
      [language(OURS.python), sum(THEIRS.boto3), '-', sum(OURS.python)],
      ['the launcher', '-', '-', sum(OURS.launcher)],
    ].map((cells) => cells.map(String)),
  );
}

/**
 * @param {ColdStart} measured
 * @param {(is: boolean) => string} met
 * @returns {string[]} lines of a list
 */
export function coldStartGoals({ rows, launcherBytes, warmNs, warmBytes }, met) {
  return [
    ...PAIRS.node.map((pair) => shareOf(rows, pair, 4, 'the AWS SDK v3 as bundled by esbuild', met)),
    ...PAIRS.python.map((pair) => shareOf(rows, pair, 6, 'boto3', met)),
    launcherGoal(rows, met),
    `- the launcher has at most 4 MB: ${Number.isNaN(launcherBytes) ? NOT_MEASURED : `${mb(launcherBytes)}, ${met(launcherBytes <= 4e6)}`}`,
    `- a secret that is open already takes less than 1 µs in Node.js, awaited: ${(warmNs / 1000).toFixed(2)} µs, ${met(warmNs < 1000)}; ${warmBytes.toFixed(0)} bytes for each that is kept`,
  ];
}

const NOT_MEASURED = 'not measured here';

/**
 * @param {Row[]} rows
 * @param {(is: boolean) => string} met
 */
function launcherGoal(rows, met) {
  const launched = rows.filter(({ title }) => title === OURS.launcher);
  const slowest = Math.max(...launched.map(({ added, latencyMs }) => added.sum - latencyMs));
  const found = launched.length === 0 ? NOT_MEASURED : `${ms(slowest)} beside the latency, ${met(slowest <= 15)}`;
  return `- the launcher adds at most 15 ms and one round trip: ${found}`;
}

/**
 * @param {Row[]} rows
 * @param {{ours: string, theirs: string}} pair
 * @param {number} goal
 * @param {string} whose
 * @param {(is: boolean) => string} met
 */
function shareOf(rows, { ours, theirs }, goal, whose, met) {
  const says = `- ${ours} adds at most a ${goal === 4 ? 'quarter' : 'sixth'} of what ${whose} adds`;
  const [least, ...others] = rows.filter(({ title }) => title === theirs).sort((a, b) => a.against - b.against);
  if (!least) return `${says}: ${NOT_MEASURED}`;
  const ratio = (/** @type {Row} */ row) => `${row.against.toFixed(1)} (${titleOf(row)})`;
  return `${says}: that is ${[least, ...others.slice(-1)].map(ratio).join(' to ')} times as much, ${met(least.against >= goal)}`;
}
