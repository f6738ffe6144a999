// A cold start in Lambda's own bootstrap, from the start of its process to the first answer: what secrets add to it, each way in turn.

import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../__test__/aws/python.mjs';
import { credentials, region } from '../__test__/aws/stand-in.mjs';
import { startFunction } from '../__test__/lambda/clients.mjs';
import { addLauncher, noLauncher } from '../__test__/launcher.mjs';
import { loadAddon } from './addon.mjs';
import { AWS_NAME } from './certificates.mjs';
import { startChild } from './child.mjs';
import { BASES, baseOf, OURS, oursFor, pythonPackages, WAYS } from './cold-ways.mjs';
import { HANDLER, makeFunction } from './functions.mjs';
import { median } from './numbers.mjs';
import { dataKey, sopsBundle } from './sops-file.mjs';
import { measureWarm } from './warm.mjs';

/** @import { StandIn } from '../__test__/aws/stand-in.mjs' */
/** @import { Certificates } from './certificates.mjs' */
/** @import { Way } from './cold-ways.mjs' */

/**
 * @typedef {object} Added what secrets add to a cold start, in milliseconds
 * @property {number} init from the start of the process until it asks for its first invocation
 * @property {number} first from there to its answer
 * @property {number} sum
 *
 * @typedef {{count: number, latencyMs: number}} Column
 * @typedef {Column & {title: string, added: Added, against: number}} Row `against`: how many times ours
 * @typedef {Column & {title: string, parameters: Added, file: Added}} FileRow
 * @typedef {object} ColdStart
 * @property {Row[]} rows
 * @property {FileRow[]} files
 * @property {number} launcherBytes
 * @property {number} warmNs
 * @property {number} warmBytes
 *
 * @typedef {{counts: number[], latencies: number[], runs: number}} Sizes
 *
 * @typedef {object} Site
 * @property {string} folder
 * @property {Certificates} certificates
 * @property {string | undefined} launcher path
 * @property {string} endpoint over TLS
 */

/**
 * @param {StandIn} standIn
 * @param {string} folder
 * @param {Certificates} certificates
 * @param {Sizes} sizes
 * @param {(text: string) => void} say
 * @returns {Promise<ColdStart>}
 */
export async function measureColdStart(standIn, folder, certificates, { counts, latencies, runs }, say) {
  const names = Array.from({ length: Math.max(...counts) }, (_, index) => `SECRET_${index}`);
  const { bundle, secrets } = await bake(standIn, folder, names);
  const launcher = noLauncher ? undefined : addLauncher(folder);
  const ways = await prepare(folder, say);
  const server = startChild('kms-server.mjs', certificates.server, folder);
  try {
    const { endpoint: plain, tlsEndpoint: endpoint } = await server.ask({ secrets: [...secrets, dataKey], latencyMs: 0 });
    const site = { folder, certificates, launcher, endpoint };
    const rows = [];
    for (const { count, latencyMs } of columnsOf(counts, latencies)) {
      await server.ask({ latencyMs });
      say(`cold starts: ${count} at ${latencyMs} ms`);
      const added = await takeTurns(ways, { names: names.slice(0, count), bundle }, site, runs);
      rows.push(...ways.map((way) => ({ count, latencyMs, ...rowOf(way, added) })));
    }
    say(`cold starts: ${names.length} secrets of one SOPS file`);
    const files = await measureFiles(server, site, { names, bundle }, ways, { latencies, runs });
    await server.ask({ latencyMs: 0 });
    const warm = await measureWarm(plain, bundle, String(names[0]));
    return { rows, files, launcherBytes: launcher ? statSync(launcher).size : Number.NaN, ...warm };
  } finally {
    await server.end();
  }
}

/** @param {number[]} counts @param {number[]} latencies @returns {Column[]} */
function columnsOf(counts, latencies) {
  return latencies.flatMap((latencyMs) => counts.map((count) => ({ count, latencyMs })));
}

/**
 * As many secrets of one SOPS file, which have one data key, against those of parameters, which have one each.
 * @param {import('./child.mjs').Child} server
 * @param {Site} site
 * @param {Wanted} wanted parameters
 * @param {Way[]} ways
 * @param {Pick<Sizes, 'latencies' | 'runs'>} sizes
 * @returns {Promise<FileRow[]>}
 */
async function measureFiles(server, site, { names, bundle }, ways, { latencies, runs }) {
  const sops = join(site.folder, 'sops-secrets.json');
  writeFileSync(sops, sopsBundle(Object.fromEntries(names.map((name) => [name, valueNamed(name)]))));
  const ours = ways.filter(({ title }) => Object.values(OURS).includes(title));
  const rows = [];
  for (const latencyMs of latencies) {
    await server.ask({ latencyMs });
    const parameters = await takeTurns(ours, { names, bundle }, site, runs);
    const file = await takeTurns(ours, { names, bundle: sops }, site, runs);
    for (const way of ours)
      rows.push({ title: way.title, count: names.length, latencyMs, parameters: parameters(way), file: file(way) });
  }
  return rows;
}

