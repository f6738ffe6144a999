// Runs a command in each way that users have: the program of its own, the same from the npm package, and the real frameworks.

import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { python, root } from '../aws/python.mjs';
import { credentials, region } from '../aws/stand-in.mjs';
import { frameworks, plainWith } from '../e2e/harness.mjs';

/** @import { TestContext } from 'node:test' */

const windows = process.platform === 'win32';
/** Built by the set-up step `program`. */
export const PROGRAM = join(root, 'target/debug', windows ? 'secret-baker.exe' : 'secret-baker');
const NODE_PROGRAM = join(root, 'bin/secret-baker.js');

/**
 * `program`: the binary without Node; `npm`: the package's; else the framework in that folder.
 * @typedef {'program' | 'npm' | typeof frameworks[number]} Way
 *
 * @typedef {object} ServiceOfTest what `secret-baker.yml` has, or the framework's config of the same meaning
 * @property {unknown} secrets
 * @property {Record<string, unknown>} [options]
 * @property {Record<string, Record<string, unknown>>} [functions] with `secrets`, `env`, ...; for the framework `secrets` is `secretBaker`
 *
 * @typedef {object} RunOptions
 * @property {string | Buffer} [input] standard input
 * @property {Record<string, string | undefined>} [env] `undefined` unsets
 * @property {string} [cwd] below the service's folder
 * @property {number} [timeout] milliseconds
 * @property {(pid: number) => void} [started] hears which process it is
 *
 * @typedef {{code: number | null, signal: NodeJS.Signals | null, stdout: string, stderr: string}} Ended
 *
 * @typedef {object} Step one exchange in a terminal: waits until `expect` was printed, then types `send`
 * @property {string} expect
 * @property {string} [send]
 * @property {string} [signal] such as `SIGINT`, sent to the process instead
 *
 * @typedef {{code: number | null, signal: number | null, output: string, echoes: boolean}} EndedInTerminal `echoes`: whether the terminal
 *   is as it was before
 */

/** Every way that there is. Most tests take one program and one framework: the rest is one implementation. */
export const ways = /** @type {const} */ (['program', 'npm', ...frameworks]);

/** One service in one way. It goes with the test. */
export class Commands {
  /**
   * @param {TestContext} t
   * @param {Way} way
   * @param {{endpoint: string} | undefined} standIn undefined: no service of AWS can be reached
   * @param {ServiceOfTest} service
   * @param {Record<string, string | Buffer>} [files] by their path in the service's folder
   */
  constructor(t, way, standIn, service, files = {}) {
    this.way = way;
    this.isFramework = frameworks.some((framework) => framework === way);
    this.endpoint = standIn?.endpoint;
    if (this.isFramework) {
      const framework = plainWith(t, /** @type {typeof frameworks[number]} */ (way), frameworkKeys(service), files);
      this.dir = framework.dir;
      this.service = framework;
      return;
    }
    this.dir = realpathSync(mkdtempSync(join(tmpdir(), 'commands-')));
    t.after(() => rmSync(this.dir, { recursive: true, force: true }));
    // JSON is YAML.
    this.write({ 'secret-baker.yml': JSON.stringify(service), ...files });
  }

