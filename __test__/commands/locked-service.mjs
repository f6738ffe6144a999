// A service with parameters of its own and a lock, for the tests of all that has to do with locks.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Commands } from './ways.mjs';

/** @import { TestContext } from 'node:test' */
/** @import { StandIn } from '../aws/stand-in.mjs' */

export const LOCK = 'secret-baker.lock.json';
/** Nobody listens, and there are no credentials. */
export const NOBODY = {
  AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
  AWS_ACCESS_KEY_ID: undefined,
  AWS_SECRET_ACCESS_KEY: undefined,
  HOME: '/nowhere',
};

/**
 * @typedef {object} Options
 * @property {(root: string) => Record<string, unknown> | unknown[]} [secrets] by the path above its parameters; without it there are `A` and `B`
 * @property {import('./ways.mjs').Way} [way] the program without one
 * @property {string[]} [keys] of its parameters
 */

let services = 0;

/**
 * A service whose parameters are there.
 * @param {TestContext} t
 * @param {StandIn} standIn
 * @param {Options} [options]
 */
export async function withParameters(t, standIn, { secrets, way = 'program', keys = ['a', 'b'] } = {}) {
  services += 1;
  const root = `/lock-${process.pid}-${services}`;
  for (const key of keys) await standIn.putSecret(`${root}/${key}`, `${key} ☃`);
  const config = secrets ? secrets(root) : { A: `${root}/a`, B: `${root}/b` };
  const commands = new Commands(t, way, standIn, { secrets: config });
  return {
    commands,
    root,
    /** @param {unknown} config its secrets from now on */
    configure: (config) => commands.write({ 'secret-baker.yml': JSON.stringify({ secrets: config }) }),
    read: (file = LOCK) => readFileSync(join(commands.dir, file), 'utf8'),
    /** @returns {Promise<string[]>} the names that were asked for, or stored, so far */
    asked: async () => {
      const calls = await standIn.calls();
      return calls.flatMap(({ names }) => names).filter((name) => name.startsWith(root));
    },
  };
}

/**
 * The same, locked.
 * @param {TestContext} t
 * @param {StandIn} standIn
 * @param {Options} [options]
 */
export async function locked(t, standIn, options) {
  const made = await withParameters(t, standIn, options);
  await succeed(made.commands, ['lock']);
  return made;
}

/**
 * @param {Commands} commands
 * @param {string[]} words
 * @param {import('./ways.mjs').RunOptions} [options]
 */
export async function succeed(commands, words, options) {
  const ended = await commands.run(words, options);
  assert.equal(ended.code, 0, ended.stdout + ended.stderr);
  return ended;
}

/**
 * @param {Commands} commands
 * @param {string[]} words
 * @param {RegExp} says
 * @param {import('./ways.mjs').RunOptions} [options]
 * @returns {Promise<string>} all that it says
 */
export async function fail(commands, words, says, options) {
  const { code, stderr } = await commands.run(words, options);
  assert.match(stderr, says);
  assert.equal(code, 3, stderr);
  return stderr;
}

/**
 * @param {Commands} commands
 * @param {string[]} args
 */
export function git({ dir }, ...args) {
  const identity = ['-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'init.defaultBranch=main'];
  return execFileSync('git', [...identity, ...args], { cwd: dir, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
