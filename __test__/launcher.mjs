// The launcher that was built for this machine, and how a function gets it.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { root } from './aws/python.mjs';

const LAUNCHER = join(root, 'launcher/secret-baker-launcher-x86_64.gz');

/** Why there is no launcher. */
export const noLauncher = existsSync(LAUNCHER) ? false : 'the launcher for x86_64 is built on Linux of that processor only';

/** @returns {Buffer} the program */
export const launcherProgram = () => gunzipSync(readFileSync(LAUNCHER));

/**
 * Adds the launcher, as the plugin does.
 * @param {string} folder
 * @returns {string} its path
 */
export function addLauncher(folder) {
  const path = join(folder, 'secret-baker-launcher');
  writeFileSync(path, launcherProgram(), { mode: 0o755 });
  return path;
}
