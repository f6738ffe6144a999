// Processes that answer questions, one at a time.

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { credentials } from '../__test__/aws/stand-in.mjs';
import { addonSetting } from './addon.mjs';

/** No bake of any variant takes longer: the slowest makes 1000 calls of 30 ms. */
const LONGEST_MS = 180_000;

/**
 * @typedef {object} Child
 * @property {(question: object) => Promise<any>} ask Rejects when the child ends or takes too long
 * @property {() => Promise<void>} end
 */

/**
 * Starts a module of this folder in a process of its own, which sees nothing of this machine's settings (proxy,
 * certificates, profiles): they would be part of what is measured.
 *
 * @param {string} module File name
 * @param {string[]} args
 * @param {string} folder Its working directory, home and place for temporary files
 * @param {NodeJS.ProcessEnv} [more] of its environment
 * @returns {Child}
 */
export function startChild(module, args, folder, more = {}) {
  const path = fileURLToPath(new URL(module, import.meta.url));
  const child = fork(path, args, {
    cwd: folder,
    env: { ...environment(folder), ...more },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  return {
    ask: (question) => answered(child, question, `${module} ${args.join(' ')}`),
    end: async () => {
      if (child.connected) child.disconnect();
      await gone;
    },
  };
}

/**
 * Nothing of this machine's settings but which addon is measured.
 * @param {string} folder
 * @returns {NodeJS.ProcessEnv}
 */
export function environment(folder) {
  return {
    ...addonSetting(),
    PATH: process.env.PATH,
    HOME: folder,
    TMPDIR: folder,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE: '1',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    SLS_TELEMETRY_DISABLED: '1',
    SLS_NOTIFICATIONS_MODE: 'off',
  };
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {object} question
 * @param {string} who
 */
function answered(child, question, who) {
  return new Promise((resolve, reject) => {
    const late = () => {
      child.kill('SIGKILL');
      settle(reject)(new Error(`${who} has not answered for ${LONGEST_MS / 1000} s and was ended`));
    };
    const timer = setTimeout(late, LONGEST_MS);
    const settle = (/** @type {(value: any) => void} */ act) => (/** @type {any} */ value) => {
      clearTimeout(timer);
      child.off('message', onAnswer).off('exit', onExit);
      act(value);
    };
    const onAnswer = settle(resolve);
    const onExit = (/** @type {number | null} */ code) =>
      settle(reject)(new Error(`${who} ended with ${code} while it was asked`));
    child.once('message', onAnswer).once('exit', onExit);
    if (child.connected) child.send(question);
    else onExit(child.exitCode);
  });
}

/**
 * The other side: answers each question of the parent, and ends with it.
 * @param {(question: any) => unknown} answer
 */
export function answerParent(answer) {
  process.on('message', async (question) => process.send?.(await answer(question)));
  process.on('disconnect', () => process.exit());
}
