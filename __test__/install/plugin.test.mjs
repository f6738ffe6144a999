// The plugin in an empty project of an empty account: by which command, on which Node.js, in which framework.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { platformOf, thisMachine } from '../../plugin/platform.js';
import { startStandIn } from '../aws/stand-in.mjs';
import { bundleOf } from '../e2e/harness.mjs';
import { Account } from './account.mjs';
import { managers } from './managers.mjs';
import { nodes } from './nodes.mjs';
import { filesIn } from './packages.mjs';
import { Project, SECRETS } from './project.mjs';
import { packages, registry } from './proof.mjs';

/** @import { Framework } from '../e2e/harness.mjs' */
/** @import { Manager } from './managers.mjs' */

const PLUGIN = 'serverless-secret-baker';
const OWN = `${PLUGIN}-${platformOf(thisMachine())}`;
const LAUNCHER = `${PLUGIN}-launcher`;
const VALUE = 'Grüße ☃ of an empty project';

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;
before(async () => {
  standIn = await startStandIn();
  await standIn.putSecret(SECRETS.PASSWORD, VALUE);
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

describe('the plugin, installed into an empty project of an empty account', { concurrency: 2 }, () => {
  for (const { framework, on } of installs) {
    const { node, skip } = nodes[on] ?? {};
    const command = framework === 'v3' ? 'serverless' : 'osls';
    it(`\`${command} plugin install\` (${framework}) on Node.js ${on} adds it, and packaging bakes`, { skip }, async (t) => {
      const project = new Project(new Account(t, String(node), registry));
      const { code, output } = await project.framework(framework, ['plugin', 'install', '-n', PLUGIN]);
      assert.equal(code, 0, output);
      assert.match(project.read('serverless.yml'), /\nplugins:\n {2}- serverless-secret-baker\n/);
      assert.match(project.read('serverless.yml'), /^# A comment of the user's\.\n/);
      assertDeclared(project);
      assertInstalled(project, managers.npm);
      await assertPackages(project, framework);
    });
  }

  for (const { manager, on } of adds) {
    const { node, skip } = nodes[on] ?? {};
    it(`${manager.says} on Node.js ${on} adds it, and packaging bakes`, { skip }, async (t) => {
      const project = new Project(new Account(t, String(node), registry));
      const { code, output } = await project.add(manager, PLUGIN);
      assert.equal(code, 0, output);
      project.addPlugin();
      assertDeclared(project);
      if (!manager.plugAndPlay) assertInstalled(project, manager);
      await assertPackages(project, 'v3');
    });
  }
});

/** @param {Project} project */
function assertDeclared(project) {
  const [plugin] = packages.npm;
  assert.deepEqual(JSON.parse(project.read('package.json')).devDependencies, { [PLUGIN]: `^${plugin?.version}` });
}

/**
 * The plugin, the binary of this machine and the launcher are there, file for file as they were packed; nothing else is.
 * @param {Project} project
 * @param {Manager} manager
 */
function assertInstalled(project, { anyLibc = false }) {
  const installed = project.installed();
  const others = anyLibc ? packages.npm.filter(({ name }) => name === OWN.replace(/gnu$/, 'musl')) : [];
  assert.deepEqual([...installed.keys()].sort(), [PLUGIN, LAUNCHER, OWN, ...others.map(({ name }) => name)].sort());
  for (const [name, folder] of installed) {
    const { contents = '' } = packages.npm.find((one) => one.name === name) ?? {};
    assert.deepEqual(filesIn(folder), filesIn(contents), name);
    for (const path of filesIn(folder))
      assert.ok(readFileSync(join(folder, path)).equals(readFileSync(join(contents, path))), `${name}/${path}`);
  }
}

/**
 * Packaging runs what was installed here, not this clone, and the artefacts carry the bundle, and the launcher of the installed package.
 * @param {Project} project
 * @param {Framework} framework
 */
async function assertPackages(project, framework) {
  const { code, output, loaded } = await project.framework(framework, ['package'], { AWS_ENDPOINT_URL: standIn.endpoint });
  assert.equal(code, 0, output);
  const { folder } = project.account;
  assert.deepEqual(
    loaded.filter((file) => !file.startsWith(folder)),
    [],
  );
  for (const name of ['/index.js', '.node']) assert.ok(loaded.some((file) => file.endsWith(name)), `${name}: ${loaded}`);

  const names = (/** @type {Map<string, any>} */ zip) => [...zip.keys()].filter((name) => name.includes('node_modules'));
  const [hello, launched] = [await project.zip('hello'), await project.zip('launched')];
  for (const zip of [hello, launched]) {
    const bundle = await bundleOf(zip);
    assert.deepEqual(Object.keys(bundle), ['PASSWORD']);
    const { ciphertext = '', arn = '' } = bundle.PASSWORD ?? {};
    assert.equal(await standIn.decrypt(ciphertext, arn), VALUE);
    assert.deepEqual(names(zip), []);
  }
  const launcher = launched.get('secret-baker-launcher');
  assert.equal(hello.has('secret-baker-launcher'), false);
  const { contents = '' } = packages.npm.find(({ name }) => name === LAUNCHER) ?? {};
  const expected = gunzipSync(readFileSync(join(contents, 'secret-baker-launcher-x86_64.gz')));
  assert.ok((await launcher?.read())?.equals(expected), `the launcher in the artefact: ${[...launched.keys()]}`);
}

describe('the packages', () => {
  it('run no script when they are installed, so nothing is downloaded or compiled', () => {
    for (const { name, contents } of packages.npm) {
      const { scripts = {} } = JSON.parse(readFileSync(join(contents, 'package.json'), 'utf8'));
      const run = ['preinstall', 'install', 'postinstall', 'prepare', 'preprepare', 'postprepare', 'prepublish'];
      assert.deepEqual(
        run.filter((script) => script in scripts),
        [],
        name,
      );
      // npm compiles where it finds one.
      assert.equal(existsSync(join(contents, 'binding.gyp')), false, name);
    }
  });

  it('an account of this test has neither Rust nor a C compiler on its PATH', async (t) => {
    const account = new Account(t, process.execPath, registry);
    const { output } = await account.run('sh', ['-c', 'command -v node cargo rustc cc gcc c++ make'], { cwd: account.folder });
    assert.equal(output, `${join(account.env.PATH, 'node')}\n`);
  });
});
