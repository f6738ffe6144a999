// What each package holds, and what is wrong where one holds anything else: what is published cannot be taken back.

import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { root } from '../__test__/aws/python.mjs';
import { readArchive } from './archive.mjs';
import { machineOf } from './machine-code.mjs';

/** @import { Entry } from './archive.mjs' */
/** @import { Packed } from './pack.mjs' */

/** @typedef {Map<string, Entry>} Files */

/**
 * @typedef {object} Contents
 * @property {string[]} must Files that are always there
 * @property {RegExp[]} [may] Whole paths of those that may be there, besides
 * @property {(files: Files, version: string) => string[]} look What else is wrong, where all are there that must be
 */

/** Lambda's names of its processors, and ours. @type {Record<string, string>} */
const PROCESSORS = { x86_64: 'linux-x64-gnu', arm64: 'linux-arm64-gnu' };

/** Bytes of all files of one: what the largest, a platform's, has with the others is to be 15 MB. */
const LARGEST = 12_000_000;

const NPM = ['package.json', 'README.md', 'LICENSE'];
const DOCS = [
  ...['bundle', 'install', 'local', 'packaging', 'troubleshooting'].map((page) => `docs/${page}.md`),
  ...['docs/without-the-framework.md', 'docs/commands/README.md', 'runtime/contract.json', 'CHANGELOG.md'],
];
/** What the program has beside the core: how it is called, what the framework is told of it, and what editors are. */
/** What npm links to. */
const PROGRAM_FILE = 'bin/secret-baker.js';
const PROGRAM = [PROGRAM_FILE, 'plugin/commands.json', 'schema/secret-baker.json', 'schema/serverless.json'];
const NODE = ['index.js', 'index.mjs', 'index.d.ts', 'index.d.mts', 'env.js', 'env.d.ts'];
const CRATE = [
  'Cargo.toml',
  'Cargo.toml.orig',
  'Cargo.lock',
  '.cargo_vcs_info.json',
  'README.md',
  'LICENSE',
  'build.rs',
  'contract.json',
];
const PYTHON = ['__init__.py', 'exceptions.py', 'py.typed'];

/** @type {Record<Exclude<keyof Packed, 'platforms'>, (version: string) => Contents>} */
const CONTENTS = {
  plugin: () => ({
    must: [...NPM, ...DOCS, ...PROGRAM, 'index.js', 'plugin/binary.js'],
    may: [/plugin\/[a-z0-9-]+\.js/, /docs\/(sources|commands)\/[a-z-]+\.md/],
    look: manifestMistakes,
  }),
  launcher: () => ({ must: NPM, may: [/secret-baker-launcher-(x86_64|arm64)\.gz/], look: launcherMistakes }),
  node: () => ({ must: [...NPM, ...NODE], look: manifestMistakes }),
  wheel: (version) => {
    const info = `secret_baker-${version}.dist-info`;
    const must = [
      ...PYTHON.map((name) => `secret_baker/${name}`),
      ...['METADATA', 'WHEEL', 'RECORD', 'licenses/LICENSE'].map((name) => `${info}/${name}`),
    ];
    return { must, may: [/secret_baker\/_[a-z0-9_]+\.py/], look: wheelMistakes };
  },
  sdist: () => ({
    must: ['PKG-INFO', 'pyproject.toml', 'README.md', 'LICENSE', ...PYTHON.map((name) => `src/secret_baker/${name}`)],
    // hatchling puts the repository's .gitignore in, to leave out the same files when it builds a wheel of it.
    may: [/src\/secret_baker\/_[a-z0-9_]+\.py/, /\.gitignore/],
    look: (files, version) => versionMistakes('PKG-INFO', /^Version: (.+)$/m, files, version),
  }),
  crate: () => ({
    must: [...CRATE, 'src/lib.rs'],
    may: [/build\/[a-z_]+\.rs/, /src\/([a-z_]+\/)*[a-z_]+\.rs/],
    look: (files, version) => versionMistakes('Cargo.toml', /^version = "(.+)"$/m, files, version),
  }),
};

/**
 * @param {Partial<Packed>} packed
 * @param {string} version
 * @returns {string[]} A sentence for each mistake of each package
 */
export function packedMistakes({ platforms = {}, ...others }, version) {
  const mistakes = Object.entries(platforms).flatMap(([name, archive]) => archiveMistakes(archive, platform(name), version));
  for (const [name, archive] of Object.entries(others)) {
    const contents = CONTENTS[/** @type {keyof typeof CONTENTS} */ (name)](version);
    mistakes.push(...archiveMistakes(archive, contents, version));
  }
  return mistakes;
}

/**
 * @param {Packed} packed
 * @returns {string[]} What a whole release has besides
 */
export function absentParts({ platforms, launcher }) {
  const launchers = readArchive(launcher);
  return [
    ...readdirSync(join(root, 'npm'))
      .filter((name) => name !== 'launcher' && platforms[name] === undefined)
      .map((name) => `the binary for ${name}`),
    ...Object.keys(PROCESSORS)
      .filter((processor) => !launchers.has(`secret-baker-launcher-${processor}.gz`))
      .map((processor) => `the launcher for ${processor}`),
  ];
}

/**
 * @param {string} name of the platform
 * @returns {Contents}
 */
