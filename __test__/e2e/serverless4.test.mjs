// serverless 4 cannot run here: its npm package is an installer that wants a login. Its order of hooks, its check of options and its `dev`, as
// its published source has them (4.41), with the real plugin and addon. What else it does in between is done by hand, for better and for worse.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import SecretBaker from '../../index.js';
import { root } from '../aws/python.mjs';
import { credentials, startStandIn } from '../aws/stand-in.mjs';
import { bundleOf, FILE, readZip } from './harness.mjs';
import { makeZip } from './zips.mjs';

/** @import { TestContext } from 'node:test' */

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;
const NAMES = ['/four/a', '/four/b'];
before(async () => {
  standIn = await startStandIn();
  for (const name of NAMES) await standIn.putSecret(name, `value of ${name}`);
});
beforeEach(() => standIn.reset());
after(() => standIn.stop());

/** What its command `deploy` goes through, as far as a plugin sees it. */
const PACKAGE = [
  'before:package:cleanup',
  'package:cleanup',
  'after:package:cleanup',
  'package:initialize',
  'package:setupProviderConfiguration',
  'before:esbuild-package:package',
  'esbuild-package:package',
  'before:package:createDeploymentArtifacts',
  'after:package:createDeploymentArtifacts',
  'before:package:compileLayers',
  'before:package:compileFunctions',
  'after:package:compileFunctions',
  'after:package:finalize',
];
const DEPLOY = [...PACKAGE, 'before:aws:deploy:deploy:createStack', 'finalize'];

/**
 * @typedef {object} Wishes
 * @property {Record<string, any>} [functions]
 * @property {Record<string, any>} [pack] `package` of the service
 * @property {boolean} [honours] whether its esbuild takes what the patterns name
 * @property {Record<string, unknown>} [options] of the command line, as its parser has them
 * @property {Record<string, any>} [custom] beside the names
 * @property {string[]} [commands] the words of the command line
 */

/** Its error for mistakes of the user: with a stack, unless somebody takes it off. */
class ServerlessError extends Error {
  /**
   * @param {string} message
   * @param {string} code
   */
  constructor(message, code) {
    super(message);
    this.code = code;
  }
}

/**
 * `ensureSupportedCommand`: an option must be declared, and its value be of the declared type; `array` and `multiple` are no types of a value.
 * @param {Record<string, {type: string}>} declared
 * @param {Record<string, unknown>} options
 */
function ensureSupported(declared, options) {
  for (const [name, value] of Object.entries(options)) {
    const type = declared[name]?.type;
    if (type === undefined) throw new ServerlessError(`Unrecognized option "${name}"`, 'UNSUPPORTED_CLI_OPTIONS');
    const fits = type === 'multiple' ? Array.isArray(value) : type === 'array' || typeof value === type;
    if (!fits)
      throw new ServerlessError(`Option "${name}" is of type "${typeof value}" but expected "${type}"`, 'INVALID_OPTION_TYPE');
  }
}

/**
 * What its log prints of an error.
 * @param {any} error
 */
const printed = (error) => error.stack ?? error.message;

/**
 * The parts of serverless 4 that the plugin touches. The process runs elsewhere than in the service's folder, as with
 * `--config service/serverless.yml`.
 * @param {TestContext} t
 * @param {Wishes} [wishes]
 */
function serverless4(
  t,
  {
    functions = { hello: { handler: 'handler.hello' } },
    pack = {},
    honours = true,
    options = {},
    custom = {},
    commands = [],
  } = {},
) {
  const serviceDir = mkdtempSync(join(tmpdir(), 'four-'));
  t.after(() => rmSync(serviceDir, { recursive: true, force: true }));
  const provider = {
    getCredentials: async () => ({ ...credentials, accountId: '123456789012' }),
    getRegion: () => 'eu-central-1',
    naming: { getFunctionArtifactName: (/** @type {string} */ name) => `${name}.zip`, getServiceArtifactName: () => 'four.zip' },
  };
  const serverless = {
    version: '4.43.0',
    serviceDir,
    config: { servicePath: serviceDir },
    service: {
      service: 'four',
      custom: { secretBaker: NAMES, secretBakerOptions: { endpoint: standIn.endpoint }, ...custom },
      functions: /** @type {Record<string, any>} */ (functions),
      package: /** @type {Record<string, any>} */ (pack),
      provider: {},
    },
    processedInput: { commands, options },
    // Its own plugins, `dev` among them, come before all others.
    pluginManager: { hooks: /** @type {Record<string, any[]>} */ ({}), commands: { dev: {} } },
    classes: { Error: ServerlessError },
    getProvider: () => provider,
  };
  const plugin = new SecretBaker(Object.assign(serverless, { configurationInput: serverless.service }), options);
  /** @type {Record<string, () => void | Promise<void>>} */
  const own = {
    'package:cleanup': () => rmSync(join(serviceDir, '.serverless'), { recursive: true, force: true }),
    'esbuild-package:package': () => esbuild(serverless, honours),
    // It knows of `dev` from here on only, and returns while it serves on.
    'dev:dev': () => {
      Object.assign(serverless, { devmodeEnabled: true });
      mkdirSync(join(serviceDir, '.serverless/build'), { recursive: true });
    },
  };
  const run = async (/** @type {string[]} */ ...events) => {
    for (const event of events) {
      await own[event]?.();
      await plugin.hooks[event]?.();
      for (const { hook } of serverless.pluginManager.hooks[event] ?? []) await hook();
    }
  };
  return { dir: serviceDir, service: serverless.service, plugin, run, path: join(serviceDir, FILE) };
}

