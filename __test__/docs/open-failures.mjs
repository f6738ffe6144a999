// What a function says of each code, provoked with the package for Node.js by the shared vectors, and with the launcher: the
// examples of docs/troubleshooting.md.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configure, loadEnv, secret, secretFromEnv } from '../../runtime/node/index.mjs';
import { built } from '../contract/openers.mjs';
import { startAws } from '../contract/table-aws.mjs';

const FILE = 'secret-baker-secrets.json';
const VECTORS = new URL('../vectors/', import.meta.url);
const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };

/** @typedef {{code: string, message: string}} Failure */
/** @typedef {{title: string, file?: string, secret?: string, variable?: string, environment?: Record<string, string>, table: import('../contract/table-aws.mjs').Table}} Case */

/** The cases of a file of vectors that fail with a code. @param {string} name @param {string} code @returns {Case[]} */
function casesOf(name, code) {
  const { cases, calls: shared, otherwise } = JSON.parse(readFileSync(new URL(name, VECTORS), 'utf8'));
  const those = cases.filter((/** @type {any} */ { expect }) => expect.fails === `SECRET_BAKER_${code}`);
  return those.map((/** @type {any} */ one) => ({ ...one, table: { calls: [...(one.calls ?? []), ...shared], otherwise } }));
}

/** The first one, of Parameter Store where it has one. @param {string} code @returns {Case} */
function caseOf(code) {
  const others = readdirSync(new URL('bundles/', VECTORS)).map((name) => `bundles/${name}`);
  const names = ['bundles/ssm.json', ...others, 'variables.json'];
  const found = names.flatMap((name) => casesOf(name, code)).find(({ file, variable }) => file ?? variable);
  assert.ok(found, code);
  return found;
}

/** @param {() => Promise<unknown>} open @returns {Promise<Failure>} */
async function failed(open) {
  try {
    await open();
  } catch (/** @type {any} */ error) {
    return { code: error.code, message: error.message };
  }
  return assert.fail('it opened');
}

/**
 * @param {string} folder
 * @param {Awaited<ReturnType<typeof startAws>>} aws
 * @returns {(code: string) => Promise<unknown>} what fails with a code
 */
function failing(folder, aws) {
  const file = join(folder, FILE);
  const bundle = (/** @type {string} */ text) => {
    writeFileSync(file, text);
    configure({ file, endpoint: aws.url, credentials });
  };
  /** @type {Record<string, () => Promise<unknown>>} */
  const elsewhere = {
    BUNDLE_MISSING: () => {
      configure({ file: join(folder, 'none', FILE) });
      return secret('DB_PASSWORD');
    },
    NOT_A_VARIABLE: () => {
      bundle('{"PATH":{"ciphertext":"AQICAA==","arn":"a"}}');
      return loadEnv({ only: ['PATH'] });
    },
  };
  const ofVectors = (/** @type {string} */ code) => {
    const one = caseOf(code);
    aws.table = one.table;
    Object.assign(process.env, { AWS_REGION: 'eu-central-1' }, one.environment);
    bundle(one.file ?? '{}');
    if (one.secret !== undefined) return secret(one.secret);
    process.env.DB = one.variable;
    return secretFromEnv('DB');
  };
  return (code) => (elsewhere[code] ?? (() => ofVectors(code)))();
}

/** @param {string[]} codes without their prefix @returns {Promise<Record<string, Failure>>} */
export async function openFailures(codes) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'secret-baker-task-')));
  const aws = await startAws();
  const { host } = new URL(aws.url);
  const { AWS_REGION, DB } = process.env;
  const provoke = failing(folder, aws);
  const told = /** @type {Record<string, Failure>} */ ({});
  try {
    for (const code of codes) {
      const { code: found, message } = await failed(() => provoke(code));
      const shown = message.replaceAll(folder, '/var/task').replaceAll(host, 'kms.eu-central-1.amazonaws.com');
      told[code] = { code: found, message: shown };
    }
    return told;
  } finally {
    aws.stop();
    rmSync(folder, { recursive: true });
    configure({ file: undefined, endpoint: undefined, credentials: undefined });
    for (const [name, value] of Object.entries({ AWS_REGION, DB })) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

/** What the launcher says of a command that is not there. @returns {Failure} */
export function launcherFailure() {
  const launcher = built('secret-baker-launcher', '--bin', 'secret-baker-launcher');
  const folder = mkdtempSync(join(tmpdir(), 'secret-baker-task-'));
  writeFileSync(join(folder, FILE), '{}');
  const env = { LAMBDA_TASK_ROOT: folder, PATH: '/usr/bin:/bin' };
  const { stderr } = spawnSync(launcher, ['bootstrap.sh'], { env, encoding: 'utf8', timeout: 60_000 });
  rmSync(folder, { recursive: true });
  return { code: /\[(SECRET_BAKER_\w+)/.exec(stderr)?.[1] ?? '', message: stderr.trimEnd() };
}
