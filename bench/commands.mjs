// What users wait for at the command line: a whole process, from its start to its end.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { region } from '../__test__/aws/stand-in.mjs';
import { environment, startChild } from './child.mjs';
import { median, ms, table } from './numbers.mjs';

/** @import { Seen } from './commands-server.mjs' */

const PROGRAM = fileURLToPath(new URL('../bin/secret-baker.js', import.meta.url));
const SDK = fileURLToPath(new URL('commands-sdk.mjs', import.meta.url));
const GOAL_MS = 2000;

/**
 * @typedef {object} Variant
 * @property {string} title
 * @property {string | undefined} goal of what, where one is set
 * @property {(endpoint: string, paths: string[]) => string[]} words what Node is started with
 * @property {(value: any, paths: string[]) => string | undefined} mistake in what it prints
 *
 * @typedef {{title: string, goal: string | undefined, count: number, time: number, calls: number}} Row
 * @typedef {{rows: Row[], latencyMs: number, runs: number}} Commands
 */

/**
 * One of ours, which prints JSON.
 * @param {string} name
 * @param {Variant['mistake']} mistake
 * @returns {Variant}
 */
const ours = (name, mistake) => ({
  title: `\`${name}\`, by the npm package`,
  goal: `\`${name}\``,
  words: (endpoint) => [PROGRAM, name, '--json', '--region', region, '--endpoint', endpoint],
  mistake,
});

/** A command more is a line here, and what it asks for in `commands-server.mjs`. */
const VARIANTS = /** @type {Variant[]} */ ([
  ours('list', (value, paths) => listMistake(value, paths) ?? aliasMistake(value)),
  ours('check', ({ secrets }, paths) => (secrets.length === paths.length ? undefined : `${secrets.length} secrets are told`)),
  {
    title: 'AWS SDK v3, the calls of `list` but for aliases, all at once',
    goal: undefined,
    words: (endpoint, paths) => [SDK, endpoint, ...paths],
    mistake: listMistake,
  },
]);

/**
 * @param {any} value
 * @param {string[]} paths
 */
function listMistake({ secrets }, paths) {
  const told = new Map(
    secrets.map((/** @type {any} */ secret) => [secret.path, `${secret.latest?.id} ${Boolean(secret.keys?.[0]?.name)}`]),
  );
  const missing = paths.filter((path) => told.get(path) !== '3 true');
  return missing.length > 0 ? `${missing.length} secrets are not told right` : undefined;
}

/** @param {any} value */
function aliasMistake({ secrets, unknown }) {
  if (unknown.length > 0) return `${unknown[0].action} gave no answer`;
  return secrets.every((/** @type {any} */ secret) => secret.keys[0].alias === 'alias/bench') ? undefined : 'an alias is missing';
}

/**
 * By turns, after a round that is not counted.
 * @param {string} folder
 * @param {{count: number, latencyMs: number, runs: number}} sizes
 * @param {(text: string) => void} say
 * @returns {Promise<Commands>}
 * @throws {Error} when a command fails, tells something wrong, or asks for a plaintext
 */
export async function measureCommands(folder, { count, latencyMs, runs }, say) {
  say(`commands on ${count} secrets`);
  const server = startChild('commands-server.mjs', [], folder);
  const serviceDir = mkdtempSync(join(folder, 'commands-'));
  const paths = Array.from({ length: count }, (_, index) => `/bench/s${index}`);
  writeFileSync(join(serviceDir, 'secret-baker.yml'), JSON.stringify({ secrets: paths }));
  const done = VARIANTS.map(() => /** @type {{time: number, calls: number}[]} */ ([]));
  try {
    for (let run = 0; run <= runs; run += 1) {
      for (const [index, variant] of VARIANTS.entries()) {
        const { endpoint } = await server.ask({ latencyMs });
        const time = timed(variant, endpoint, paths, serviceDir);
        /** @type {Seen} */
        const { calls, opening, unknown } = await server.ask({});
        if (opening > 0) throw new Error(`${variant.title}: ${opening} calls asked for plaintext`);
        if (unknown.length > 0) throw new Error(`${variant.title}: nobody answers ${unknown[0]}`);
        if (run > 0) done[index]?.push({ time, calls });
      }
    }
  } finally {
    await server.end();
  }
  const rows = VARIANTS.map(({ title, goal }, index) => {
    const all = done[index] ?? [];
    return { title, goal, count, time: median(all.map(({ time }) => time)), calls: Math.max(...all.map(({ calls }) => calls)) };
  });
  return { rows, latencyMs, runs };
}

/**
 * @param {Variant} variant
 * @param {string} endpoint
 * @param {string[]} paths
 * @param {string} cwd
 * @returns {number} milliseconds
 */
function timed({ title, words, mistake }, endpoint, paths, cwd) {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, words(endpoint, paths), {
    cwd,
    env: environment(cwd),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    timeout: 60_000,
  });
  const time = performance.now() - start;
  if (status !== 0) throw new Error(`${title} ended with ${status}: ${stderr}`);
  const wrong = mistake(JSON.parse(stdout), paths);
  if (wrong) throw new Error(`${title}: ${wrong}`);
  return time;
}

/** @param {Commands} measured */
export function commandsTable({ rows, latencyMs }) {
  return table(
    ['a process of its own', 'secrets', 'calls', 'start to end', 'in round trips'],
    rows.map(({ title, count, calls, time }) => [title, count, calls, ms(time), (time / latencyMs).toFixed(1)]),
  );
}

/**
 * @param {Commands} measured
 * @param {(is: boolean) => string} met
 */
export function commandsGoals({ rows, latencyMs }, met) {
  return rows
    .filter(({ goal }) => goal !== undefined)
    .map(
      ({ goal, count, time }) =>
        `- ${goal} of ${count} secrets at ${latencyMs} ms within ${GOAL_MS / 1000} s, from the start of its process to its end: ${ms(time)}, ${met(time <= GOAL_MS)}`,
    );
}
