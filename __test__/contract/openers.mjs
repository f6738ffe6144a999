// The four openers as processes, each with an AWS of its own.

import { execFile, execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { python, root } from '../aws/python.mjs';
import { startAws } from './table-aws.mjs';

/**
 * @typedef {{text?: string, bytes?: string, code?: string}} Outcome
 * @typedef {object} Opener
 * @property {string} name
 * @property {Awaited<ReturnType<typeof startAws>>} aws
 * @property {(file: string) => Promise<Outcome>} open the secret `A`
 * @property {() => void} stop
 */

const here = import.meta.dirname;
const RUNTIME = join(root, 'runtime');

/** Starts all. @returns {Promise<Opener[]>} */
export async function startOpeners() {
  const lines = built('secret-baker', '--example', 'open_lines');
  const launcher = built('secret-baker-launcher', '--bin', 'secret-baker-launcher');
  return [
    await ofLines('node', process.execPath, [join(here, 'open_lines.mjs')]),
    await ofLines('python', python, [join(here, 'open_lines.py')]),
    await ofLines('rust', lines, []),
    await ofLauncher(launcher),
  ];
}

/** Builds a program of the runtimes; returns where it is. @param {string} crate @param {string[]} which */
export function built(crate, ...which) {
  const args = ['build', '--locked', '--quiet', '--message-format=json', '-p', crate, ...which];
  const out = execFileSync('cargo', args, {
    cwd: RUNTIME,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const told = out.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
  const program = told.findLast(({ executable, target }) => executable && which.includes(target.name));
  if (!program) throw new Error(`cargo tells of no program ${which.at(-1)}`);
  return String(program.executable);
}

/** Nothing of the environment but what a program needs to start. @param {string} url */
const environment = (url) => ({
  PATH: process.env.PATH,
  PYTHONPATH: join(RUNTIME, 'python/src'),
  AWS_ENDPOINT_URL: url,
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
});

/**
 * A process that answers line by line.
 * @param {string} name
 * @param {string} command
 * @param {string[]} args
 * @returns {Promise<Opener>}
 */
async function ofLines(name, command, args) {
  const aws = await startAws();
  const child = spawn(command, args, { env: environment(aws.url), stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`${name} ended with ${code ?? signal}`)));
  });
  ended.catch(() => {});
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let id = 0;
  const open = async (/** @type {string} */ file) => {
    child.stdin.write(`${JSON.stringify({ id: ++id, file, secret: 'A' })}\n`);
    const answer = /** @type {any} */ (await Promise.race([answers.next(), ended]));
    if (answer.done) return /** @type {any} */ (await ended);
    const { id: answered, ...outcome } = JSON.parse(answer.value);
    if (answered !== id) throw new Error(`${name} answers ${answered} instead of ${id}`);
    return outcome;
  };
  const stop = () => {
    child.kill();
    aws.stop();
  };
  return { name, aws, open, stop };
}

/**
 * A process for each secret, which the launcher hands to a shell.
 * @param {string} launcher
 * @returns {Promise<Opener>}
 */
async function ofLauncher(launcher) {
  const aws = await startAws();
  const open = (/** @type {string} */ file) => {
    const env = { ...environment(aws.url), SECRET_BAKER_FILE: file, SECRET_BAKER_ENV: 'A=OPENED' };
    const command = ['sh', '-c', `printf %s "$OPENED"`];
    return /** @type {Promise<Outcome>} */ (
      new Promise((resolve) => {
        execFile(launcher, command, { env, encoding: 'utf8', timeout: 60_000 }, (error, stdout, stderr) => {
          const [, code] = /\[(SECRET_BAKER_\w+)\]\n$/.exec(stderr) ?? [];
          resolve(error ? { code: code ?? `ENDED ${error.code ?? error.signal}: ${stderr}` } : { text: stdout });
        });
      })
    );
  };
  return { name: 'launcher', aws, open, stop: () => aws.stop() };
}
