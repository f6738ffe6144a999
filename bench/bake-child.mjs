// Bakes with the core alone, in a process of its own.

import { credentials, region } from '../__test__/aws/stand-in.mjs';
import { loadAddon } from './addon.mjs';
import { answerParent } from './child.mjs';
import { peakMemory } from './memory.mjs';

const { Session } = loadAddon();
const SERVICES = ['ssm', 'sts', 'dynamodb', 'secretsmanager'];

/**
 * @typedef {object} Baked
 * @property {number} bakeMs
 * @property {number} memory Bytes above what the process had
 * @property {string[]} names in the bundle
 * @property {string} [error]
 */

/**
 * @param {{endpoint: string, config: unknown, serviceDir: string}} question
 * @returns {Promise<Baked>}
 */
async function bake({ endpoint, config, serviceDir }) {
  const endpoints = Object.fromEntries(SERVICES.map((service) => [service, endpoint]));
  const before = peakMemory();
  const start = performance.now();
  const { value, failure } = await new Session().bake({
    config: JSON.stringify(config),
    written: JSON.stringify(config),
    serviceDir,
    region,
    endpoints,
    credentials,
  });
  const bakeMs = performance.now() - start;
  const memory = peakMemory() - before;
  if (!value) return { bakeMs, memory, names: [], error: failure?.message };
  return { bakeMs, memory, names: Object.keys(JSON.parse(String(value.bundle.bytes()))) };
}

answerParent(bake);
