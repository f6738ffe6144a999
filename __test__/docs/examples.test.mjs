// Each example is packaged by the real framework, unpacked, and its handler run as Lambda would run it: in a new process, with
// Lambda's environment and nothing beside the artefact.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import yaml from 'js-yaml';
import { python, root } from '../aws/python.mjs';
import { credentials, region, startStandIn } from '../aws/stand-in.mjs';
import { FILE, frameworks, Service } from '../e2e/harness.mjs';
import { namedPython } from '../e2e/named-python.mjs';
import { startOffline } from '../e2e/offline.mjs';
import { makeZip } from '../e2e/zips.mjs';
import { runBootstrap } from './runtime-api.mjs';

/** @import { Framework } from '../e2e/harness.mjs' */

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;
before(async () => {
  standIn = await startStandIn();
});
after(() => standIn.stop());

const LAUNCHER = join(root, 'launcher/secret-baker-launcher-x86_64.gz');
const ANSWER = { statusCode: 200, body: 'the password begins with thé' };
const NODE = "require('./handler.js').hello({}, {}).then((answer) => console.log(JSON.stringify(answer)))";
const PYTHON = 'import json, handler; print(json.dumps(handler.hello({}, None)))';

/**
 * @typedef {object} Example
 * @property {string} zip
 * @property {(service: Service) => void | Promise<void>} [prepare] what a user installs or builds before
 * @property {(folder: string, env: NodeJS.ProcessEnv) => unknown} run the handler in the unpacked artefact
 * @property {string[]} [holds] entries of the artefact beside the bundle
 */

/** @type {Record<string, Example>} */
const examples = {
  node: {
    zip: 'shop.zip',
    prepare: installNode,
    run: (folder, env) => JSON.parse(output(process.execPath, ['-e', NODE], folder, env)),
    holds: ['node_modules/secret-baker/index.js'],
  },
  python: {
    zip: 'report.zip',
    prepare: offerWheel,
    run: (folder, env) => JSON.parse(output(python, ['-c', PYTHON], folder, env)),
    holds: ['secret_baker/__init__.py'],
  },
  rust: {
    zip: 'bootstrap.zip',
    prepare: buildRust,
    run: (folder, env) => runBootstrap(join(folder, 'bootstrap'), {}, env),
    holds: ['bootstrap'],
  },
  ruby: { zip: 'letters.zip', run: runRuby, holds: ['secret-baker-launcher'] },
};

for (const [name, { zip, prepare, run, holds = [] }] of Object.entries(examples)) {
  describe(`examples/${name}`, () => {
    for (const framework of frameworks) {
      const skip =
        name === 'ruby' && !existsSync(LAUNCHER) ? 'the launcher for x86_64 is built on Linux of that processor only' : false;
      it(`is packaged by ${framework}, and its handler opens a secret`, { skip }, async (t) => {
        const service = await exampleOn(framework, name, t);
        await prepare?.(service);
        const { code, output } = await service.run(['package'], { env: environmentToPackage(service) });
        assert.equal(code, 0, output);
        const folder = await unpack(service, `.serverless/${zip}`);
        for (const entry of [FILE, ...holds])
          assert.ok(readdirSync(folder, { recursive: true, encoding: 'utf8' }).includes(entry), entry);
        assert.deepEqual(await run(folder, { ...environment(folder), ...setByTemplate(service) }), ANSWER);
      });
    }
  });
}

describe('examples locally', () => {
  for (const framework of /** @type {const} */ (['v3', 'osls4'])) {
    for (const name of ['node', 'python']) {
      it(`examples/${name} with invoke local on ${framework}`, async (t) => {
        const service = await exampleOn(framework, name, t);
        await prepareLocally(service, name);
        const { code, stdout, output } = await service.run(['invoke', 'local', '-f', 'hello'], {
          env: localEnvironment(service),
        });
        assert.equal(code, 0, output);
        assert.match(stdout, /the password begins with th(é|\\u00e9)/);
        assert.equal(service.has(FILE), false);
      });

      it(`examples/${name} with serverless-offline on ${framework}`, async (t) => {
        const service = await exampleOn(framework, name, t);
        await prepareLocally(service, name);
        const config = /** @type {any} */ (yaml.load(readFileSync(join(service.dir, 'serverless.yml'), 'utf8')));
        config.plugins.push('serverless-offline');
        config.functions.hello.events = [{ httpApi: 'GET /hello' }];
        service.write({ 'serverless.yml': yaml.dump(config) });
        const offline = await startOffline(service, ['offline'], { env: localEnvironment(service) });
        assert.equal(await offline.getText('/hello'), ANSWER.body);
        await offline.stop('SIGINT');
        assert.equal(service.has(FILE), false);
      });
    }
  }
});

/**
 * @param {Framework} framework
 * @param {string} name
 * @param {import('node:test').TestContext} t
 */
