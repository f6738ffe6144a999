// A cold start: a new process that imports, opens secrets and ends. Each way in turn, over an empty process of its language.

import { execFile } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { python, root } from '../__test__/aws/python.mjs';
import { credentials, region } from '../__test__/aws/stand-in.mjs';
import { startChild } from './child.mjs';
import { mb, median, ms, table, times } from './numbers.mjs';
import { dataKey, sopsBundle } from './sops-file.mjs';

/** @import { StandIn } from '../__test__/aws/stand-in.mjs' */
/** @import { Certificates } from './certificates.mjs' */

const { Session } = createRequire(import.meta.url)('../binding.js');
const program = (/** @type {string} */ name) => fileURLToPath(new URL(`cold/${name}`, import.meta.url));
const LAUNCHER = join(root, 'launcher/secret-baker-launcher-x86_64.gz');

/**
 * @typedef {object} Way
 * @property {string} title
 * @property {string} over the empty process that it is compared with
 * @property {string[]} command before the names of the secrets
 * @property {boolean} [replacesRoots] Whether it trusts nothing but what AWS_CA_BUNDLE names
 *
 * @typedef {{count: number, latencyMs: number, tls: boolean}} Column
 * @typedef {Column & {title: string, over: number, against: number}} Row milliseconds over an empty process; how many times ours
 * @typedef {{title: string, count: number, latencyMs: number, parameters: number, file: number}} FileRow milliseconds over an empty process
 * @typedef {{rows: Row[], files: FileRow[], launcherBytes: number, warmNs: number, warmBytes: number}} ColdStart
 */

/** @type {Record<string, string[]>} */
const EMPTY = { node: [process.execPath, '-e', '0'], python: [python, '-c', 'pass'], launcher: ['printenv', 'PATH'] };

/** @type {Way[]} */
const WAYS = [
  { title: 'secret-baker for Node.js', over: 'node', command: [process.execPath, program('ours.cjs')] },
  { title: '@aws-sdk/client-kms v3', over: 'node', command: [process.execPath, program('sdk3.cjs')] },
  { title: 'aws-sdk v2 (the old example)', over: 'node', command: [process.execPath, program('sdk2.cjs')] },
  { title: '@middy/ssm', over: 'node', command: [process.execPath, program('middy.mjs')] },
  { title: 'Powertools for TypeScript', over: 'node', command: [process.execPath, program('powertools.mjs')] },
  { title: 'secret-baker for Python', over: 'python', command: [python, program('ours.py')] },
  { title: 'boto3 (the old example)', over: 'python', command: [python, program('boto3_.py')], replacesRoots: true },
  { title: 'Powertools for Python', over: 'python', command: [python, program('powertools.py')], replacesRoots: true },
  { title: 'the launcher', over: 'launcher', command: ['LAUNCHER', 'printenv'] },
];
export const OURS = /** @type {const} */ ({
  node: 'secret-baker for Node.js',
  python: 'secret-baker for Python',
  launcher: 'the launcher',
});

/**
 * @param {StandIn} standIn
 * @param {string} folder
 * @param {Certificates} certificates
 * @param {{counts: number[], latencies: number[], runs: number}} sizes
 * @param {(text: string) => void} say
 * @returns {Promise<ColdStart>}
 */
export async function measureColdStart(standIn, folder, certificates, { counts, latencies, runs }, say) {
  const names = Array.from({ length: Math.max(...counts) }, (_, index) => `SECRET_${index}`);
  const { file, secrets } = await bake(standIn, folder, names);
  const { launcher, ways } = waysWith(join(folder, 'launcher'));
  const server = startChild('kms-server.mjs', certificates.server, folder);
  try {
    const { endpoint, tlsEndpoint } = await server.ask({ secrets: [...secrets, dataKey], latencyMs: 0 });
    const rows = [];
    for (const column of columnsOf(counts, latencies)) {
      await server.ask({ latencyMs: column.latencyMs });
      say(`cold starts: ${titleOf(column)}`);
      const env = environment(column.tls ? tlsEndpoint : endpoint, file);
      const trust = (/** @type {Way} */ way) => (column.tls ? trustOf(way, certificates) : {});
      const taken = await takeTurns(ways, names.slice(0, column.count), env, trust, runs);
      rows.push(...ways.map((way) => ({ ...column, ...rowOf(way, taken) })));
    }
    say(`cold starts: ${names.length} secrets of one SOPS file`);
    const files = await measureFiles(server, endpoint, { file, folder, names, ways, latencies, runs });
    await server.ask({ latencyMs: 0 });
    const warm = await measureWarm(environment(endpoint, file), names);
    return { rows, files, launcherBytes: launcher ? statSync(launcher).size : Number.NaN, ...warm };
  } finally {
    await server.end();
  }
}

/**
 * As many secrets of one SOPS file, which have one data key, against those of parameters, which have one each.
 * @param {import('./child.mjs').Child} server
 * @param {string} endpoint
 * @param {{file: string, folder: string, names: string[], ways: Way[], latencies: number[], runs: number}} site
 * @returns {Promise<FileRow[]>}
 */
