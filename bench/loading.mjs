// What the plugin costs a command that bakes nothing.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { addonSize } from './addon.mjs';
import { bakeCold } from './bakes.mjs';
import { environment } from './child.mjs';
import { mb, median, ms, table } from './numbers.mjs';

/** @import { Run, Site } from './bakes.mjs' */
/** @import { Name } from './variants.mjs' */

const PROBES = {
  nothing: 'node, nothing loaded',
  addon: 'the addon loaded',
  empty: 'an empty bundle baked',
  sdk3: 'AWS SDK v3, SSM only, loaded',
};

/**
 * @typedef {{ms: number, wallMs: number, peak: number}} Probed `ms` inside, `wallMs` from start to end of the process
 * @typedef {object} Loading
 * @property {Run[]} ours Bakes of an empty config
 * @property {Run[]} old
 * @property {Map<string, Probed>} probes
 * @property {number} addonBytes
 */

/**
 * @param {Site} site
 * @param {number} runs
 * @param {(text: string) => void} say
 * @returns {Promise<Loading>}
 * @throws {Error} when loading the plugin has loaded the addon, or an empty config makes a call
 */
export async function measureLoading(site, runs, say) {
  say('loading');
  const empty = (/** @type {Name} */ name) => bakeCold(site, { name, count: 0, order: { latencyMs: 0 } }, runs);
  const ours = await empty('ours');
  if (ours.some(({ addonAfterLoad }) => addonAfterLoad)) throw new Error('loading the plugin has loaded the addon');
  return { ours, old: await empty('old'), probes: probeAll(site.folder, runs), addonBytes: addonSize() };
}

/**
 * By turns.
 * @param {string} folder
 * @param {number} runs
 */
function probeAll(folder, runs) {
  const names = Object.keys(PROBES);
  const turns = Array.from({ length: runs }, () => names.map((name) => probe(folder, name)));
  return new Map(
    names.map((name, index) => {
      const of = (/** @type {keyof Probed} */ field) => median(turns.map((turn) => turn[index]?.[field] ?? Number.NaN));
      return [name, { ms: of('ms'), wallMs: of('wallMs'), peak: of('peak') }];
    }),
  );
}

/**
 * @param {string} folder
 * @param {string} name
 * @returns {Probed}
 */
function probe(folder, name) {
  const path = fileURLToPath(new URL('probe.mjs', import.meta.url));
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [path, name], {
    cwd: folder,
    env: environment(folder),
    encoding: 'utf8',
    timeout: 60_000,
  });
  const wallMs = performance.now() - start;
  if (status !== 0) throw new Error(`the probe ${name} ended with ${status}: ${stderr}`);
  return { ...JSON.parse(stdout), wallMs };
}

/** @param {Loading} loading */
export function loadingTable({ ours, old }) {
  const row = (/** @type {string} */ title, /** @type {Run[]} */ runs) => [
    title,
    ms(median(runs.map(({ loadMs }) => loadMs))),
    runs.some(({ addonAfterLoad }) => addonAfterLoad) ? 'yes' : 'no',
    Math.max(...runs.map(({ seen }) => seen.calls)),
    ms(median(runs.map(({ bakeMs }) => bakeMs))),
  ];
  const head = ['in the framework', 'load and construct', 'addon loaded by it', 'calls', 'first bake of an empty list'];
  return table(head, [row('serverless-secret-baker 2.1.0', old), row('Secret Baker', ours)]);
}

/** @param {Loading} loading */
export function probesTable({ probes }) {
  const head = ['a process of its own', 'inside', 'start to end', 'peak memory'];
  const title = (/** @type {string} */ name) => PROBES[/** @type {keyof typeof PROBES} */ (name)];
  return table(
    head,
    [...probes].map(([name, probed]) => [title(name), ms(probed.ms), ms(probed.wallMs), mb(probed.peak)]),
  );
}
