// Runs the real frameworks, in processes of their own, on copies of the services under `__test__/services`.

import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import yauzl from 'yauzl';
import { root } from '../aws/python.mjs';
import { credentials, region } from '../aws/stand-in.mjs';

export const FILE = 'secret-baker-secrets.json';

/** The frameworks that run here, by the folder that they are installed in. */
export const frameworks = /** @type {const} */ (['v3', 'osls3', 'osls4']);

/**
 * @typedef {typeof frameworks[number]} Framework
 * @typedef {{code: number | null, signal: NodeJS.Signals | null, stdout: string, stderr: string, output: string}} Ended
 * @typedef {{name: string, mode: number, read: () => Promise<Buffer>}} Entry
 *
 * @typedef {object} RunOptions
 * @property {Record<string, string | undefined>} [env] `undefined` unsets
 * @property {number} [timeout] milliseconds, after which the framework is killed
 * @property {string} [cwd]
 * @property {string} [umask] octal
 */

/** A copy of a service in a temporary folder, beside a link to the framework's packages. */
export class Service {
  /**
   * The packages lie in the parent folder, where Node finds them and no packaging tool does.
   *
   * @param {Framework} framework
   * @param {string} name a folder of `__test__/services`, or an absolute path
   * @param {Record<string, string | Buffer>} [files] more files, or others, by their path in the service
   */
  constructor(framework, name, files = {}) {
    this.framework = framework;
    this.parent = realpathSync(mkdtempSync(join(tmpdir(), 'service-')));
    this.dir = join(this.parent, 'service');
    cpSync(name.startsWith('/') ? name : join(root, '__test__/services', name), this.dir, { recursive: true });
    this.write(files);
    symlinkSync(join(root, '__test__/frameworks', framework, 'node_modules'), join(this.parent, 'node_modules'), 'dir');
    cpSync(join(root, '__test__/services/point-at-stand-in.js'), join(this.dir, '.point-at-stand-in.js'));
  }

  /** @param {Record<string, string | Buffer>} files where a text names its own folder it says SERVICE */
  write(files) {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(this.dir, path, '..'), { recursive: true });
      writeFileSync(join(this.dir, path), typeof text === 'string' ? text.replaceAll('SERVICE', this.dir) : text);
    }
  }

  /** The names in the service's folder, without what the framework leaves there. */
  names() {
    return readdirSync(this.dir).filter((name) => !['.serverless', '.point-at-stand-in.js'].includes(name));
  }

  /** @param {string} name */
  has(name) {
    return existsSync(join(this.dir, name));
  }

  /**
   * An artefact as Lambda unpacks it, in a folder beside the service's.
   * @param {string} path of a zip below the service's folder
   * @returns {Promise<string>} the folder
   */
  async unpack(path) {
    const folder = join(this.parent, 'task');
    for (const entry of (await this.zip(path)).values()) {
      if (entry.name.endsWith('/')) continue;
      const to = join(folder, entry.name);
      mkdirSync(dirname(to), { recursive: true });
      writeFileSync(to, await entry.read());
      chmodSync(to, entry.mode);
    }
    return folder;
  }

  /** @param {string} path of a zip below the service's folder */
  zip(path) {
    return readZip(join(this.dir, path));
  }

  /**
   * Runs the framework to its end.
   * @param {string[]} args
   * @param {RunOptions} [options]
   * @returns {Promise<Ended>}
   */
  run(args, options) {
    return this.start(args, options).ended;
  }

  /**
   * Starts the framework.
   * @param {string[]} args
   * @param {RunOptions} [options]
   */
  start(args, { env = {}, timeout = 120_000, cwd = this.dir, umask } = {}) {
    const cli = join(this.parent, 'node_modules', this.framework === 'v3' ? 'serverless' : 'osls', 'bin/serverless.js');
    const node = [process.execPath, '--require', join(root, '__test__/e2e/compiled.cjs'), cli, ...args];
    const [program = '', ...rest] = umask === undefined ? node : ['sh', '-c', 'umask "$0" && exec "$@"', umask, ...node];
    const child = spawn(program, rest, { cwd, env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] });
    const said = { stdout: '', stderr: '', output: '' };
    for (const stream of /** @type {const} */ (['stdout', 'stderr'])) {
      child[stream].setEncoding('utf8').on('data', (chunk) => {
        said[stream] += chunk;
        said.output += chunk;
      });
    }
    const timer = setTimeout(() => child.kill('SIGKILL'), timeout);
    /** @type {Promise<Ended>} */
    const ended = new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => {
        clearTimeout(timer);
        resolve({ code, signal, ...said });
      });
    });
    return { child, said, ended };
  }

  remove() {
    rmSync(this.parent, { recursive: true, force: true });
  }
}

