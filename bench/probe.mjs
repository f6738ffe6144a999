// A small program: loads one thing, perhaps bakes nothing with it, and says what that took.

import { createRequire } from 'node:module';
import { credentials, region } from '../__test__/aws/stand-in.mjs';
import { loadAddon } from './addon.mjs';
import { peakMemory } from './memory.mjs';

const load = createRequire(import.meta.url);

/** @type {Record<string, () => unknown>} */
const probes = {
  nothing: () => {},
  addon: () => loadAddon(),
  sdk3: () => load('@aws-sdk/client-ssm'),
  empty: async () => {
    const { Session } = loadAddon();
    const { value, failure } = await new Session().bake({ config: '[]', serviceDir: '.', region, credentials });
    if (String(value?.bundle.bytes()) !== '{}')
      throw new Error(`an empty config bakes ${value?.bundle.bytes() ?? failure?.message}`);
  },
};

const probe = probes[process.argv[2] ?? ''];
if (!probe) throw new Error(`there is no probe ${process.argv[2]}; there are ${Object.keys(probes).join(', ')}`);
const start = performance.now();
await probe();
const ms = performance.now() - start;
process.stdout.write(JSON.stringify({ ms, peak: peakMemory() }));