/** @param {string} name */
function valueNamed(name) {
  return `value of ${name}`;
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
  for (const name of names) await standIn.putSecret(`/cold/${name}`, valueNamed(name));
  const config = JSON.stringify(names.map((name) => ({ name, path: `/cold/${name}` })));
  const { Session } = loadAddon();
  const { value, failure } = await new Session().bake({
    config,
    serviceDir: '.',
    region,
    endpoints: { ssm: standIn.endpoint },
    credentials,
  });
  if (!value) throw new Error(failure?.message);
  const bytes = value.bundle.bytes();
  const bundle = join(folder, 'secret-baker-secrets.json');
  writeFileSync(bundle, bytes);
  const entries = /** @type {Record<string, {ciphertext: string, arn: string}>} */ (JSON.parse(String(bytes)));
  const secrets = [];
  for (const [name, { ciphertext, arn }] of Object.entries(entries)) {
    secrets.push({ Name: `/cold/${name}`, ARN: arn, ciphertext, plaintext: await standIn.decrypt(ciphertext, arn) });
  }
  return { bundle, secrets };
}

/**
 * Makes the functions. What this machine cannot run is said, and not measured.
 * @param {string} folder
 * @param {(text: string) => void} say
 * @returns {Promise<Way[]>} those that are measured
 */
async function prepare(folder, say) {
  for (const { client } of BASES) if (client.skip) say(`cold starts: nothing of ${client.name} is measured: ${client.skip}`);
  if (noLauncher) say(`cold starts: nothing of the launcher is measured: ${noLauncher}`);
  for (const way of [...BASES, ...WAYS]) {
    await makeFunction(folderOf(way, folder), way.handler, way.client.kind, way.external ?? []);
  }
  return WAYS.filter(({ client, launched }) => !client.skip && !(launched && noLauncher));
}

/** @param {Way} way @param {string} folder of all */
function folderOf({ client, handler, external }, folder) {
  return join(folder, 'functions', [client.kind, handler, ...(external ? ['with-modules'] : [])].join('-'));
}

/** @typedef {{names: string[], bundle: string}} Wanted secrets, and the path of their file */

/**
 * Each way once a round, and each base. The first round fills the caches of the file system and of Python, and is not counted.
 * @param {Way[]} ways
 * @param {Wanted} wanted
 * @param {Site} site
 * @param {number} runs
 * @returns {Promise<(way: Way) => Added>} medians over what the base takes in the same round
 */
async function takeTurns(ways, wanted, site, runs) {
  const all = [...new Set(ways.map(baseOf)), ...ways];
  /** @type {Map<Way, {init: number, first: number}[]>} */
  const taken = new Map(all.map((way) => [way, []]));
  for (let round = 0; round <= runs; round += 1) {
    for (const way of all) {
      const times = await start(way, wanted, site);
      if (round > 0) taken.get(way)?.push(times);
    }
  }
  return (way) => {
    const base = taken.get(baseOf(way)) ?? [];
    const over = (/** @type {'init' | 'first'} */ part) =>
      median((taken.get(way) ?? []).map((times, run) => times[part] - (base[run]?.[part] ?? Number.NaN)));
    const [init, first] = [over('init'), over('first')];
    return { init, first, sum: init + first };
  };
}

/**
 * One cold start, whose answer is compared.
 * @param {Way} way
 * @param {Wanted} wanted
 * @param {Site} site
 */
async function start(way, wanted, site) {
  const options = { folder: folderOf(way, site.folder), handler: HANDLER, env: environment(way, wanted, site) };
  const wrapper = way.launched ? site.launcher : undefined;
  const lambda = await startFunction(way.client, { ...options, wrapper });
  try {
    const init = await lambda.api.initialised();
    const { body, given, begun } = await lambda.api.invoke();
    const expected = way.handler === 'none' ? [] : wanted.names.map(valueNamed);
    if (JSON.stringify(JSON.parse(String(body))) !== JSON.stringify(expected))
      throw new Error(`${way.title}: the function did not open ${expected.length} secrets, having said:\n${lambda.output}`);
    return { init, first: begun - given };
  } finally {
    await lambda.stop();
  }
}

/**
 * @param {Way} way
 * @param {Wanted} wanted
 * @param {Site} site
 * @returns {NodeJS.ProcessEnv}
 */
function environment(way, { names, bundle }, { certificates, endpoint }) {
  return {
    NAMES: names.join(','),
    SECRET_BAKER_FILE: bundle,
    AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE: '1',
    POWERTOOLS_DEV: 'false',
    POWERTOOLS_SERVICE_NAME: 'cold',
    ...(way.client.kind === 'python' ? ofPython(way, certificates, endpoint) : ofNode(certificates, endpoint)),
    ...(way.launched && { SECRET_BAKER_ENV: names.join(','), AWS_CA_BUNDLE: certificates.ca }),
  };
}

/**
 * The authority is trusted beside the usual roots: all are read, as in Lambda.
 * @param {Certificates} certificates
 * @param {string} endpoint
 */
function ofNode({ ca }, endpoint) {
  return { AWS_ENDPOINT_URL: endpoint, NODE_EXTRA_CA_CERTS: ca };
}

/**
 * The authority is one of the usual roots: of the system's, or of those that a way brings. AWS is asked by a name of its own, for which
 * not all need be read.
 * @param {Way} way
 * @param {Certificates} certificates
 * @param {string} endpoint
 */
function ofPython({ client, ownRoots }, { roots }, endpoint) {
  const own = join(root, 'runtime/python/src');
  return {
    AWS_ENDPOINT_URL: endpoint.replace('127.0.0.1', AWS_NAME),
    PYTHONPATH: [client.env.PYTHONPATH, own, pythonPackages].join(':'),
    ...(ownRoots ? { AWS_CA_BUNDLE: roots } : { SSL_CERT_FILE: roots }),
  };
}

/** @param {Way} way @param {(way: Way) => Added} added */
function rowOf(way, added) {
  const over = added(way);
  return { title: way.title, added: over, against: way.launched ? 1 : over.sum / added(oursFor(way)).sum };
}