/**
 * Resolves the variables of a plugin as it does: once all others are resolved and before any hook, each name once, however many ask for it.
 * @param {{service: Record<string, any>, plugin: SecretBaker}} started
 * @returns {Promise<void>} whatever fails first is told with the name that it was asked for
 */
async function resolvePluginVariables({ service, plugin }) {
  const { resolve } = plugin.configurationVariablesSources.secretBaker;
  /** @type {Map<string, Promise<{value: string}>>} */
  const asked = new Map();
  const resolveConfigurationProperty = async (/** @type {string[]} */ keys) => keys.reduce((owner, key) => owner?.[key], service);
  const resolved = async (/** @type {string} */ address) => {
    if (!asked.has(address)) asked.set(address, resolve({ address, resolveConfigurationProperty }));
    try {
      return (await asked.get(address))?.value;
    } catch (error) {
      throw new ServerlessError(`Failed to resolve variable '${address}': ${error}`, 'RESOLVER_RESOLVE_VARIABLE_ERROR');
    }
  };
  const environments = Object.values(service.functions).map(({ environment = {} }) => environment);
  await Promise.all(
    environments.flatMap((environment) =>
      Object.entries(environment).map(async ([key, text]) => {
        const [, address] = /^\$\{secretBaker:(.*)\}$/.exec(text) ?? [];
        if (address !== undefined) environment[key] = await resolved(address);
      }),
    ),
  );
}

/**
 * Packages as its esbuild does: the built code, and what the patterns of the service and of the function name.
 * @param {{serviceDir: string, service: {functions: Record<string, any>, package: Record<string, any>}}} serverless
 * @param {boolean} honours
 */
async function esbuild({ serviceDir, service }, honours) {
  const folder = join(serviceDir, '.serverless');
  mkdirSync(folder, { recursive: true });
  const zipped = async (/** @type {string} */ name, /** @type {string[]} */ patterns) => {
    const members = [{ name: 'handler.js', content: 'exports.hello = () => {};' }];
    const named = patterns.some((pattern) => pattern.startsWith('secret-baker-secrets'));
    if (honours && named) members.push({ name: FILE, content: readFileSync(join(serviceDir, FILE), 'utf8') });
    writeFileSync(join(folder, name), await makeZip(members));
    return join(folder, name);
  };
  const patterns = service.package.patterns ?? [];
  if (!service.package.individually) {
    service.package.artifact = await zipped('four.zip', patterns);
    return;
  }
  for (const [name, own] of Object.entries(service.functions)) {
    if (own.package?.artifact) continue;
    own.package = { ...own.package, artifact: await zipped(`${name}.zip`, [...patterns, ...(own.package?.patterns ?? [])]) };
  }
}

/** @type {Map<string, string>} row and whether patterns are honoured -> what the table says; a failed test leaves a gap */
const table = new Map();

/** The bundle of what Parameter Store holds. */
async function stored() {
  const { Parameters } = await standIn.ssm('GetParameters', { Names: NAMES, WithDecryption: false });
  const entries = Parameters.map((/** @type {any} */ { Name, Value, ARN, Version }) => [
    Name,
    { ciphertext: Value, arn: ARN, version: Version },
  ]);
  return Object.fromEntries(entries);
}

