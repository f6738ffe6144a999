// The addon that is measured: the one that the plugin loads. `npm run bench` names the one that we ship.

import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const { loadBinary } = require('../plugin/binary.js');
const { platformOf, thisMachine } = require('../plugin/platform.js');

const root = fileURLToPath(new URL('..', import.meta.url));
const OWN = 'SECRET_BAKER_BINARY';

/** Loads it, as the plugin does. */
export const loadAddon = () => loadBinary();

/** @returns {NodeJS.ProcessEnv} what makes a child process load the same addon */
export function addonSetting() {
  const own = process.env[OWN];
  return own ? { [OWN]: resolve(own) } : {};
}

/** @returns {number} bytes */
export function addonSize() {
  return statSync(process.env[OWN] ?? join(root, `secret-baker.${platformOf(thisMachine())}.node`)).size;
}