function platform(name) {
  const binary = `secret-baker.${name}.node`;
  return {
    must: [...NPM, binary],
    look: (files, version) => [...manifestMistakes(files, version), ...codeMistakes(binary, bytesOf(files, binary), name)],
  };
}

/**
 * @param {string} archive
 * @param {Contents} contents
 * @param {string} version
 * @returns {string[]}
 */
function archiveMistakes(archive, { must, may = [], look }, version) {
  const files = readArchive(archive);
  const expected = (/** @type {string} */ path) =>
    must.includes(path) || may.some((pattern) => path.match(pattern)?.[0] === path);
  const missing = must.filter((path) => !files.has(path));
  const mistakes = missing.map((path) => `has no ${path}`);
  for (const [path, { executable, plain }] of files) {
    if (!expected(path)) mistakes.push(`holds ${path}, which does not belong there`);
    else if (!plain) mistakes.push(`holds ${path}, which is no plain file`);
    else if (executable && !path.endsWith('.node') && path !== PROGRAM_FILE) mistakes.push(`holds ${path}, which is executable`);
  }
  const size = [...files.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);
  if (size > LARGEST) mistakes.push(`has ${size} bytes, and ${LARGEST} at most are expected: it may be built without --release`);
  if (missing.length === 0) mistakes.push(...look(files, version));
  return mistakes.map((mistake) => `${basename(archive)} ${mistake}`);
}

/**
 * The manifest of a package for npm: nothing runs when it is installed, only what is of this very release comes with it, and whatever
 * it names is in it.
 * @param {Files} files
 * @param {string} version
 * @returns {string[]}
 */
function manifestMistakes(files, version) {
  const manifest = JSON.parse(String(bytesOf(files, 'package.json')));
  const mistakes = versionMistakes('package.json', /^ {2}"version": "(.+)"/m, files, version);
  for (const script of ['preinstall', 'install', 'postinstall', 'prepare']) {
    if (manifest.scripts?.[script] !== undefined) mistakes.push(`runs a script when it is installed: ${script}`);
  }
  const asked = { ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.optionalDependencies };
  const others = Object.keys(asked).filter((name) => !name.startsWith('serverless-secret-baker-') || asked[name] !== version);
  if (others.length > 0) mistakes.push(`depends on ${others.map((name) => `${name}@${asked[name]}`).join(', ')}`);
  for (const path of namedIn([manifest.main, manifest.types, manifest.exports])) {
    if (!files.has(posix.normalize(path))) mistakes.push(`names ${path} in its package.json, which is not in it`);
  }
  return mistakes;
}

/**
 * @param {unknown} value of `exports` and the like
 * @returns {string[]} the paths in it
 */
function namedIn(value) {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(namedIn) : [];
}

/**
 * @param {Files} files
 * @param {string} version
 * @returns {string[]}
 */
function launcherMistakes(files, version) {
  const found = Object.entries(PROCESSORS).flatMap(([processor, machine]) => {
    const path = `secret-baker-launcher-${processor}.gz`;
    return files.has(path) ? [{ path, machine }] : [];
  });
  const mistakes = found.flatMap(({ path, machine }) => codeMistakes(path, unzipped(bytesOf(files, path)), machine));
  if (found.length === 0) mistakes.push('has a launcher for no processor');
  return [...manifestMistakes(files, version), ...mistakes];
}

/**
 * @param {Buffer} bytes
 * @returns {Buffer} empty where they are no gzip file, or one of far more than a launcher
 */
function unzipped(bytes) {
  try {
    return gunzipSync(bytes, { maxOutputLength: LARGEST });
  } catch {
    return Buffer.alloc(0);
  }
}

/**
 * @param {string} path
 * @param {Buffer} bytes
 * @param {string} machine
 * @returns {string[]}
 */
function codeMistakes(path, bytes, machine) {
  const other = machineOf(bytes);
  return other === machine ? [] : [`holds ${path}, which should be for ${machine} and is: ${other}`];
}

/**
 * A wheel lists its own files; pip refuses one that lists others.
 * @param {Files} files
 * @param {string} version
 * @returns {string[]}
 */
function wheelMistakes(files, version) {
  const info = `secret_baker-${version}.dist-info`;
  const record = `${info}/RECORD`;
  const listed = String(bytesOf(files, record)).trim().split('\n');
  const expected = [...files].map(([path, { bytes }]) => {
    const digest = createHash('sha256').update(bytes).digest('base64url');
    return path === record ? `${path},,` : `${path},sha256=${digest},${bytes.length}`;
  });
  const differ = [...listed.filter((line) => !expected.includes(line)), ...expected.filter((line) => !listed.includes(line))];
  const mistakes = [...new Set(differ.map((line) => line.split(',')[0]))].map(
    (path) => `has a RECORD that is wrong about ${path}`,
  );
  return [...versionMistakes(`${info}/METADATA`, /^Version: (.+)$/m, files, version), ...mistakes];
}

/**
 * @param {string} path
 * @param {RegExp} at
 * @param {Files} files
 * @param {string} version
 * @returns {string[]}
 */
function versionMistakes(path, at, files, version) {
  const named = at.exec(String(bytesOf(files, path)))?.[1];
  return named === version ? [] : [`names the version ${named} in ${path}, and should be ${version}`];
}

/**
 * @param {Files} files
 * @param {string} path
 * @returns {Buffer} empty where there is none
 */
function bytesOf(files, path) {
  return files.get(path)?.bytes ?? Buffer.alloc(0);
}
