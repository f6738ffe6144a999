// Makes the folder that Lambda has as /var/task: a function's code, the package that opens, and a bundle.

import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '../aws/python.mjs';
import { FILE } from '../e2e/harness.mjs';

/** @import { StandIn } from '../aws/stand-in.mjs' */
/** @import { LambdaFunction } from './clients.mjs' */

/**
 * Stores secrets and bakes them as the plugin does, without a framework.
 * @param {StandIn} standIn
 * @param {Record<string, string>} values by the names of the secrets
 * @returns {Promise<Record<string, string>>} the bundle, as a file by its name
 */
export async function baked(standIn, values) {
  const entries = {};
  for (const [name, value] of Object.entries(values)) {
    const path = `/app/${name}`;
    await standIn.putSecret(path, value);
    const { Parameter } = await standIn.ssm('GetParameter', { Name: path, WithDecryption: false });
    Object.assign(entries, { [name]: { ciphertext: Parameter.Value, arn: Parameter.ARN, version: Parameter.Version } });
  }
  return { [FILE]: JSON.stringify(entries) };
}

/**
 * A folder that goes with the test.
 * @param {import('node:test').TestContext} t
 * @param {Record<string, string>} files by their path in the folder
 * @returns {string} its path
 */
export function taskFolder(t, files) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'task-')));
  // A function that still runs may write into it: Python what it compiles.
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text, { mode: text.startsWith('#!') ? 0o755 : 0o644 });
  }
  return folder;
}

/** With the package for Node.js as it is published, and middy. @type {typeof taskFolder} */
export function nodeTask(t, files) {
  const folder = taskFolder(t, files);
  cpSync(join(root, 'runtime/node/dist'), join(folder, 'node_modules/secret-baker'), { recursive: true });
  mkdirSync(join(folder, 'node_modules/@middy'));
  symlinkSync(join(root, '__test__/lambda/node_modules/@middy/core'), join(folder, 'node_modules/@middy/core'));
  return folder;
}

/** With the package for Python. @type {typeof taskFolder} */
export function pythonTask(t, files) {
  const folder = taskFolder(t, files);
  const source = join(root, 'runtime/python/src/secret_baker');
  mkdirSync(join(folder, 'secret_baker'));
  for (const name of readdirSync(source).filter((name) => /\.(py|typed|json)$/.test(name))) {
    cpSync(join(source, name), join(folder, 'secret_baker', name));
  }
  return folder;
}

/**
 * Neither what a function printed nor what it posted holds a plaintext; its own answers may.
 * @param {LambdaFunction} started
 * @param {string[]} values
 */
export function assertUnseen({ api, output }, values) {
  const posts = api.posts.filter(({ path }) => !path.endsWith('/response'));
  const texts = posts.map(({ path, headers, body }) => `${path}\n${JSON.stringify(headers)}\n${body.toString('utf8')}`);
  const seen = [...texts, ...api.posts.map(({ headers }) => decodedTrailer(headers)), output].join('\n');
  for (const value of values) {
    for (const spelling of spellings(value)) assert.ok(!seen.includes(spelling), `a plaintext is seen in:\n${seen}`);
  }
}

/** What a response stream says of how it broke off. @param {import('node:http').IncomingHttpHeaders} headers */
function decodedTrailer(headers) {
  return Buffer.from(String(headers['lambda-runtime-function-error-body'] ?? ''), 'base64').toString('utf8');
}

/** @param {string} value */
function spellings(value) {
  const bytes = Buffer.from(value);
  return [
    value,
    JSON.stringify(value).slice(1, -1),
    escaped(value),
    bytes.toString('hex'),
    bytes.toString('base64').replace(/=*$/, ''),
  ];
}

/** As Python's JSON has it. @param {string} value */
function escaped(value) {
  return value.replace(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