async function measureFiles(server, endpoint, { file, folder, names, ways, latencies, runs }) {
  const sops = join(folder, 'sops-secrets.json');
  writeFileSync(sops, sopsBundle(Object.fromEntries(names.map((name) => [name, `value of ${name}`]))));
  const ours = ways.filter(({ title }) => Object.values(OURS).some((own) => own === title));
  const rows = [];
  for (const latencyMs of latencies) {
    await server.ask({ latencyMs });
    const taken = async (/** @type {string} */ bundle) => takeTurns(ours, names, environment(endpoint, bundle), () => ({}), runs);
    const [parameters, ofFile] = [await taken(file), await taken(sops)];
    for (const { title, over } of ours) {
      const more = (/** @type {typeof parameters} */ time) => time(title) - time(over);
      rows.push({ title, count: names.length, latencyMs, parameters: more(parameters), file: more(ofFile) });
    }
  }
  return rows;
}

/**
 * All counts at all latencies over plain HTTP, and all counts once more over TLS.
 * @param {number[]} counts
 * @param {number[]} latencies
 * @returns {Column[]}
 */
function columnsOf(counts, latencies) {
  const at = (/** @type {number} */ latencyMs, /** @type {boolean} */ tls) => counts.map((count) => ({ count, latencyMs, tls }));
  return [...latencies.flatMap((latencyMs) => at(latencyMs, false)), ...at(Math.max(...latencies), true)];
}

/** @param {Column} column */
function titleOf({ count, latencyMs, tls }) {
  return `${count} at ${latencyMs} ms${tls ? ', TLS' : ''}`;
}

/**
 * The authority beside the usual roots: each reads as many certificates as it does when it asks AWS.
 * @param {Way} way
 * @param {Certificates} certificates
 * @returns {NodeJS.ProcessEnv}
 */
function trustOf({ over, replacesRoots }, { ca, roots }) {
  return over === 'node' ? { NODE_EXTRA_CA_CERTS: ca } : { AWS_CA_BUNDLE: replacesRoots ? roots : ca };
}

/**
 * Bakes as the plugin does; what was baked is opened once by the stand-in.
 * @param {StandIn} standIn
 * @param {string} folder
 * @param {string[]} names
 */
async function bake(standIn, folder, names) {
  // Whatever was measured before has left its own.
  await standIn.faults([]);
  for (const name of names) await standIn.putSecret(`/cold/${name}`, `value of ${name}`);
  const config = JSON.stringify(names.map((name) => ({ name, path: `/cold/${name}` })));
  const { value, failure } = await new Session().bake({
    config,
    serviceDir: '.',
    region,
    endpoints: { ssm: standIn.endpoint },
    credentials,
  });
  if (failure) throw new Error(failure.message);
  const bundle = value.bundle.bytes();
  const file = join(folder, 'secret-baker-secrets.json');
  writeFileSync(file, bundle);
  const entries = /** @type {Record<string, {ciphertext: string, arn: string}>} */ (JSON.parse(String(bundle)));
  const secrets = [];
  for (const [name, { ciphertext, arn }] of Object.entries(entries)) {
    secrets.push({ Name: `/cold/${name}`, ARN: arn, ciphertext, plaintext: await standIn.decrypt(ciphertext, arn) });
  }
  return { file, secrets };
}

/**
 * The launcher is measured where there is one for this machine.
 * @param {string} path where it is unpacked to
 */
function waysWith(path) {
  if (!existsSync(LAUNCHER)) return { launcher: undefined, ways: WAYS.filter(({ over }) => over !== 'launcher') };
  writeFileSync(path, gunzipSync(readFileSync(LAUNCHER)));
  chmodSync(path, 0o755);
  const ways = WAYS.map((way) => ({ ...way, command: way.command.map((word) => (word === 'LAUNCHER' ? path : word)) }));
  return { launcher: path, ways };
}

/**
 * Each way and each empty process once a round. The first round fills the caches of the file system and of Python, and is not counted.
 * @param {Way[]} ways
 * @param {string[]} names
 * @param {NodeJS.ProcessEnv} env
 * @param {(way: Way) => NodeJS.ProcessEnv} trust what more a way has in its environment
 * @param {number} runs
 * @returns {Promise<(title: string) => number>} the median of one, in milliseconds
 */
async function takeTurns(ways, names, env, trust, runs) {
  /** @type {Map<string, number[]>} */
  const taken = new Map();
  const own = { ...env, SECRET_BAKER_ENV: names.join(',') };
  const expected = names.map((name) => `value of ${name}\n`).join('');
  const all = [
    ...Object.entries(EMPTY).map(([title, command]) => ({ title, command, env: own, prints: undefined })),
    ...ways.map((way) => {
      const { title, command } = way;
      return { title, command: [...command, ...names], env: { ...own, ...trust(way) }, prints: expected };
    }),
  ];
  for (let round = 0; round <= runs; round += 1) {
    for (const { title, command, env, prints } of all) {
      const started = performance.now();
      const { stdout } = await promisify(execFile)(String(command[0]), command.slice(1), { env });
      const elapsed = performance.now() - started;
      if (prints !== undefined && stdout !== prints) throw new Error(`${title} did not open ${names.length} secrets`);
      if (round > 0) taken.set(title, [...(taken.get(title) ?? []), elapsed]);
    }
  }
  return (title) => median(taken.get(title) ?? []);
}

