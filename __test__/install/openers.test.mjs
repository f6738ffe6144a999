// What goes into a function: installed as a user does, it opens the secret that the installed plugin has baked.

import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { python, root } from '../aws/python.mjs';
import { credentials, region } from '../aws/stand-in.mjs';
import { findPython, VERSIONS } from '../lambda/pythons.mjs';
import { assertBakes, startWithSecret, VALUE } from './baked.mjs';
import { runLimited } from './limited.mjs';
import { managers } from './managers.mjs';
import { nodes } from './nodes.mjs';
import { unpackTar } from './packages.mjs';
import { Project } from './project.mjs';
import { PLUGIN, packages } from './proof.mjs';

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;
/** What lies in the artefact of a function that has the launcher, as in `LAMBDA_TASK_ROOT`. */
let task = '';
/** What a hook registers for the end would be done at the hook's own. @type {(() => void)[]} */
const removals = [];

before(async () => {
  standIn = await startWithSecret();
  const project = new Project({ after: (remove) => removals.push(remove) });
  const { code, output } = await project.add(managers.npm, PLUGIN);
  assert.equal(code, 0, output);
  project.configure(managers.npm);
  await assertBakes(project, standIn);
  task = join(project.account.folder, 'task');
  for (const [name, { mode, read }] of await project.zip('launched')) {
    mkdirSync(join(task, name, '..'), { recursive: true });
    writeFileSync(join(task, name), await read());
    chmodSync(join(task, name), mode);
  }
});
after(() => {
  for (const remove of removals) remove();
  return standIn.stop();
});

/** What a function has in its environment. */
const environment = () => ({
  LAMBDA_TASK_ROOT: task,
  AWS_REGION: region,
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  AWS_ENDPOINT_URL: standIn.endpoint,
});

/** @param {import('./limited.mjs').Ended} ended */
function assertOpened({ code, stdout, output }) {
  assert.equal(code, 0, output);
  assert.equal(stdout.trim(), VALUE);
}

describe('the package for Node.js', { concurrency: 2 }, () => {
  for (const [version, { node, skip }] of Object.entries(nodes)) {
    it(`opens the secret in a handler on Node.js ${version}, by require, by import and as a variable`, { skip }, async (t) => {
      const project = new Project(t, node);
      const { code, output } = await project.run('npm', ['install', 'secret-baker']);
      assert.equal(code, 0, output);
      project.write('handler.js', "exports.hello = () => require('secret-baker').secret('PASSWORD');\n");
      project.write('handler.mjs', "import { secret } from 'secret-baker';\nexport const hello = () => secret('PASSWORD');\n");
      project.write('env.mjs', "import 'secret-baker/env';\nexport const hello = async () => process.env.PASSWORD;\n");
      for (const handler of ['handler.js', 'handler.mjs', 'env.mjs']) {
        const invoke = `import('./${handler}').then(({ hello }) => hello()).then((answer) => console.log(answer))`;
        assertOpened(await project.run('node', ['-e', invoke], environment()));
      }
    });
  }
});

it('the launcher in the artefact opens the secret for a program that knows nothing of it', async (t) => {
  const { account, dir } = new Project(t);
  const program = ['sh', '-c', 'echo "$PASSWORD"'];
  const env = { ...account.env, ...environment(), SECRET_BAKER_ENV: 'PASSWORD' };
  assertOpened(await runLimited(join(task, 'secret-baker-launcher'), program, { cwd: dir, env }));
});

describe('the wheel', { concurrency: 2 }, () => {
  for (const version of VERSIONS) {
    const interpreter = findPython(version);
    const skip = interpreter ? false : `there is no Python ${version} here`;
    it(`goes into an empty environment of Python ${version} without an index, and opens the secret`, { skip }, async (t) => {
      const project = new Project(t);
      const inDir = { cwd: project.dir, env: { ...project.account.env, ...environment() } };
      const made = await runLimited(String(interpreter), ['-m', 'venv', '--without-pip', 'venv'], inDir);
      assert.equal(made.code, 0, made.output);
      const venv = join(project.dir, 'venv/bin/python');
      // A pip of its own would take most of the time.
      const pip = ['-m', 'pip', '--python', venv, 'install', '--no-index', '--disable-pip-version-check', packages.wheel];
      const { code, output } = await runLimited(python, pip, inDir);
      assert.equal(code, 0, output);
      project.write(
        'handler.py',
        'from secret_baker import secret\n\n\ndef hello(event, context):\n    return secret("PASSWORD")\n',
      );
      const invoke = 'import sys, handler; sys.stdout.buffer.write(handler.hello({}, None).encode())';
      assertOpened(await runLimited(venv, ['-c', invoke], inDir));
    });
  }
});

it('`cargo add` of the unpacked crate: an empty project builds, without a network, and opens the secret', async (t) => {
  const { account } = new Project(t);
  await unpackTar(packages.crate, account.folder);
  const crate = packages.crate
    .split('/')
    .at(-1)
    ?.replace(/\.crate$/, '');
  const project = join(account.folder, 'opened');
  // This one may know Rust, and what has been compiled of the crate's dependencies.
  const env = {
    ...process.env,
    CARGO_TARGET_DIR: process.env.CARGO_TARGET_DIR ?? join(root, 'runtime/target'),
    CARGO_NET_OFFLINE: 'true',
    // As the workspace has it.
    CARGO_PROFILE_DEV_DEBUG: 'false',
    ...environment(),
  };
  const cargo = (/** @type {string[]} */ ...args) => runLimited('cargo', args, { cwd: project, env, timeout: 600_000 });
  const made = await runLimited('cargo', ['new', '--quiet', '--vcs', 'none', project], { cwd: account.folder, env });
  assert.equal(made.code, 0, made.output);
  // The dependencies of the versions that are on this machine.
  copyFileSync(join(root, 'runtime/Cargo.lock'), join(project, 'Cargo.lock'));
  const adds = [
    ['--path', `../${crate}`],
    ['tokio', '--features', 'macros,rt'],
  ];
  for (const args of adds) {
    const { code, output } = await cargo('add', '--quiet', ...args);
    assert.equal(code, 0, output);
  }
  writeFileSync(join(project, 'src/main.rs'), MAIN);
  assertOpened(await cargo('run', '--quiet'));
});

const MAIN = `#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), secret_baker::Error> {
    println!("{}", secret_baker::secret("PASSWORD").await?.expose());
    Ok(())
}
`;