describe('in the order of serverless 4, which cannot run here', () => {
  const two = () => ({
    hello: { handler: 'handler.hello' },
    other: { handler: 'handler.other', package: { patterns: ['!**'] } },
  });

  for (const [row, pack] of Object.entries({
    'its own esbuild': {},
    'its own esbuild, individually': { individually: true },
    'its own esbuild, individually, `!**`': { individually: true, patterns: ['!**'] },
  })) {
    for (const honours of [true, false]) {
      it(`${row}, patterns ${honours ? 'honoured' : 'ignored'}: right in each artefact`, async (t) => {
        const { dir, service, run } = serverless4(t, { functions: two(), pack: { ...pack }, honours });
        await run('initialize', ...DEPLOY);
        assert.equal((await standIn.calls()).length, 1);
        for (const name of ['hello', 'other']) {
          const artifact = service.functions[name].package?.artifact ?? service.package.artifact;
          assert.deepEqual(await bundleOf(await readZip(artifact)), await stored());
        }
        assert.equal(existsSync(join(dir, FILE)), false);
        table.set(`${row}|${honours}`, 'right');
      });
    }
  }

  it('a function with fewer secrets and one with an artefact of its own', async (t) => {
    const functions = {
      few: { handler: 'handler.hello', secretBaker: [NAMES[1]] },
      built: { handler: 'handler.hello', package: { artifact: 'dist/built.zip' } },
    };
    const { dir, service, run } = serverless4(t, { functions, pack: { individually: true } });
    mkdirSync(join(dir, 'dist'));
    const zip = await makeZip([{ name: 'handler.js', content: '' }]);
    writeFileSync(join(dir, 'dist/built.zip'), zip);
    await run('initialize', ...DEPLOY);
    const artefacts = Object.values(service.functions).map((own) => String(own.package.artifact));
    // Absolute: the process runs elsewhere, and the framework reads it from there.
    assert.deepEqual(artefacts, [join(dir, '.serverless/few.zip'), join(dir, '.serverless/built.zip')]);
    assert.deepEqual(Object.keys(await bundleOf(await readZip(String(artefacts[0])))), [NAMES[1]]);
    assert.deepEqual(Object.keys(await bundleOf(await readZip(String(artefacts[1])))), NAMES);
    assert.deepEqual(readFileSync(join(dir, 'dist/built.zip')), zip);
  });

  for (const honours of [true, false]) {
    it(`deploy function, patterns ${honours ? 'honoured' : 'ignored'}`, async (t) => {
      const { dir, service, run } = serverless4(t, { pack: { individually: true }, honours });
      await run('initialize', 'before:deploy:function:initialize', 'after:deploy:function:initialize', 'esbuild-package:package');
      await run('before:deploy:function:deploy', 'after:deploy:function:deploy', 'finalize');
      assert.deepEqual(await bundleOf(await readZip(service.functions.hello.package.artifact)), await stored());
      assert.equal(existsSync(join(dir, FILE)), false);
      table.set(`\`deploy function -f\`|${honours}`, 'right');
    });
  }

  it('dev puts no bundle into artefacts, and keeps one where the code runs, long after finalize', async (t) => {
    const { dir, path, plugin, run } = serverless4(t, { honours: false });
    const places = [path, join(dir, '.serverless/build', FILE)];
    const there = () => places.map((file) => existsSync(file));
    await run('initialize', 'before:dev:dev', 'dev:dev');
    // It spawns a deployment of its shim, then a build.
    await run(...DEPLOY.slice(0, -1));
    assert.equal((await readZip(join(dir, '.serverless/four.zip'))).has(FILE), false);
    mkdirSync(join(dir, '.serverless/build'), { recursive: true });
    await run('after:dev-build:build');
    // `finalize` comes as soon as it is ready.
    await new Promise((resolve) => setTimeout(resolve, 3));
    await run('finalize');
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(there(), [true, true], 'it goes on serving from there');
    for (const file of places) assert.deepEqual(Object.keys(JSON.parse(readFileSync(file, 'utf8'))), NAMES);
    // Whenever the code changes it builds again.
    await run('after:dev-build:build');
    assert.deepEqual(there(), [true, true]);
    await run('error');
    assert.deepEqual(there(), [false, false]);
    assert.equal(plugin.commands.dev?.options['secret-baker-cleanup'].type, 'array');
  });

  describe('its check of options', () => {
    // What its parser makes of each spelling of an option of type `array`: a list, except of a switch.
    for (const [spelling, value, stays] of /** @type {[string, unknown, boolean][]} */ ([
      ['--no-secret-baker-cleanup', false, true],
      ['--secret-baker-cleanup', true, false],
      ['--secret-baker-cleanup=false', ['false'], true],
      ['--secret-baker-cleanup=true', ['true'], false],
      ['--secret-baker-cleanup false', ['false'], true],
    ])) {
      it(`takes ${spelling} with each command, and the file ${stays ? 'stays' : 'goes'}`, async (t) => {
        const options = { 'secret-baker-cleanup': value };
        const { path, plugin, run } = serverless4(t, { options });
        const { package: alone, deploy, invoke, dev } = /** @type {Record<string, any>} */ (plugin.commands);
        for (const command of [alone, deploy, deploy.commands.function, invoke.commands.local, dev]) {
          ensureSupported(command.options, options);
        }
        await run('initialize', ...DEPLOY);
        assert.equal(existsSync(path), stays);
      });
    }

    it('would refuse what we do not declare, and types that it does not know', () => {
      assert.throws(() => ensureSupported({}, { x: true }), { code: 'UNSUPPORTED_CLI_OPTIONS' });
      for (const type of ['flag', 'string']) {
        assert.throws(() => ensureSupported({ x: { type } }, { x: true }), { code: 'INVALID_OPTION_TYPE' });
      }
    });
  });

  describe('its variables of a plugin', () => {
    const asking = (/** @type {string} */ name) => ({
      hello: { handler: 'handler.hello', environment: { A: `\${secretBaker:${NAMES[0]}}`, B: `\${secretBaker:${name}}` } },
      other: { handler: 'handler.hello', environment: { A: `\${secretBaker:${NAMES[0]}}` } },
    });

    it('are the entries of the bundle, by one bake', async (t) => {
      const started = serverless4(t, { commands: ['deploy'], functions: asking(String(NAMES[1])) });
      await resolvePluginVariables(started);
      await started.run('initialize', ...DEPLOY);
      const [a, b] = Object.values(await stored()).map((entry) => `secret-baker:${JSON.stringify(entry)}`);
      const { hello, other } = started.service.functions;
      assert.deepEqual([hello.environment, other.environment], [{ A: a, B: b }, { A: a }]);
      const calls = (await standIn.calls()).map(({ withDecryption }) => withDecryption);
      assert.deepEqual(calls, [false, false], 'one of the bake, one of this test');
    });

    it('are a mark for a command after which no function runs', async (t) => {
      const started = serverless4(t, { commands: ['info'], functions: asking(String(NAMES[1])) });
      await resolvePluginVariables(started);
      assert.equal(started.service.functions.hello.environment.B, 'secret-baker:not-resolved-here');
      assert.deepEqual(await standIn.calls(), []);
    });

    it('fail in words of ours, without a stack', async (t) => {
      const started = serverless4(t, { commands: ['deploy'], functions: asking('/four/c') });
      await assert.rejects(resolvePluginVariables(started), (/** @type {Error} */ { message }) => {
        assert.match(
          message,
          /^Failed to resolve variable '\/four\/c': Error: there is no secret `\/four\/c`, did you mean `\/four\/[ab]`\?\n/,
        );
        assert.doesNotMatch(message, /\n\s+at /);
        return true;
      });
    });
  });

  it('prints no stack of a mistake of the user', async (t) => {
    const { run } = serverless4(t, { custom: { secretBaker: ['/four/absent'] } });
    /** @type {unknown} */
    const error = await run('initialize', ...PACKAGE).catch((thrown) => thrown);
    assert.match(printed(error), /\/four\/absent/);
    assert.doesNotMatch(printed(error), /\n\s+at /);
    assert.match(printed(new ServerlessError('x', 'X')), /\n\s+at /, 'as one would be printed');
    await run('error');
  });

  it('the file lands in the folder of the service, wherever the process runs, and goes before the end', async (t) => {
    const { dir, path, service, run } = serverless4(t);
    assert.notEqual(process.cwd(), dir);
    await run('initialize', 'before:package:cleanup');
    assert.equal(existsSync(path), false);
    await run('after:package:cleanup');
    assert.deepEqual(Object.keys(JSON.parse(readFileSync(path, 'utf8'))), NAMES);
    assert.equal(existsSync(FILE), false);
    const { mtimeMs } = statSync(path);
    await run('before:esbuild-package:package');
    assert.equal(statSync(path).mtimeMs, mtimeMs);
    assert.deepEqual(service.package, { patterns: ['!secret-baker.lock*.json', FILE] });
    assert.equal((await standIn.calls()).length, 1);
    await run('after:package:compileFunctions');
    assert.equal(existsSync(path), false);
    await run('finalize');
  });

  it('two services of one process do not share a bundle or a folder', async (t) => {
    const services = [serverless4(t), serverless4(t)];
    await Promise.all(services.map(({ run }) => run('initialize', 'before:package:cleanup', 'after:package:cleanup')));
    await services[0]?.run('finalize');
    assert.deepEqual(
      services.map(({ path }) => existsSync(path)),
      [false, true],
    );
    await services[1]?.run('finalize');
    assert.equal(existsSync(services[1]?.path ?? ''), false);
  });
});

it('the table in docs/packaging.md is this one', () => {
  const rows = [...new Set([...table.keys()].map((key) => key.slice(0, key.lastIndexOf('|'))))];
  const lines = [
    '| by the hook order of serverless 4 | patterns honoured | patterns ignored |',
    '|---|---|---|',
    ...rows.map((row) => `| ${row} | ${table.get(`${row}|true`)} | ${table.get(`${row}|false`)} |`),
  ].join('\n');
  console.log(lines);
  const document = readFileSync(join(root, 'docs/packaging.md'), 'utf8');
  const [, printed] = /<!-- serverless 4 -->\n(.*?)\n<!-- \/serverless 4 -->/s.exec(document) ?? [];
  assert.equal(printed, lines);
});
