// The addon that is measured: the one of `npm run build:release`, or another that the loader is told to take.

import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const OTHER = 'NAPI_RS_NATIVE_LIBRARY_PATH';

/** @returns {NodeJS.ProcessEnv} what makes a child process load the same addon */
export function addonSetting() {
  const other = process.env[OTHER];
  return other ? { [OTHER]: resolve(other) } : {};
}

/**
 * @returns {number} bytes
 * @throws {Error} when it is unclear which one the loader takes
 */
export function addonSize() {
  const other = process.env[OTHER];
  if (other) return statSync(other).size;
  const [name, ...more] = readdirSync(root).filter((file) => file.endsWith('.node'));
  if (name && more.length === 0) return statSync(join(root, name)).size;
  const found = name ? `there are ${more.length + 1} addons` : 'there is no addon';
  throw new Error(`${found} in the repository's folder: leave or make one with \`npm run build:release\``);
}