  /** @param {Record<string, string | Buffer>} files */
  write(files) {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(this.dir, path)), { recursive: true });
      writeFileSync(join(this.dir, path), content);
    }
  }

  /** @param {string} path in the service's folder */
  read(path) {
    return readFileSync(join(this.dir, path), 'utf8');
  }

  /**
   * Runs a command to its end, without a terminal.
   * @param {string[]} words behind the program's name, such as `['list', '--json']`
   * @param {RunOptions} [options]
   * @returns {Promise<Ended>}
   */
  run(words, { input = '', env = {}, cwd = '.', timeout = 120_000, started } = {}) {
    const { command, environment } = this.#process(words, env);
    const [program = '', ...rest] = command;
    const child = spawn(program, rest, { cwd: join(this.dir, cwd), env: environment, stdio: 'pipe' });
    if (child.pid !== undefined) started?.(child.pid);
    const said = { stdout: '', stderr: '' };
    for (const stream of /** @type {const} */ (['stdout', 'stderr'])) {
      child[stream].setEncoding('utf8').on('data', (chunk) => {
        said[stream] += chunk;
      });
    }
    // Whoever asks for no input may have gone before it is written.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    const timer = setTimeout(() => child.kill('SIGKILL'), timeout);
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => {
        clearTimeout(timer);
        resolve({ code, signal, ...said });
      });
    });
  }

  /**
   * What a command prints as JSON.
   * @param {string[]} words
   * @param {RunOptions} [options]
   * @returns {Promise<{code: number | null, value: any, stderr: string}>}
   */
  async json(words, options) {
    const { code, stdout, stderr } = await this.run([...words, '--json'], options);
    try {
      return { code, value: JSON.parse(stdout), stderr };
    } catch {
      throw new Error(`no JSON (exit code ${code}): ${stdout}\n${stderr}`);
    }
  }

  /**
   * Runs a command in a terminal of its own, and answers its questions.
   * @param {string[]} words
   * @param {Step[]} steps
   * @param {Pick<RunOptions, 'env' | 'timeout'>} [options]
   * @returns {Promise<EndedInTerminal>}
   */
  inTerminal(words, steps, { env = {}, timeout = 60_000 } = {}) {
    const { command, environment } = this.#process(words, { TERM: 'xterm-256color', ...env });
    return runInTerminal(command, steps, { cwd: this.dir, env: environment, timeout });
  }

  /**
   * @param {string[]} words
   * @param {Record<string, string | undefined>} env
   */
  #process(words, env) {
    const environment = /** @type {NodeJS.ProcessEnv} */ ({
      ...Object.fromEntries(KEPT.map((name) => [name, process.env[name]]).filter(([, value]) => value !== undefined)),
      ...QUIET,
      AWS_ENDPOINT_URL: this.endpoint ?? NOWHERE,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_REGION: region,
      ...env,
    });
    return { command: this.#command(words), environment };
  }

  /** @param {string[]} words */
  #command(words) {
    if (this.way === 'program') return [PROGRAM, ...words];
    if (this.way === 'npm') return [process.execPath, NODE_PROGRAM, ...words];
    const cli = this.way === 'v3' ? 'serverless' : 'osls';
    return [process.execPath, join(this.dir, '../node_modules', cli, 'bin/serverless.js'), 'secret-baker', ...words];
  }
}

/**
 * Runs any program in a terminal of its own.
 * @param {string[]} command
 * @param {Step[]} steps
 * @param {{cwd: string, env: NodeJS.ProcessEnv, timeout?: number}} options
 * @returns {Promise<EndedInTerminal>}
 */
export function runInTerminal(command, steps, { cwd, env, timeout = 60_000 }) {
  const order = JSON.stringify({ command, steps, cwd, env, timeout });
  const child = spawn(python, [join(import.meta.dirname, 'terminal.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  let told = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    told += chunk;
  });
  child.stdin.end(order);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(JSON.parse(told)) : reject(new Error(`no terminal: exit code ${code}`))));
  });
}

/**
 * A program of a few lines, for `exec` and the like.
 * @param {string} path
 * @param {string} text
 */
export function writeProgram(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, 0o755);
}

/** @param {ServiceOfTest} service */
function frameworkKeys({ secrets, options, functions }) {
  const own = (/** @type {Record<string, unknown>} */ { secrets: only, ...keys }) => ({
    handler: 'handler.hello',
    ...(only !== undefined && { secretBaker: only }),
    ...keys,
  });
  return {
    custom: { secretBaker: secrets, ...(options && { secretBakerOptions: options }) },
    ...(functions && { functions: Object.fromEntries(Object.entries(functions).map(([key, each]) => [key, own(each)])) }),
  };
}

const KEPT = ['PATH', 'HOME', 'TMPDIR', 'SystemRoot'];
/** Nothing listens there. */
const NOWHERE = 'http://127.0.0.1:9';
const QUIET = {
  SLS_TELEMETRY_DISABLED: '1',
  SLS_NOTIFICATIONS_MODE: 'off',
  SLS_DEPRECATION_NOTIFICATION_MODE: 'warn',
  SLS_AWS_REQUEST_MAX_RETRIES: '0',
  NPM_CONFIG_UPDATE_NOTIFIER: 'false',
  AWS_EC2_METADATA_DISABLED: 'true',
};
