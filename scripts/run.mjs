// Runs a command and waits for it.

import { spawn, spawnSync } from 'node:child_process';

/**
 * Runs a command. With `quiet` its output is shown only when it fails.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv, quiet?: boolean}} [options]
 * @returns {Promise<void>} Rejects when the command fails
 */
export async function run(command, args, { cwd, env = process.env, quiet = false } = {}) {
  const output = /** @type {Buffer[]} */ ([]);
  // On Windows npm is a script, and Node starts those in a shell only.
  const shell = process.platform === 'win32' && command === 'npm';
  const to = quiet ? 'pipe' : 'inherit';
  const child = spawn(command, args, { cwd, env, shell, stdio: ['ignore', to, to] });
  child.stdout?.on('data', (chunk) => output.push(chunk));
  child.stderr?.on('data', (chunk) => output.push(chunk));
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  if (code === 0) return;
  process.stderr.write(Buffer.concat(output));
  throw new Error(`\`${[command, ...args].join(' ')}\` ended with ${code}`);
}

/**
 * Whether a command can be run at all and succeeds.
 * @param {string} command
 * @param {string[]} args
 */
run.works = (command, args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;
