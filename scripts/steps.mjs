// What a checkout needs before anything can run in it, as steps that are skipped when nothing
// they depend on has changed. Only Node's own modules: this runs before any package is installed.

import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { python, root, samPython } from '../__test__/aws/python.mjs';
import { platformOf, thisMachine } from '../plugin/platform.js';
import { run } from './run.mjs';

const windows = process.platform === 'win32';
const linux = process.platform === 'linux';
/** What decides what the addon becomes. */
const ADDON = [
  ...['Cargo.toml', 'Cargo.lock', 'src', 'runtime/contract.json', 'package.json', 'runtime/Cargo.toml'],
  ...['build', 'build.rs', 'src', 'Cargo.toml'].map((name) => `runtime/rust/${name}`),
  ...['src', 'Cargo.toml'].map((name) => `runtime/launcher/${name}`),
];
/** The program, as it is built for tests. */
const PROGRAM = `target/debug/secret-baker${windows ? '.exe' : ''}`;
/** The part of its names that tells this machine's. */
const PLATFORM = platformOf(thisMachine());

/**
 * @typedef {object} Step
 * @property {string} says What it does, for the user
 * @property {string[]} from Files and folders that decide whether it must run again
 * @property {string[]} makes What must exist afterwards
 * @property {() => Promise<void>} act
 */

