// Folders with bundles in them, and fresh processes that open them.

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { contract } from '../scripts/contract.mjs';

export const packageFolder = fileURLToPath(new URL('..', import.meta.url));
/** What npm gets: made by scripts/build-runtime.mjs. */
export const published = fileURLToPath(new URL('../dist', import.meta.url));
export const FILE = 'secret-baker-secrets.json';
export const keys = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
export const keysAsEnv = { AWS_ACCESS_KEY_ID: keys.accessKeyId, AWS_SECRET_ACCESS_KEY: keys.secretAccessKey };

/** The line that ends the message of a failure with one code. @param {string} code */
export const pageOf = (code) => `\n  more: ${contract.page}#${code.toLowerCase()}`;

const folders = /** @type {string[]} */ ([]);
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/**
 * A new folder with these files; removed with this process.
 * @param {Record<string, string | Buffer | object>} [files] objects are written as JSON
 */
export function folderWith(files = {}) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'secret-baker-')));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    const raw = typeof content === 'string' || Buffer.isBuffer(content);
    writeFileSync(join(folder, name), raw ? content : JSON.stringify(content));
  }
  return folder;
}

const OWN = ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_LAMBDA_FUNCTION_NAME'];

/** Of the variables that tell a function where it is, just these. @param {Record<string, string>} [environment] */
export function setEnvironment(environment = { AWS_REGION: 'eu-central-1' }) {
  for (const name of OWN) delete process.env[name];
  Object.assign(process.env, environment);
}

/** The path of a bundle with this content. */
export const bundleOf = (/** @type {string | Buffer | object} */ content) => join(folderWith({ [FILE]: content }), FILE);

/**
 * @typedef {object} Ended
 * @property {number | null} code
 * @property {string} stdout
 * @property {string} stderr
 */

/**
 * Starts Node with nothing in the environment but what is given.
 * @param {string[]} args
 * @param {{env?: Record<string, string>, cwd?: string}} [options]
 */
export function start(args, { env = {}, cwd = folderWith() } = {}) {
  const child = spawn(process.execPath, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
  /** @type {Promise<Ended>} */
  const ended = new Promise((resolve, reject) => {
    const texts = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => {
      texts.stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      texts.stderr += chunk;
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...texts }));
  });
  return { child, ended };
}

/**
 * Runs CommonJS in a fresh process: `baker` is the package, `print` writes JSON.
 * @param {string} body of an async function
 * @param {{env?: Record<string, string>, cwd?: string, args?: string[]}} [options]
 * @returns {Promise<any>} what was printed last
 */
export async function runFresh(body, { args = [], ...options } = {}) {
  const { code, stdout, stderr } = await start([...args, '-e', script(body)], options).ended;
  if (code !== 0) throw new Error(`ended with ${code}: ${stderr}`);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

/** @param {string} body */
export const script = (body) =>
  `const baker = require(${JSON.stringify(packageFolder)});
   const print = (value) => process.stdout.write(JSON.stringify(value) + '\\n');
   (async () => { ${body} })();`;
