// docs/without-the-framework.md, from its first command to its last: what each tool builds opens its secrets against the stand-in. The page's
// files are those of the examples.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { root, sam } from '../aws/python.mjs';
import { credentials, region, startStandIn } from '../aws/stand-in.mjs';
import { textOf, walkedByItsOwn } from '../docs/blocks.mjs';
import { stepsOf } from '../docs/walk.mjs';
import { FILE, readZip } from '../e2e/harness.mjs';
import { makeZip } from '../e2e/zips.mjs';
import { PROGRAM } from './ways.mjs';

/** @import { StandIn } from '../aws/stand-in.mjs' */
/** @import { Step } from '../docs/walk.mjs' */

const PAGE = walkedByItsOwn;
const EXAMPLES = join(root, 'examples/without-the-framework');
const run = promisify(execFile);

/** @type {StandIn} */
let standIn;
/** @type {string} */
let home;
/** @type {Awaited<ReturnType<typeof startRegistry>>} */
let registry;
before(async () => {
  standIn = await startStandIn();
  home = realpathSync(mkdtempSync(join(tmpdir(), 'without-')));
  registry = await startRegistry();
  // Where CDK's bundler finds it: its other packages are those of a set-up step.
  mkdirSync(join(home, 'packages'));
  symlinkSync(join(root, 'runtime/node/dist'), join(home, 'packages/secret-baker'), 'dir');
});
after(async () => {
  rmSync(home, { recursive: true, force: true });
  registry.server.close();
  await standIn.stop();
});

