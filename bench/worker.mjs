// One variant in a process of its own, beside the loaded framework.

import { readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { answerParent } from './child.mjs';
import { makeFramework } from './framework.mjs';
import { peakMemory } from './memory.mjs';
import { FILE, variants } from './variants.mjs';

const variant = variants[/** @type {keyof typeof variants} */ (process.argv[2])];
const { cache } = createRequire(import.meta.url);
/** @type {ReturnType<import('./variants.mjs').Variant['load']> | undefined} */
let make;

/**
 * @typedef {object} Baked
 * @property {number} loadMs Loading and constructing; next to nothing but for the first time
 * @property {number} bakeMs
 * @property {boolean} addonAfterLoad Whether loading the plugin has loaded an addon
 * @property {number} peakBefore Bytes, with the framework alone
 * @property {number} peak Bytes
 * @property {string} [bundle] Text of the file
 * @property {string} [error] Why there is none
 */

/**
 * @param {{endpoint: string, config: Record<string, string>}} question
 * @returns {Promise<Baked>}
 */
async function bake({ endpoint, config }) {
  const framework = makeFramework(endpoint, config);
  rmSync(FILE, { force: true });
  const peakBefore = peakMemory();
  const start = performance.now();
  make ??= variant.load();
  const baker = make(framework, endpoint, config);
  const loaded = performance.now();
  const addonAfterLoad = Object.keys(cache).some((path) => path.endsWith('.node'));
  const error = await baker.bake().then(
    () => undefined,
    (/** @type {Error} */ reason) => reason.message,
  );
  const baked = performance.now();
  const times = { loadMs: loaded - start, bakeMs: baked - loaded };
  const peak = peakMemory();
  const bundle = error === undefined ? readFileSync(FILE, 'utf8') : undefined;
  await baker.end();
  return { ...times, addonAfterLoad, peakBefore, peak, bundle, error };
}

answerParent(bake);