async function exampleOn(framework, name, t) {
  const service = new Service(framework, join(root, 'examples', name));
  t.after(() => service.remove());
  const text = readFileSync(join(service.dir, 'serverless.yml'), 'utf8');
  const { custom } = /** @type {any} */ (yaml.load(text));
  const paths = Object.values(custom.secretBaker).map((entry) => (typeof entry === 'string' ? entry : entry.path));
  for (const path of paths) await standIn.putSecret(path.split(':')[0], `thé secret of ${path}`);
  // The frameworks with the AWS SDK v2 read no AWS_ENDPOINT_URL.
  service.write({ 'serverless.yml': text.replace('plugins:\n', 'plugins:\n  - ./.point-at-stand-in.js\n') });
  return service;
}

/** As `npm install secret-baker` would. @param {Service} service */
function installNode(service) {
  cpSync(join(root, 'runtime/node/dist'), join(service.dir, 'node_modules/secret-baker'), { recursive: true });
}

/** The wheel that PyPI would have. @param {Service} service */
async function offerWheel(service) {
  const folder = join(root, 'runtime/python/src');
  const sources = readdirSync(join(folder, 'secret_baker')).filter((name) => /\.py$|py\.typed$/.test(name));
  const info = 'secret_baker-3.1.0.dist-info';
  const members = [
    ...sources.map((name) => ({ name: `secret_baker/${name}`, content: readFileSync(join(folder, 'secret_baker', name)) })),
    { name: `${info}/METADATA`, content: 'Metadata-Version: 2.1\nName: secret-baker\nVersion: 3.1.0\n' },
    { name: `${info}/WHEEL`, content: 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n' },
  ];
  const record = [...members.map(({ name }) => `${name},,`), `${info}/RECORD,,`].join('\n');
  const wheel = await makeZip([...members, { name: `${info}/RECORD`, content: `${record}\n` }]);
  service.write({ '../wheels/secret_baker-3.1.0-py3-none-any.whl': wheel });
}

/** As `cargo lambda build` would, for this machine and without optimisation. @param {Service} service */
async function buildRust(service) {
  const cwd = join(root, 'examples/rust');
  const target = process.env.CARGO_TARGET_DIR ?? join(root, 'runtime/target');
  execFileSync('cargo', ['build', '--locked', '--quiet'], { cwd, env: { ...process.env, CARGO_TARGET_DIR: target } });
  const content = readFileSync(join(target, 'debug/audit'));
  service.write({ 'target/lambda/audit/bootstrap.zip': await makeZip([{ name: 'bootstrap', content, mode: 0o100755 }]) });
}

/**
 * The launcher starts what stands for Lambda's Ruby.
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env
 */
function runRuby(folder, env) {
  const runtime = [process.execPath, '--no-warnings', join(root, '__test__/ruby/run-handler.mjs')];
  // /var/task is this folder.
  const wrapper = String(env.AWS_LAMBDA_EXEC_WRAPPER).replace('/var/task', folder);
  return JSON.parse(output(wrapper, runtime, folder, env));
}

/**
 * The environment that the only function of a service is deployed with.
 * @param {Service} service
 * @returns {NodeJS.ProcessEnv}
 */
function setByTemplate(service) {
  const path = join(service.dir, '.serverless/cloudformation-template-update-stack.json');
  const { Resources } = JSON.parse(readFileSync(path, 'utf8'));
  const [own, ...more] = Object.values(Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function');
  assert.deepEqual(more, []);
  return own.Properties.Environment?.Variables;
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} cwd
 * @param {NodeJS.ProcessEnv} env
 */
function output(command, args, cwd, env) {
  return String(execFileSync(command, args, { cwd, env, timeout: 60_000, stdio: ['ignore', 'pipe', 'inherit'] }));
}

/**
 * @param {Service} service
 * @param {string} zip
 */
async function unpack(service, zip) {
  const folder = join(service.parent, 'task');
  for (const entry of (await service.zip(zip)).values()) {
    if (entry.name.endsWith('/')) continue;
    const path = join(folder, entry.name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, await entry.read());
    chmodSync(path, entry.mode);
  }
  return folder;
}

/** @param {Service} service */
const environmentToPackage = (service) => ({
  AWS_ENDPOINT_URL: standIn.endpoint,
  PATH: namedPython(service),
  PIP_NO_INDEX: '1',
  PIP_FIND_LINKS: join(service.parent, 'wheels'),
});

/** @param {string} folder @returns {NodeJS.ProcessEnv} */
function environment(folder) {
  return {
    PATH: process.env.PATH,
    LAMBDA_TASK_ROOT: folder,
    _HANDLER: 'handler.hello',
    AWS_LAMBDA_FUNCTION_NAME: 'hello',
    AWS_LAMBDA_FUNCTION_VERSION: '1',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
    AWS_LAMBDA_LOG_GROUP_NAME: 'group',
    AWS_LAMBDA_LOG_STREAM_NAME: 'stream',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_ENDPOINT_URL: standIn.endpoint,
    LANG: 'C.UTF-8',
  };
}

/**
 * @param {Service} service
 * @param {string} name
 */
async function prepareLocally(service, name) {
  if (name === 'node') return installNode(service);
  return offerWheel(service);
}

/** @param {Service} service */
const localEnvironment = (service) => ({
  ...environmentToPackage(service),
  PYTHONPATH: join(root, 'runtime/python/src'),
});