/** A registry that has the functions' package and nothing else. */
async function startRegistry() {
  const dist = join(root, 'runtime/node/dist');
  const { stdout } = await run('npm', ['pack', dist, '--ignore-scripts', '--silent', '--pack-destination', home], { cwd: home });
  const tarball = readFileSync(join(home, stdout.trim()));
  const manifest = JSON.parse(readFileSync(join(dist, 'package.json'), 'utf8'));
  const server = createServer(({ url, headers }, response) => {
    if (url === '/secret-baker.tgz') return response.end(tarball);
    const version = { ...manifest, dist: { tarball: `http://${headers.host}/secret-baker.tgz` } };
    const found = { name: manifest.name, 'dist-tags': { latest: manifest.version }, versions: { [manifest.version]: version } };
    response.writeHead(url === '/secret-baker' ? 200 : 404, { 'content-type': 'application/json' });
    return response.end(JSON.stringify(url === '/secret-baker' ? found : {}));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  return { server, url: `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}/` };
}

const environment = () => ({
  PATH: [dirname(PROGRAM), dirname(sam), process.env.PATH].join(delimiter),
  HOME: home,
  NODE_PATH: join(home, 'packages'),
  NPM_CONFIG_REGISTRY: registry.url,
  NPM_CONFIG_UPDATE_NOTIFIER: 'false',
  NPM_CONFIG_AUDIT: 'false',
  SAM_CLI_TELEMETRY: '0',
  AWS_ENDPOINT_URL: standIn.endpoint,
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  AWS_REGION: region,
  AWS_EC2_METADATA_DISABLED: 'true',
});

/**
 * @param {string} folder
 * @param {string} command for a shell
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<string>} what it prints
 */
async function shell(folder, command, env = {}) {
  const { stdout } = await run('sh', ['-ec', command], { cwd: folder, env: { ...environment(), ...env } });
  return stdout;
}

/** The steps below one heading of the page. @param {string} heading @returns {Step[]} */
function stepsBelow(heading) {
  const lines = textOf(PAGE).split('\n');
  const begin = lines.indexOf(`## ${heading}`);
  assert.notEqual(begin, -1, `no heading ${heading}`);
  const end = lines.findIndex((line, at) => at > begin && line.startsWith('## '));
  return stepsOf(PAGE).filter(({ line }) => line > begin && (end < 0 || line <= end));
}

/** @param {string} text */
const tidy = (text) =>
  text
    .split('\n')
    .map((line) => line.trim().replace(/\t| {2,}/g, '  '))
    .join('\n')
    .trim();

/**
 * An example in a folder of its own, after all commands of the page's part; and what they printed.
 * @param {string} name of the example
 * @param {string} heading
 */
async function walked(name, heading) {
  const folder = join(home, name);
  cpSync(join(EXAMPLES, name), folder, { recursive: true, filter: (path) => !path.includes('node_modules') });
  const packages = join(EXAMPLES, name, 'node_modules');
  if (existsSync(packages)) symlinkSync(packages, join(folder, 'node_modules'), 'dir');
  let printed = '';
  for (const step of stepsBelow(heading)) {
    if (step.kind === 'file') assert.equal(readFileSync(join(folder, step.name ?? ''), 'utf8'), step.text, step.name);
    else if (step.kind === 'prints') {
      const shown = tidy(step.text).replace(/^\.\.\.\n/, '');
      assert.ok(tidy(printed).endsWith(shown), `line ${step.line}: ${printed}`);
    } else {
      assert.equal(step.kind, 'run', `line ${step.line}`);
      printed = await shell(folder, withoutInstalls(step.text));
    }
  }
  return folder;
}

/** What a set-up step has installed already. @param {string} commands */
const withoutInstalls = (commands) => commands.replace(/^npm install aws-cdk-lib .*\n/gm, '');

/**
 * What a function's handler answers, in a process that has nothing but its folder.
 * @param {string} folder
 * @param {string} [file]
 */
async function answerOf(folder, file = 'handler.js') {
  const call = `require(${JSON.stringify(join(folder, file))}).handler().then((answer) => console.log(JSON.stringify(answer)))`;
  const env = { ...environment(), NODE_PATH: '', LAMBDA_TASK_ROOT: folder };
  const { stdout } = await run(process.execPath, ['-e', call], { cwd: home, env });
  return JSON.parse(stdout);
}

/** @param {string} folder */
const carried = (folder) => Object.keys(JSON.parse(readFileSync(join(folder, FILE), 'utf8')));
const PASSWORD = { length: 'correct horse'.length };
const TOKEN = { length: 'battery staple'.length };

describe(PAGE, () => {
  before(async () => {
    await standIn.putSecret('/shop/db-password', 'correct horse');
    await standIn.putSecret('/shop/api-token', 'battery staple');
  });

  it('stores just the secrets that its examples carry', () => {
    const told = stepsBelow('Once')
      .map(({ text }) => text)
      .join('');
    assert.deepEqual(
      [...told.matchAll(/--name (\S+) .* --value '(.*)'/g)].map(([, name, value]) => [name, value]),
      [
        ['/shop/db-password', 'correct horse'],
        ['/shop/api-token', 'battery staple'],
      ],
    );
  });

  it('builds with SAM: each function its own, the one that Make builds too', async () => {
    const build = join(await walked('sam', 'SAM'), '.aws-sam/build');
    assert.deepEqual(carried(join(build, 'ApiFunction')), ['DB_PASSWORD']);
    assert.deepEqual(carried(join(build, 'WorkerFunction')), ['API_TOKEN']);
    assert.deepEqual(await answerOf(join(build, 'ApiFunction')), PASSWORD);
    assert.deepEqual(await answerOf(join(build, 'WorkerFunction')), TOKEN);
  });

  it('builds with CDK: the asset has the secrets, and the same name as long as they are the same', async () => {
    const folder = await walked('cdk', 'CDK');
    const assets = () => readdirSync(join(folder, 'cdk.out')).filter((name) => /^asset\.\w{64}$/.test(name));
    const [asset = ''] = assets();
    const path = join(folder, 'cdk.out', asset);
    assert.deepEqual(carried(path), ['DB_PASSWORD']);
    assert.deepEqual(await answerOf(path, 'index.js'), PASSWORD);
    await shell(folder, 'node app.mjs');
    assert.deepEqual(assets(), [asset]);
  });

  it('builds a folder for Terraform, whose zip opens its secrets', async () => {
    const folder = await walked('terraform', 'Terraform, and Make');
    const [, source = ''] = /source_dir += "\$\{path.module\}\/(.*)"/.exec(readFileSync(join(folder, 'main.tf'), 'utf8')) ?? [];
    const names = readdirSync(join(folder, source), { recursive: true, encoding: 'utf8' });
    const files = names.filter((name) => statSync(join(folder, source, name)).isFile());
    const members = files.map((name) => {
      const path = join(folder, source, name);
      return { name, content: readFileSync(path), mode: statSync(path).mode };
    });
    const zip = join(folder, 'build/api.zip');
    writeFileSync(zip, await makeZip(members));
    const task = join(folder, 'task');
    mkdirSync(task);
    for (const { name, read } of (await readZip(zip)).values()) {
      mkdirSync(dirname(join(task, name)), { recursive: true });
      writeFileSync(join(task, name), await read());
    }
    assert.deepEqual(await answerOf(task), PASSWORD);
    assert.match(await shell(folder, 'secret-baker bake build/api.zip'), /^build\/api.zip\tDB_PASSWORD\tright already\n$/);
  });

  it('builds an image, whose stage bakes from the lock without credentials or network', async () => {
    const folder = await walked('docker', 'Docker');
    const stage = readFileSync(join(folder, 'Dockerfile'), 'utf8').matchAll(/^RUN (.*)$/gm);
    const [, opener = '', baker = ''] = [...stage].map(([, command]) => command);
    await shell(folder, opener);
    const nowhere = { AWS_ENDPOINT_URL: 'http://127.0.0.1:9', AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_REGION: '' };
    await standIn.reset();
    assert.equal(await shell(folder, baker, nowhere), 'app\tDB_PASSWORD\tput in\n');
    assert.deepEqual(await standIn.calls(), []);
    assert.deepEqual(await answerOf(join(folder, 'app')), PASSWORD);
  });

  it('finds in CI what lacks its secrets', async () => {
    const [{ text } = { text: '' }] = stepsBelow('In CI');
    const folder = join(home, 'terraform');
    assert.match(await shell(folder, text), /^build\/api\tDB_PASSWORD\tright\n$/);
    rmSync(join(folder, 'build/api', FILE));
    await assert.rejects(shell(folder, text), { code: 1 });
  });
});
