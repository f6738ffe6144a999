// Each opener looks for the bundle at the places of the contract, in its order. What it has found is told by the names in its error.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { python, root } from '../aws/python.mjs';
import { built } from './openers.mjs';

/** @type {{file: string, places: {variable?: string, folder?: string, alone?: boolean}[]}} */
const { file, places } = JSON.parse(readFileSync(join(root, 'runtime/contract.json'), 'utf8'));
const folders = places.flatMap(({ folder }) => folder ?? []);
const [alone] = places.flatMap(({ variable, alone }) => (alone && variable ? [variable] : []));

const runtime = (/** @type {string} */ path) => JSON.stringify(join(root, 'runtime', path));
const NODE = `require(${runtime('node')}).secret('NONE').catch((error) => console.error(error.message));`;
const PYTHON = `import sys\nsys.path.insert(0, ${runtime('python/src')})\nfrom secret_baker import secret\nsecret("NONE")\n`;

/** @typedef {{name: string, command: (program: string) => string[]}} Opener a command whose program lies in a folder */
/** @type {Opener[]} */
const openers = [
  { name: 'node', command: (program) => [process.execPath, written(join(program, 'main.js'), NODE)] },
  { name: 'python', command: (program) => [python, written(join(program, 'main.py'), PYTHON)] },
  { name: 'launcher, and so Rust', command: (program) => [launcherIn(program), 'true'] },
];

/** @param {string} path @param {string} text */
function written(path, text) {
  writeFileSync(path, text);
  return path;
}

/** @param {string} folder */
function launcherIn(folder) {
  const path = join(folder, 'launcher');
  copyFileSync(built('secret-baker-launcher', '--bin', 'secret-baker-launcher'), path);
  return path;
}

for (const { name, command } of openers) {
  it(`${name}: ${[alone, ...folders].join(', ')}`, (t) => {
    const top = realpathSync(mkdtempSync(join(tmpdir(), 'places-')));
    t.after(() => rmSync(top, { recursive: true }));
    /** @type {Record<string, string>} */
    const paths = { LAMBDA_TASK_ROOT: 'task', handler: 'task/src/api', program: 'program', current: 'current' };
    assert.deepEqual(Object.keys(paths), folders, 'a place that this test does not know, or another order');
    for (const path of Object.values(paths)) mkdirSync(join(top, path), { recursive: true });
    const [program = '', ...args] = command(join(top, 'program'));
    const says = (/** @type {Record<string, string>} */ more = {}) => {
      const lambda = { LAMBDA_TASK_ROOT: join(top, 'task'), _HANDLER: 'src/api/users.list' };
      const env = { PATH: process.env.PATH, SECRET_BAKER_ENV: 'NONE=X', ...lambda, ...more };
      return spawnSync(program, args, { cwd: join(top, 'current'), env, encoding: 'utf8', timeout: 60_000 }).stderr;
    };
    for (const folder of folders.toReversed()) {
      written(join(top, paths[folder] ?? '', file), JSON.stringify({ [`IN_${folder}`]: {} }));
      assert.match(says(), new RegExp(`the bundle holds \\W*IN_${folder}\\b`));
    }
    const own = written(join(top, 'own.json'), '{"IN_own": {}}');
    assert.match(says({ [String(alone)]: own }), /the bundle holds \W*IN_own\b/);
    const absent = says({ [String(alone)]: join(top, 'absent.json') });
    assert.match(absent, /there is no bundle/);
    assert.doesNotMatch(absent, /IN_|task|current/);
  });
}
