// Runs a program to its end, or to the end of its time: then it is killed with all that it has started.

import { spawn } from 'node:child_process';

/** Milliseconds. */
const TIMEOUT = 120_000;

/**
 * @typedef {{code: number | null, signal: NodeJS.Signals | null, stdout: string, output: string}} Ended `output` is stdout and stderr
 *
 * @typedef {object} Options
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env] all that it gets
 * @property {number} [timeout] milliseconds
 * @property {boolean} [shown] what it writes goes where ours does, and is not kept
 */

/** Groups of processes that run. @type {Set<number>} */
const running = new Set();
const killGroup = (/** @type {number} */ group) => {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
};
process.on('exit', () => running.forEach(killGroup));
// Else there would be no such event when the user, or the test runner, ends this process.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => process.exit(1));

/**
 * @param {string} command
 * @param {string[]} args
 * @param {Options} [options]
 * @returns {Promise<Ended>} Rejects where it cannot be started
 */
export function runLimited(command, args, { timeout = TIMEOUT, shown = false, ...options } = {}) {
  const child = spawn(command, args, { ...options, detached: true, stdio: ['ignore', ...pipes(shown)] });
  const said = { stdout: '', output: '' };
  child.stdout?.setEncoding('utf8').on('data', (chunk) => {
    said.stdout += chunk;
    said.output += chunk;
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk) => {
    said.output += chunk;
  });
  const group = child.pid;
  if (group !== undefined) running.add(group);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      said.output += `\n${command} is killed after ${timeout / 1000} s\n`;
      if (group !== undefined) killGroup(group);
    }, timeout);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      if (group !== undefined) running.delete(group);
      resolve({ code, signal, ...said });
    });
  });
}

/**
 * @param {boolean} shown
 * @returns {['inherit' | 'pipe', 'inherit' | 'pipe']}
 */
const pipes = (shown) => (shown ? ['inherit', 'inherit'] : ['pipe', 'pipe']);
