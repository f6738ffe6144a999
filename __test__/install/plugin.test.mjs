// The plugin in an empty project of an empty account: by which command, on which Node.js, in which framework.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Account } from './account.mjs';
import { assertBakes, startWithSecret } from './baked.mjs';
import { managers } from './managers.mjs';
import { nodes } from './nodes.mjs';
import { filesIn, manifestIn } from './packages.mjs';
import { Project, SECRETS } from './project.mjs';
import { BINARY, LAUNCHER, PLUGIN, packages, packed, registry } from './proof.mjs';

/** @import { Framework } from '../e2e/harness.mjs' */
/** @import { Manager } from './managers.mjs' */

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;
before(async () => {
  standIn = await startWithSecret();
});
after(() => standIn.stop());

/** @type {{framework: Framework, on: string}[]} */
const installs = [
  { framework: 'v3', on: '20' },
  { framework: 'v3', on: '22' },
  { framework: 'v3', on: '24' },
  { framework: 'osls3', on: '20' },
  { framework: 'osls4', on: '20' },
];
/** @type {{manager: Manager, on: string}[]} */
const adds = [
  ...Object.values(managers).map((manager) => ({ manager, on: '20' })),
  { manager: managers.npm, on: '22' },
  { manager: managers.npm, on: '24' },
];

describe('the plugin in an empty project', { concurrency: 2 }, () => {
  for (const { framework, on } of installs) {
    const { node, skip } = nodes[on] ?? {};
    const command = framework === 'v3' ? 'serverless' : 'osls';
    it(`comes with \`${command} plugin install\` (${framework}, Node.js ${on}), and packaging bakes`, { skip }, async (t) => {
      const project = new Project(t, node);
      const { code, output } = await project.framework(framework, ['plugin', 'install', '-n', PLUGIN]);
      assert.equal(code, 0, output);
      assert.match(project.read('serverless.yml'), /\nplugins:\n {2}- serverless-secret-baker\n/);
      assert.match(project.read('serverless.yml'), /^# A comment of the user's\.\n/);
      assertDeclared(project);
      assertInstalled(project, managers.npm);
      await assertBakes(project, standIn, { framework });
    });
  }

  for (const { manager, on } of adds) {
    const { node, skip } = nodes[on] ?? {};
    it(`comes with ${manager.says} (Node.js ${on}), and packaging bakes`, { skip }, async (t) => {
      const project = new Project(t, node);
      const { code, output } = await project.add(manager, PLUGIN);
      assert.equal(code, 0, output);
      project.configure(manager);
      assertDeclared(project);
      if (!manager.plugAndPlay) assertInstalled(project, manager);
      await assertBakes(project, standIn);
    });
  }
});

/** @param {Project} project */
function assertDeclared({ dir }) {
  assert.deepEqual(manifestIn(dir).devDependencies, { [PLUGIN]: `^${packed(PLUGIN).version}` });
}

/**
 * The plugin, the binary of this machine and the launcher are there, file for file as they were packed; nothing else is.
 * @param {Project} project
 * @param {Manager} manager
 */
function assertInstalled(project, { anyLibc = false }) {
  const installed = project.installed();
  const musl = anyLibc && BINARY.endsWith('gnu') ? [BINARY.replace('gnu', 'musl')] : [];
  assert.deepEqual([...installed.keys()].sort(), [PLUGIN, LAUNCHER, BINARY, ...musl].sort());
  for (const [name, folder] of installed) {
    const { contents } = packed(name);
    // pnpm links what the package itself can run.
    const files = filesIn(folder).filter((path) => !path.startsWith('node_modules/.bin/'));
    assert.deepEqual(files, filesIn(contents), name);
    for (const path of files)
      assert.ok(readFileSync(join(folder, path)).equals(readFileSync(join(contents, path))), `${name}/${path}`);
  }
}

describe('the program in an empty project', () => {
  it('runs by `npx serverless-secret-baker`, with secret-baker.yml and without a framework', async (t) => {
    const project = new Project(t);
    const added = await project.add(managers.npm, PLUGIN);
    assert.equal(added.code, 0, added.output);
    project.remove('serverless.yml');
    project.write('secret-baker.yml', `secrets:\n  PASSWORD: ${SECRETS.PASSWORD}\n`);
    const { code, output } = await project.npx(['serverless-secret-baker', 'check'], standIn);
    assert.match(output, /PASSWORD/);
    assert.equal(code, 0, output);
    const missing = await project.npx(['serverless-secret-baker', 'check', '--config', 'none.yml'], standIn);
    assert.match(missing.output, /there is no file `none\.yml`/);
    assert.equal(missing.code, 3, missing.output);
  });
});

describe('the packages', () => {
  it('run no script when they are installed, so nothing is downloaded or compiled', () => {
    for (const { name, contents } of packages.npm) {
      const { scripts = {} } = manifestIn(contents);
      const run = ['preinstall', 'install', 'postinstall', 'preprepare', 'prepare', 'postprepare'];
      assert.deepEqual(
        run.filter((script) => script in scripts),
        [],
        name,
      );
      // npm compiles where it finds one.
      assert.equal(existsSync(join(contents, 'binding.gyp')), false, name);
    }
  });

  it('are installed here where neither Rust nor a C compiler is on the PATH', async (t) => {
    const account = new Account(process.execPath, registry);
    t.after(() => account.remove());
    const programs = ['node', 'cargo', 'rustc', 'cc', 'gcc', 'c++', 'make', 'python3'];
    const { output } = await account.run('sh', ['-c', `command -v ${programs.join(' ')}`], { cwd: account.folder });
    assert.equal(output, `${join(account.env.PATH, 'node')}\n`);
  });
});
