// Bakes, measured and checked.

import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { startChild } from './child.mjs';
import { median } from './numbers.mjs';
import { configFor, mistakeIn } from './secrets.mjs';
import { variants } from './variants.mjs';

/** @import { Child } from './child.mjs' */
/** @import { Parameter } from './secrets.mjs' */
/** @import { Server } from './server.mjs' */
/** @import { Order, Seen } from './ssm-server.mjs' */
/** @import { Name } from './variants.mjs' */
/** @import { Baked } from './worker.mjs' */

/**
 * @typedef {object} Site
 * @property {Pick<Server, 'endpoint' | 'obey' | 'seen'> & Partial<Pick<Server, 'tls'>>} server
 * @property {Parameter[]} parameters
 * @property {string} folder for anything temporary
 *
 * @typedef {{name: Name, count: number, order: Order, mayFail?: boolean, tls?: boolean}} Job
 * @typedef {Baked & {seen: Seen}} Run
 */

/**
 * @param {Site} site
 * @param {Pick<Job, 'name' | 'tls'>} job
 */
function startWorker({ server, folder }, { name, tls }) {
  const trust = tls ? { [variants[name].trusts]: server.tls?.ca } : {};
  return startChild('worker.mjs', [name], mkdtempSync(join(folder, 'service-')), trust);
}

/**
 * One bake.
 * @param {Site} site
 * @param {Child} worker
 * @param {Job} job
 * @returns {Promise<Run>}
 * @throws {Error} when it failed without leave, or baked something wrong
 */
async function bakeOnce({ server, parameters }, worker, { name, count, order, mayFail = false, tls = false }) {
  await server.obey(order);
  const endpoint = tls ? server.tls?.endpoint : server.endpoint;
  /** @type {Baked} */
  const baked = await worker.ask({ endpoint, config: configFor(parameters, count) });
  const seen = await server.seen();
  const mistake = mistakeOf(baked, parameters, { name, count, order, mayFail }, seen);
  if (mistake) throw new Error(`${variants[name].title}, ${count} secrets at ${order.latencyMs} ms: ${mistake}`);
  return { ...baked, seen };
}

/**
 * @param {Baked} baked
 * @param {Parameter[]} parameters
 * @param {Job} job
 * @param {Seen} seen
 */
function mistakeOf({ bundle, error }, parameters, { name, count, mayFail }, seen) {
  if (seen.decrypting > 0) return `${seen.decrypting} calls asked for plaintext`;
  if (seen.underWay > 0) return `${seen.underWay} of its calls went on after its end, into the next variant's time`;
  if (bundle === undefined) return mayFail ? undefined : `the bake failed: ${error}`;
  const calls = seen.calls - seen.throttled;
  const wanted = variants[name].calls(count);
  if (calls !== wanted) return `it made ${calls} calls that were answered, not ${wanted}`;
  // Otherwise its limit would be that of another order of calls.
  const { mostAtOnce } = variants[name];
  if (seen.mostAtOnce > mostAtOnce) return `it made ${seen.mostAtOnce} calls at once, more than ${mostAtOnce}`;
  return mistakeIn(bundle, parameters, count);
}

/**
 * Bakes each job in a new process, as a command does.
 * @param {Site} site
 * @param {Job} job
 * @param {number} runs
 * @returns {Promise<Run[]>}
 */
export async function bakeCold(site, job, runs) {
  const done = [];
  for (let run = 0; run < runs; run += 1) {
    const worker = startWorker(site, job);
    try {
      done.push(await bakeOnce(site, worker, job));
    } finally {
      await worker.end();
    }
  }
  return done;
}

/**
 * Bakes in processes that have baked before, the variants by turns, so that whatever disturbs the machine disturbs all of them.
 * @param {Site} site
 * @param {Map<Name, Child>} workers
 * @param {Omit<Job, 'name'>} job
 * @param {(name: Name) => number} runs
 * @returns {Promise<Map<Name, Run[]>>}
 */
export async function bakeByTurns(site, workers, job, runs) {
  const done = new Map([...workers.keys()].map((name) => [name, /** @type {Run[]} */ ([])]));
  const most = Math.max(...[...workers.keys()].map(runs));
  for (let turn = 0; turn < most; turn += 1) {
    for (const [name, worker] of workers) {
      if (turn < runs(name)) done.get(name)?.push(await bakeOnce(site, worker, { ...job, name }));
    }
  }
  return done;
}

/**
 * Starts a process for each variant and lets it bake once, unmeasured.
 * @param {Site} site
 * @param {Name[]} names
 * @returns {Promise<Map<Name, Child>>}
 */
export async function warmWorkers(site, names) {
  /** @type {Map<Name, Child>} */
  const workers = new Map();
  for (const name of names) {
    const worker = startWorker(site, { name });
    await bakeOnce(site, worker, { name, count: 1, order: { latencyMs: 0 } });
    workers.set(name, worker);
  }
  return workers;
}

/** @param {Run[]} runs */
export function bakeTime(runs) {
  return median(runs.map(({ bakeMs }) => bakeMs));
}