/**
 * @param {Way} way
 * @param {(title: string) => number} taken
 */
function rowOf({ title, over: language }, taken) {
  const over = taken(title) - taken(language);
  return { title, over, against: over / (taken(OURS[/** @type {keyof typeof OURS} */ (language)]) - taken(language)) };
}

const WARM = `
const { secret } = require(process.env.RUNTIME);
(async () => {
  const name = process.env.NAME;
  for (let i = 0; i < 2e5; i += 1) await secret(name);
  global.gc();
  const before = process.memoryUsage().heapUsed;
  const kept = [];
  for (let i = 0; i < 1000; i += 1) kept.push(await secret(name));
  global.gc();
  const bytes = (process.memoryUsage().heapUsed - before) / 1000;
  const started = process.hrtime.bigint();
  for (let i = 0; i < 1e6; i += 1) await secret(name);
  console.log(JSON.stringify({ warmNs: Number(process.hrtime.bigint() - started) / 1e6, warmBytes: Math.max(0, bytes), kept: kept.length }));
})();
`;

/**
 * A secret that is open already: how long an awaited call takes, and what a value that is kept takes in memory.
 * @param {NodeJS.ProcessEnv} env
 * @param {string[]} names
 */
async function measureWarm(env, names) {
  const more = { RUNTIME: join(root, 'runtime/node/dist'), NAME: names[0] };
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', '-e', WARM], { env: { ...env, ...more } });
  const { warmNs, warmBytes } = JSON.parse(stdout);
  return { warmNs, warmBytes };
}

/**
 * @param {string} endpoint
 * @param {string} file
 * @returns {NodeJS.ProcessEnv}
 */
function environment(endpoint, file) {
  return {
    PATH: process.env.PATH,
    SECRET_BAKER_FILE: file,
    PYTHONPATH: join(root, 'runtime/python/src'),
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_LAMBDA_FUNCTION_NAME: 'cold',
    POWERTOOLS_DEV: 'false',
    POWERTOOLS_SERVICE_NAME: 'cold',
    NODE_NO_WARNINGS: '1',
  };
}

/** @param {ColdStart} measured */
export function coldStartTable({ rows }) {
  const columns = [...new Set(rows.map(titleOf))];
  const titles = [...new Set(rows.map(({ title }) => title))];
  const cell = (/** @type {string} */ title, /** @type {string} */ column) => {
    const row = rows.find((each) => each.title === title && titleOf(each) === column);
    if (!row) return '-';
    return row.against === 1 ? ms(row.over) : `${ms(row.over)} (${times(row.against)})`;
  };
  return table(
    ['over an empty process', ...columns],
    titles.map((title) => [title, ...columns.map((column) => cell(title, column))]),
  );
}

/** @param {ColdStart} measured */
export function filesTable({ files }) {
  const title = (/** @type {FileRow} */ { count, latencyMs }) => `${count} at ${latencyMs} ms`;
  return table(
    ['over an empty process', 'secrets', 'of parameters', 'of one SOPS file'],
    files.map((row) => [row.title, title(row), ms(row.parameters), ms(row.file)]),
  );
}

/**
 * Of plain HTTP.
 * @param {ColdStart} measured
 * @param {(is: boolean) => string} met
 */
export function coldStartGoals({ rows: all, launcherBytes, warmNs, warmBytes }, met) {
  const rows = all.filter(({ tls }) => !tls);
  /** @param {string} title @param {number} goal */
  const shorter = (title, goal) => {
    const [least, ...others] = rows.filter((row) => row.title === title).sort((a, b) => a.against - b.against);
    if (least === undefined) throw new Error(`${title} was not measured`);
    const says = [least, ...others.slice(-1)].map((row) => `${row.against.toFixed(1)} (${titleOf(row)})`);
    return `${says.join(' to ')} times, ${met(least.against >= goal)}`;
  };
  const launcher = rows.filter(({ title }) => title === 'the launcher');
  const slowest = Math.max(...launcher.map(({ over, latencyMs }) => over - latencyMs));
  return [
    `- a cold start in Node.js at least 5 times as short as with the AWS SDK v3: ${shorter('@aws-sdk/client-kms v3', 5)}`,
    `- in Python at least 6 times as short as with boto3: ${shorter('boto3 (the old example)', 6)}`,
    `- the launcher takes at most 15 ms and one round trip for 10 secrets: ${ms(slowest)} beside the latency, ${met(slowest <= 15)}`,
    `- the launcher has at most 4 MB: ${mb(launcherBytes)}, ${met(launcherBytes <= 4e6)}`,
    `- a secret that is open already takes less than 1 µs in Node.js, awaited: ${(warmNs / 1000).toFixed(2)} µs, ${met(warmNs < 1000)}; ${warmBytes.toFixed(0)} bytes for each that is kept`,
  ];
}
