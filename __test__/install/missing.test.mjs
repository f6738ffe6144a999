// Where npm has left out what it should have installed: the error tells the one command that brings it, and that command does.

import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { assertBakes, startWithSecret } from './baked.mjs';
import { managers, OLD_NPM } from './managers.mjs';
import { filesIn, manifestIn } from './packages.mjs';
import { Project } from './project.mjs';
import { BINARY, LAUNCHER, PLUGIN, packed } from './proof.mjs';

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;
before(async () => {
  standIn = await startWithSecret();
});
after(() => standIn.stop());

const MAC = ['--os=darwin', '--cpu=arm64'];

describe('what npm has left out', { concurrency: 2 }, () => {
  it('a lock that npm 10 made from the node_modules of a Mac lacks the binary here, until the command of the error has run', async (t) => {
    const project = emptyProject(t);
    await npm(project, OLD_NPM, 'install', '--save-dev', ...MAC, PLUGIN);
    // Npm's issue 4828: what it does not find there is not in the new lock.
    project.remove('package-lock.json');
    await npm(project, OLD_NPM, 'install', ...MAC);
    assert.deepEqual(locked(project), [PLUGIN, `${PLUGIN}-darwin-arm64`, LAUNCHER]);
    project.remove('node_modules');
    await npm(project, OLD_NPM, 'ci');
    await assertMends(project, BINARY, 'binary', OLD_NPM);
    assert.deepEqual(locked(project), ALL);
    project.remove('node_modules');
    await npm(project, OLD_NPM, 'ci');
    await assertBakes(project, standIn);
  });

  it('--omit=optional leaves the binary out, until the command of the error has run', async (t) => {
    const project = emptyProject(t);
    await npm(project, 'npm', 'install', '--save-dev', '--omit=optional', PLUGIN);
    assert.deepEqual([...project.installed().keys()], [PLUGIN]);
    await assertMends(project, BINARY, 'binary', 'npm');
  });

  it('the same in the config of npm, which the command overrides', async (t) => {
    const project = emptyProject(t);
    project.write('.npmrc', 'omit=optional\n');
    await npm(project, 'npm', 'install', '--save-dev', PLUGIN);
    assert.deepEqual([...project.installed().keys()], [PLUGIN]);
    await assertMends(project, BINARY, 'binary', 'npm');
  });

  it('the package of the launcher is missed where a function wants it only, and comes by the command of the error', async (t) => {
    const project = emptyProject(t);
    await npm(project, 'npm', 'install', '--save-dev', PLUGIN);
    project.remove(`node_modules/${LAUNCHER}`);
    await assertMends(project, LAUNCHER, 'launcher', 'npm');
  });

  it('SECRET_BAKER_BINARY names an own build, and no platform package is needed', async (t) => {
    const project = emptyProject(t);
    await npm(project, 'npm', 'install', '--save-dev', PLUGIN);
    project.remove(`node_modules/${BINARY}`);
    const own = join(project.account.folder, 'own');
    const [file = ''] = filesIn(packed(BINARY).contents).filter((path) => path.endsWith('.node'));
    mkdirSync(own);
    copyFileSync(join(packed(BINARY).contents, file), join(own, 'built-here.node'));
    for (const path of [join(own, 'built-here.node'), '../own/built-here.node']) {
      const loaded = await assertBakes(project, standIn, { env: { SECRET_BAKER_BINARY: path } });
      assert.deepEqual(
        loaded.filter((file) => file.endsWith('.node')),
        [join(own, 'built-here.node')],
      );
    }
  });
});

/** Everything that a right lock names. */
const ALL = [PLUGIN, ...Object.keys(manifestIn(packed(PLUGIN).contents).optionalDependencies)].sort();

/** @param {import('node:test').TestContext} t */
function emptyProject(t) {
  const project = new Project(t);
  project.write('package.json', '{ "name": "empty", "private": true }\n');
  project.configure(managers.npm);
  return project;
}

/**
 * @param {Project} project
 * @param {string} program
 * @param {...string} args
 */
async function npm(project, program, ...args) {
  const { code, output } = await project.run(program, args);
  assert.equal(code, 0, output);
}

/** @param {Project} project */
const locked = (project) => {
  const { packages } = JSON.parse(project.read('package-lock.json'));
  return Object.keys(packages)
    .filter((path) => path !== '')
    .map((path) => path.replace('node_modules/', ''))
    .sort();
};

/**
 * Packaging fails and names the missing package; the very command that it tells is run, and then it bakes.
 * @param {Project} project
 * @param {string} missing
 * @param {'binary' | 'launcher'} what
 * @param {string} program the npm that the user has
 */
async function assertMends(project, missing, what, program) {
  const before = project.read('package.json');
  const { code, output } = await project.package('v3', standIn);
  assert.equal(code, 1, output);
  const { version } = packed(PLUGIN);
  assert.ok(output.includes(`the package ${missing}@${version} is not installed: it has the ${what} for `), output);
  assert.doesNotMatch(output, /^ +at /m);
  const [, command = ''] = /hint: npm ([^;\n]+)/.exec(output) ?? [];
  assert.match(command, /^install .*@\d+\.\d+\.\d+$/);
  await npm(project, program, ...command.split(' '));
  await assertBakes(project, standIn);
  assert.deepEqual(JSON.parse(project.read('package.json')), JSON.parse(before));
}
