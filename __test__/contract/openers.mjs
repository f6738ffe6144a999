// The four openers as processes, each with an AWS of its own or all with one.

import { execFile, execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { python, root } from '../aws/python.mjs';

/**
 * @typedef {{text?: string, bytes?: string, code?: string, pages?: string[]}} Outcome `pages` end the message of a failure
 * @typedef {{url: string, stop: () => void}} Aws
 */

/**
 * A secret of a bundle, or what stands in a variable; and the variables that tell where the function is, all others of which are unset.
 * @typedef {{file?: string, secret?: string, variable?: string, environment?: Record<string, string>}} Sealed
 */

/**
 * @template {Aws} A
 * @typedef {object} Opener
 * @property {string} name
 * @property {A} aws
 * @property {(sealed: Sealed) => Promise<Outcome>} open
 * @property {() => void} stop
 */

const here = import.meta.dirname;
const RUNTIME = join(root, 'runtime');
const { page } = JSON.parse(readFileSync(join(RUNTIME, 'contract.json'), 'utf8'));

/**
 * What each opener tells of a failure.
 * @param {string} name of its code, such as `TAMPERED`
 * @returns {Outcome}
 */
export function failed(name) {
  const code = `SECRET_BAKER_${name}`;
  return { code, pages: [`${page}#${code.toLowerCase()}`] };
}

/**
 * Starts all, each with the AWS that it is given.
 * @template {Aws} A
 * @param {() => Promise<A>} startAws
 * @returns {Promise<Opener<A>[]>}
 */
export async function startOpeners(startAws) {
  const lines = built('secret-baker', '--example', 'open_lines');
  const launcher = built('secret-baker-launcher', '--bin', 'secret-baker-launcher');
  return [
    ofLines('node', process.execPath, [join(here, 'open_lines.mjs')], await startAws()),
    ofLines('python', python, [join(here, 'open_lines.py')], await startAws()),
    ofLines('rust', lines, [], await startAws()),
    ofLauncher(launcher, await startAws()),
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

/**
 * Nothing of the environment but what a program needs to start.
 * @param {string} url
 */
const environment = (url) => ({
  PATH: process.env.PATH,
  PYTHONPATH: join(RUNTIME, 'python/src'),
  AWS_ENDPOINT_URL: url,
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
});

/** The variables that tell where a function is, and which one it is. */
const USUAL = { AWS_REGION: 'eu-central-1' };

/**
 * A process that answers line by line.
 * @template {Aws} A
 * @param {string} name
 * @param {string} command
 * @param {string[]} args
 * @param {A} aws
 * @returns {Opener<A>}
 */
function ofLines(name, command, args, aws) {
  const child = spawn(command, args, { env: environment(aws.url), stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`${name} ended with ${code ?? signal}`)));
  });
  ended.catch(() => {});
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let id = 0;
  const open = async (/** @type {Sealed} */ { environment = USUAL, ...sealed }) => {
    child.stdin.write(`${JSON.stringify({ id: ++id, ...sealed, environment })}\n`);
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
 * @template {Aws} A
 * @param {string} launcher
 * @param {A} aws
 * @returns {Opener<A>}
 */
function ofLauncher(launcher, aws) {
  const open = (/** @type {Sealed} */ { file, secret = '', variable, environment: own = USUAL }) => {
    const wanted = file ? { SECRET_BAKER_FILE: file, SECRET_BAKER_ENV: `${secret}=DB` } : { DB: variable };
    const env = { ...environment(aws.url), ...own, ...wanted };
    const command = ['sh', '-c', `printf %s "$DB"`];
    return /** @type {Promise<Outcome>} */ (
      new Promise((resolve) => {
        execFile(launcher, command, { env, encoding: 'utf8', maxBuffer: 2 ** 22, timeout: 60_000 }, (error, stdout, stderr) => {
          const [told = '', ...pages] = stderr.split(/\n(?:secret-baker-launcher: {3}more: )?/).slice(0, -1);
          const [, code] = /\[(SECRET_BAKER_\w+)\]$/.exec(told) ?? [];
          resolve(error ? { code: code ?? `ENDED ${error.code ?? error.signal}: ${stderr}`, pages } : { text: stdout });
        });
      })
    );
  };
  return { name: 'launcher', aws, open, stop: () => aws.stop() };
}