/** @type {Record<string, Step>} */
export const steps = {
  packages: npmStep('.', 'the development tools (npm ci)'),
  v3: npmStep('__test__/frameworks/v3', 'serverless 3.40 and its plugins (npm ci)'),
  osls3: npmStep('__test__/frameworks/osls3', 'osls 3 and its plugins (npm ci)'),
  osls4: npmStep('__test__/frameworks/osls4', 'osls 4 and its plugins (npm ci)'),
  ruby: npmStep('__test__/ruby', 'a Ruby for the example in Ruby (npm ci)'),
  contract: npmStep('__test__/contract', 'a reader of SOPS files (npm ci)'),
  bench: npmStep('bench', 'the tools that we are compared with (npm ci)'),
  install: npmStep('__test__/install', 'a registry and the package managers (npm ci)'),
  python: {
    says: 'a Python environment with the stand-in for AWS (pip install)',
    from: ['__test__/aws/requirements.txt'],
    makes: ['.venv'],
    act: () => makeVenv('.venv', python, '__test__/aws/requirements.txt'),
  },
  sam: {
    says: 'the SAM CLI (pip install)',
    from: ['__test__/commands/sam-requirements.txt'],
    makes: ['.venv-sam'],
    act: () => makeVenv('.venv-sam', samPython, '__test__/commands/sam-requirements.txt'),
  },
  cdk: npmStep('examples/without-the-framework/cdk', 'the CDK of an example (npm ci)'),
  runtime: {
    says: 'the runtime for Node.js as it is published (esbuild)',
    from: [
      'runtime/node/lib',
      ...['index', 'env'].flatMap((name) => ['js', 'mjs', 'd.ts', 'd.mts'].map((end) => `runtime/node/${name}.${end}`)),
      ...['runtime/node/package.json', 'runtime/node/README.md', 'LICENSE', 'scripts/build-runtime.mjs'],
    ],
    makes: ['runtime/node/dist/index.js'],
    act: () => run(process.execPath, [join(root, 'scripts/build-runtime.mjs')], { cwd: root, quiet: true }),
  },
  launcher: {
    says: 'the launcher (cargo zigbuild; some minutes the first time)',
    from: [
      ...['runtime/Cargo.toml', 'runtime/Cargo.lock', 'runtime/contract.json', 'runtime/launcher'],
      ...['scripts/build-launcher.mjs', 'scripts/zig.mjs'],
      ...['src', 'build', 'build.rs', 'Cargo.toml'].map((name) => `runtime/rust/${name}`),
    ],
    makes: linux ? [`launcher/secret-baker-launcher-${process.arch === 'arm64' ? 'arm64' : 'x86_64'}.gz`] : [],
    act: async () => {
      if (linux) return run(process.execPath, [join(root, 'scripts/build-launcher.mjs')], { cwd: root, quiet: true });
      console.log('set-up: the launcher runs in Lambda and is built on Linux only: its tests are skipped here');
    },
  },
  lambda: {
    says: "Lambda's runtimes for Node.js and Python (npm ci, pip install, make; a minute the first time)",
    from: [
      ...['package.json', 'package-lock.json', 'requirements.txt', 'requirements-3.9.txt'],
      ...['set-up.mjs', 'nodes.mjs', 'pythons.mjs'],
    ].map((name) => `__test__/lambda/${name}`),
    makes: ['__test__/lambda/node_modules'],
    act: async () => {
      const lambda = join(root, '__test__/lambda');
      // The one script that must run is run by this file, with all that it needs.
      await npm(lambda, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error');
      await run(process.execPath, [join(lambda, 'set-up.mjs')], { cwd: root });
    },
  },
  addon: {
    says: 'the Rust core (cargo build; some minutes the first time)',
    from: ADDON,
    makes: ['binding.d.ts', `secret-baker.${PLATFORM}.node`],
    act: () => npm(root, 'run', 'build', '--', '--', '--locked'),
  },
  program: {
    says: 'the program secret-baker (cargo build)',
    from: ADDON,
    makes: [PROGRAM],
    act: buildProgram,
  },
  release: {
    says: 'the Rust core as we ship it (cargo zigbuild; some minutes)',
    from: [...ADDON, 'scripts/build-release.mjs', 'scripts/zig.mjs'],
    makes: [`npm/${PLATFORM}/secret-baker.${PLATFORM}.node`],
    act: () => run(process.execPath, [join(root, 'scripts/build-release.mjs')], { cwd: root, quiet: true }),
  },
};

/**
 * Runs the named steps, those side by side that do not need each other.
 * @param {string[]} names Keys of `steps`
 */
export async function setUp(names) {
  checkTools(names);
  // The addon and the runtime are built by tools among the packages, what we ship and Lambda's runtimes by some in the Python
  // environment; all else waits for the network only. Two compilers at once would only be in each other's way.
  const first = ['packages', 'runtime'].filter((name) => names.includes(name));
  const rest = names.filter((name) => !first.includes(name));
  for (const name of first) await take(name);
  const built = ['python', 'sam', 'addon', 'program', 'launcher', 'release', 'lambda'].filter((name) => rest.includes(name));
  const npmSteps = rest.filter((name) => !built.includes(name));
  await Promise.all([oneByOne(npmSteps), oneByOne(built)]);
}

/** @param {string[]} names */
async function oneByOne(names) {
  for (const name of names) await take(name);
}

/** @param {string} name */
async function take(name) {
  const step = steps[name];
  if (!step) throw new Error(`there is no set-up step ${name}`);
  const stamp = join(root, '.stamps', name);
  const state = fingerprint(step);
  const done = existsSync(stamp) && readFileSync(stamp, 'utf8') === state;
  if (done && step.makes.every((path) => existsSync(join(root, path)))) return;
  const started = performance.now();
  console.log(`set-up: ${step.says} ...`);
  rmSync(stamp, { force: true });
  await step.act();
  mkdirSync(join(root, '.stamps'), { recursive: true });
  // As it was before: what was changed while it ran has not been taken up.
  writeFileSync(stamp, state);
  console.log(`set-up: ${step.says}: done after ${Math.round((performance.now() - started) / 1000)} s`);
}

/**
 * @param {string} dir
 * @param {string} says
 * @returns {Step}
 */
function npmStep(dir, says) {
  return {
    says,
    from: [join(dir, 'package.json'), join(dir, 'package-lock.json')],
    makes: [join(dir, 'node_modules')],
    act: () => npm(join(root, dir), 'ci', '--no-audit', '--no-fund', '--loglevel=error'),
  };
}

/**
 * @param {string} cwd
 * @param {string[]} args
 */
function npm(cwd, ...args) {
  return run('npm', args, { cwd, quiet: true });
}

async function buildProgram() {
  await run('cargo', ['build', '--locked', '--package', 'secret-baker-cli'], { cwd: root, quiet: true });
  const { CARGO_TARGET_DIR: elsewhere } = process.env;
  if (!elsewhere) return;
  // Several checkouts may build into one folder: each has its own copy.
  mkdirSync(join(root, dirname(PROGRAM)), { recursive: true });
  copyFileSync(join(elsewhere, relative('target', PROGRAM)), join(root, PROGRAM));
}

/**
 * @param {string} folder
 * @param {string} its the Python in it
 * @param {string} requirements
 */
async function makeVenv(folder, its, requirements) {
  await run(systemPython(), ['-m', 'venv', join(root, folder)], { quiet: true });
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', join(root, requirements)];
  await run(its, pip, { quiet: true });
}

function systemPython() {
  return windows ? 'python' : 'python3';
}

/**
 * Says at once, and in words, which of the tools is missing.
 * @param {string[]} names of the steps that need them
 */
function checkTools(names) {
  const node = Number(process.versions.node.split('.')[0]);
  const missing = node < 20 ? [`Node.js 20 or newer (this is ${process.versions.node})`] : [];
  if (!run.works('cargo', ['--version'])) missing.push('Rust with cargo, 1.94.1 or newer');
  const needsPython = ['python', 'launcher', 'release'].some((name) => names.includes(name));
  if (needsPython && !run.works(systemPython(), ['-c', 'import sys, venv; assert sys.version_info >= (3, 10)'])) {
    missing.push('Python 3.10 or newer with its venv module');
  }
  if (missing.length === 0) return;
  console.error(`This machine lacks ${missing.join(', and ')}. Install it, then run the command again.`);
  process.exit(1);
}

/** @param {Step} step */
function fingerprint(step) {
  const hash = createHash('sha256').update(process.version).update(process.platform);
  for (const path of step.from.flatMap((from) => files(join(root, from)))) {
    hash.update(relative(root, path)).update(readFileSync(path));
  }
  return hash.digest('hex');
}

/**
 * @param {string} path
 * @returns {string[]}
 */
function files(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => files(join(path, name)));
}
