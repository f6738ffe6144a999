// Starts what Lambda starts: the bootstrap of each runtime, with the environment that Lambda gives it.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { credentials, region } from '../aws/stand-in.mjs';
import * as nodes from './nodes.mjs';
import * as pythons from './pythons.mjs';
import { startRuntimeApi } from './runtime-api.mjs';

/** @import { RuntimeApi } from './runtime-api.mjs' */

/**
 * @typedef {object} Client
 * @property {string} name such as `node22`
 * @property {'node' | 'python' | 'bootstrap'} kind
 * @property {string} runtime by Lambda's name
 * @property {string | false} skip why it cannot be had on this machine
 * @property {(folder: string, handler: string) => string[]} command
 * @property {Record<string, string>} env what the runtime adds to the environment
 *
 * @typedef {object} FunctionOptions
 * @property {string} folder with its code: `LAMBDA_TASK_ROOT`, and the folder it starts in
 * @property {string} [handler] `handler.hello` unless told otherwise
 * @property {NodeJS.ProcessEnv} [env] of the function, over that of Lambda; `undefined` unsets
 * @property {string} [wrapper] path: `AWS_LAMBDA_EXEC_WRAPPER`, which a managed runtime starts in place of itself
 * @property {boolean} [snapStart] whether it is initialised for a snapshot
 * @property {number} [patience] milliseconds after which any wait for it ends; a minute unless told otherwise
 */

/** All of Lambda's versions of Node.js, each with the newest client. */
export const nodeClients = nodes.VERSIONS.map(nodeClient);

/** All of Lambda's versions of Python. */
export const pythonClients = pythons.VERSIONS.map(pythonClient);

/** The program `bootstrap` of an artefact, in which its runtime is compiled or written: `provided.al2023`. */
export const bootstrapClient = /** @type {Client} */ ({
  name: 'bootstrap',
  kind: 'bootstrap',
  runtime: 'provided.al2023',
  skip: false,
  command: (folder) => [join(folder, 'bootstrap')],
  env: {},
});

/** @param {string} version @returns {Client} */
function nodeClient(version) {
  const node = join(nodes.nodeFolder(version), 'bin/node');
  return {
    name: `node${version}`,
    kind: 'node',
    runtime: `nodejs${version}.x`,
    skip: noNode(node),
    command: () => [node, nodes.CLIENT],
    env: { AWS_EXECUTION_ENV: `AWS_Lambda_nodejs${version}.x` },
  };
}

/** @param {string} node */
function noNode(node) {
  if (!existsSync(node)) return 'its Node.js is a package for Linux on x64';
  return existsSync(nodes.NATIVE_CLIENT)
    ? false
    : "aws-lambda-ric's native client is not built (it needs make, xz and a C++ compiler)";
}

/** @param {string} version @returns {Client} */
function pythonClient(version) {
  const found = pythons.foundPython(version);
  return {
    name: `python${version}`,
    kind: 'python',
    runtime: `python${version}`,
    skip: found ? false : `there is no Python ${version} on this machine`,
    command: (_, handler) => [String(found?.interpreter), '-m', 'awslambdaric', handler],
    env: { AWS_EXECUTION_ENV: `AWS_Lambda_python${version}`, PYTHONPATH: String(found?.packages) },
  };
}

/**
 * Starts a function, at a Runtime API of its own.
 * @param {Client} client
 * @param {FunctionOptions} options
 */
export async function startFunction(
  client,
  { folder, handler = 'handler.hello', env = {}, wrapper, snapStart = false, patience },
) {
  const api = await startRuntimeApi({ patience });
  const own = client.command(folder, handler);
  const [program = '', ...args] = wrapper === undefined ? own : [wrapper, ...own];
  const environment = {
    ...lambdaEnvironment(),
    ...{ AWS_LAMBDA_RUNTIME_API: api.address, LAMBDA_TASK_ROOT: folder, _HANDLER: handler },
    ...(snapStart && { AWS_LAMBDA_INITIALIZATION_TYPE: 'snap-start' }),
    ...(wrapper !== undefined && { AWS_LAMBDA_EXEC_WRAPPER: wrapper }),
    ...client.env,
    ...env,
  };
  const given = Object.entries(environment).filter(([, value]) => value !== undefined);
  api.started = performance.now();
  // A group of its own, so that a freeze meets all of it.
  const child = spawn(program, args, {
    cwd: folder,
    env: Object.fromEntries(given),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new LambdaFunction(child, api);
}

/** What Lambda sets for every runtime. @returns {NodeJS.ProcessEnv} */
function lambdaEnvironment() {
  return {
    PATH: process.env.PATH,
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    AWS_LAMBDA_FUNCTION_NAME: 'hello',
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/hello',
    AWS_LAMBDA_LOG_STREAM_NAME: '2026/01/01/[$LATEST]00000000000000000000000000000000',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:2000',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: 'a-session-token',
  };
}

/** @type {Set<LambdaFunction>} those that must not outlive the tests */
const running = new Set();
process.once('exit', () => {
  for (const one of running) one.signal('SIGKILL');
});

/** A function's process, and what it does at the Runtime API. */
export class LambdaFunction {
  #child;

  /**
   * @param {import('node:child_process').ChildProcessByStdio<null, import('node:stream').Readable, import('node:stream').Readable>} child
   * @param {RuntimeApi} api
   */
  constructor(child, api) {
    this.#child = child;
    this.api = api;
    this.said = { stdout: '', stderr: '' };
    for (const stream of /** @type {const} */ (['stdout', 'stderr'])) {
      child[stream].setEncoding('utf8').on('data', (chunk) => {
        this.said[stream] += chunk;
      });
    }
    running.add(this);
    /** @type {Promise<{code: number | null, signal: NodeJS.Signals | null}>} */
    this.ended = new Promise((resolve) => {
      const gone = (
        /** @type {string} */ how,
        /** @type {number | null} */ code,
        /** @type {NodeJS.Signals | null} */ signal,
      ) => {
        running.delete(this);
        api.stop(`the function ${how}, having said:\n${this.output}`);
        resolve({ code, signal });
      };
      child.once('error', (error) => gone(`did not start (${error.message})`, null, null));
      child.once('close', (code, signal) => gone(`ended with ${code ?? signal}`, code, signal));
    });
  }

  get pid() {
    return Number(this.#child.pid);
  }

  get output() {
    return this.said.stdout + this.said.stderr;
  }

  /** Stops it where it is, as Lambda does between invocations. */
  freeze() {
    this.signal('SIGSTOP');
  }

  /** Lets it go on. */
  thaw() {
    this.signal('SIGCONT');
  }

  /** @param {NodeJS.Signals} signal for the process and all that it has started */
  signal(signal) {
    if (this.#child.pid === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    try {
      process.kill(-this.#child.pid, signal);
    } catch (error) {
      // It has just ended.
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH') throw error;
    }
  }

  /** Ends it, frozen or not, and waits until it is gone. */
  async stop() {
    this.signal('SIGKILL');
    return this.ended;
  }
}