/**
 * The service `plain`, with these keys in place of its own. It goes with the test.
 * @param {import('node:test').TestContext} t
 * @param {Framework} framework
 * @param {object} keys of `serverless.yml`
 * @param {Record<string, string | Buffer>} [files] by their path in the service
 */
export function plainWith(t, framework, keys, files = {}) {
  const config = {
    service: 'plain',
    frameworkVersion: '*',
    configValidationMode: 'error',
    provider: { name: 'aws', runtime: 'nodejs20.x', region },
    plugins: ['./.point-at-stand-in.js', 'serverless-secret-baker'],
    functions: { hello: { handler: 'handler.hello' } },
    ...keys,
  };
  // JSON is YAML.
  const service = new Service(framework, 'plain', { 'serverless.yml': JSON.stringify(config), ...files });
  t.after(() => service.remove());
  return service;
}

/**
 * The variables that a framework runs with: quiet, and pointed at nothing but the stand-in that the test names.
 * @param {Record<string, string | undefined>} own
 */
function environment(own) {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'SystemRoot'].map((name) => [name, process.env[name]]);
  return /** @type {NodeJS.ProcessEnv} */ ({
    ...Object.fromEntries(kept.filter(([, value]) => value !== undefined)),
    CI: '1',
    SLS_TELEMETRY_DISABLED: '1',
    SLS_NOTIFICATIONS_MODE: 'off',
    SLS_DEPRECATION_NOTIFICATION_MODE: 'warn',
    SLS_AWS_REQUEST_MAX_RETRIES: '0',
    // Milliseconds between two looks at the stack.
    SLS_AWS_MONITORING_FREQUENCY: '200',
    NPM_CONFIG_UPDATE_NOTIFIER: 'false',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_REGION: region,
    ...own,
  });
}

/**
 * The entries of a zip, with the Unix mode of each.
 * @param {string} path
 * @returns {Promise<Map<string, Entry>>}
 */
export function readZip(path) {
  return new Promise((resolve, reject) => {
    yauzl.open(path, { lazyEntries: true, autoClose: false }, (error, zip) => {
      if (error) return reject(error);
      const entries = /** @type {Map<string, Entry>} */ (new Map());
      zip.on('error', reject);
      zip.on('end', () => resolve(entries));
      zip.on('entry', (entry) => {
        const mode = (entry.externalFileAttributes >>> 16) & 0o777;
        entries.set(entry.fileName, { name: entry.fileName, mode, read: () => readEntry(zip, entry) });
        zip.readEntry();
      });
      zip.readEntry();
    });
  });
}

/**
 * @param {import('yauzl').ZipFile} zip
 * @param {import('yauzl').Entry} entry
 * @returns {Promise<Buffer>}
 */
async function readEntry(zip, entry) {
  const stream = await new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => (error ? reject(error) : resolve(stream)));
  });
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/**
 * The bundle inside an artefact.
 * @param {Map<string, Entry>} entries
 * @returns {Promise<Record<string, {ciphertext: string, arn: string, version: number}>>}
 */
export async function bundleOf(entries) {
  const entry = entries.get(FILE);
  if (!entry) throw new Error(`${FILE} is not among ${[...entries.keys()].join(', ')}`);
  return JSON.parse((await entry.read()).toString('utf8'));
}

/**
 * Waits until a condition holds.
 * @param {string} what for the error
 * @param {() => unknown} holds
 * @param {number} [seconds]
 */
export async function until(what, holds, seconds = 60) {
  for (let tried = 0; tried < seconds * 20; tried += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`waited ${seconds} s for ${what}`);
}
