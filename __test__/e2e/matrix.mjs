// Which tool packages a service, and how: the cells of the table in docs/packaging.md.

import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { python } from '../aws/python.mjs';
import { makeZip } from './zips.mjs';

/** @import { Framework, Service } from './harness.mjs' */

/**
 * @typedef {object} Cell
 * @property {string} title as the table has it
 * @property {string} [plugin] listed before and after us; without one there is no order
 * @property {object} keys of `serverless.yml`
 * @property {Record<string, string | Buffer>} [files]
 * @property {Framework[]} [only] the frameworks that the tool runs on
 * @property {string} [why] of `only`
 * @property {string} [layer] the layer's zip, which must have no bundle
 */

const NODE = {
  'handler.js': "exports.hello = async () => 'hello';\nexports.other = async () => 'other';\n",
  'data/other.json': '{}',
};
const MODULE = {
  'handler.js':
    "import { word } from './word.js';\nexport const hello = async () => word;\nexport const other = async () => word;\n",
  'word.js': "export const word = 'hello';\n",
};
export const WEBPACK = {
  'package.json': JSON.stringify({ name: 'matrix', version: '1.0.0' }),
  'webpack.config.js':
    "const { lib } = require('serverless-webpack');\nmodule.exports = { entry: lib.entries, target: 'node', mode: 'none', output: { libraryTarget: 'commonjs2', filename: '[name].js', path: require('node:path').join(__dirname, '.webpack') } };\n",
};
export const TYPESCRIPT = {
  'node_modules/.keep': '', // copied by the tool, which fails without the folder
  'tsconfig.json': JSON.stringify({
    compilerOptions: { target: 'es2020', module: 'commonjs', lib: ['es2020'], types: [], skipLibCheck: true, outDir: '.build' },
  }),
};
const IN_TYPESCRIPT = {
  ...TYPESCRIPT,
  'handler.ts':
    "export const hello = async (): Promise<string> => 'hello';\nexport const other = async (): Promise<string> => 'other';\n",
};
const PYTHON = {
  'handler.py': "def hello(event, context):\n    return 'hello'\n",
  'one/handler.py': "def hello(event, context):\n    return 'one'\n",
  'two/handler.py': "def hello(event, context):\n    return 'two'\n",
};
/** pip is slow: what it has once installed serves every service of this process, as the tool does it by default. */
export const PIP_CACHE = join(realpathSync(tmpdir()), `pip-${process.pid}`);
const WHEEL = join(PIP_CACHE, 'tiny-1.0-py3-none-any.whl');
export const REQUIREMENTS = { 'requirements.txt': `tiny @ file://${WHEEL}\n` };

/** Makes the folder with the wheel; remove it afterwards. */
export async function offerWheel() {
  mkdirSync(PIP_CACHE);
  writeFileSync(WHEEL, await wheel('tiny'));
}
/** For pip: what it installs lies here, so it asks no registry, not even for a newer pip. */
export const PIP = { PIP_NO_INDEX: '1', PIP_DISABLE_PIP_VERSION_CHECK: '1' };

const both = { hello: { handler: 'handler.hello' }, other: { handler: 'handler.other' } };
const modules = {
  hello: { handler: 'handler.hello', module: 'one' },
  other: { handler: 'handler.hello', module: 'two' },
};
const inPython = { provider: { name: 'aws', runtime: 'python3.11', region: 'eu-central-1' } };

export const pythonRequirements = { pythonBin: python, dockerizePip: false, useDownloadCache: false, cacheLocation: PIP_CACHE };
/** @param {object} settings */
const requirements = (settings) => ({
  ...inPython,
  custom: { pythonRequirements: { ...pythonRequirements, ...settings } },
  functions: { hello: { handler: 'handler.hello' }, other: { handler: 'handler.hello' } },
});

const NO_TYPESCRIPT_ON_4 = 'serverless-plugin-typescript 2.1.5 asks for serverless 2 or 3';

/** @type {Cell[]} */
export const cells = [
  { title: 'none', keys: { functions: both }, files: NODE },
  { title: '`individually`', keys: { package: { individually: true }, functions: both }, files: NODE },
  {
    title: "a function's own patterns, individually",
    keys: {
      package: { individually: true },
      functions: { ...both, other: { handler: 'handler.other', package: { patterns: ['!**', 'handler.js'] } } },
    },
    files: NODE,
  },
  {
    title: "a function's patterns, shared artefact",
    keys: { functions: { ...both, other: { handler: 'handler.other', package: { patterns: ['!**', 'handler.js'] } } } },
    files: NODE,
  },
  { title: '`!**` first', keys: { package: { patterns: ['!**', 'handler.js'] }, functions: both }, files: NODE },
  {
    title: '`!**` last',
    keys: {
      package: { individually: true, patterns: ['handler.js', '!**'] },
      functions: { hello: { handler: 'handler.hello', package: { patterns: ['handler.js', '!**/*.json', '!secret*'] } } },
    },
    files: NODE,
  },
  {
    title: '`excludeDevDependencies: false`',
    keys: { package: { excludeDevDependencies: false }, functions: both },
    files: NODE,
  },
  {
    title: 'a layer',
    keys: { layers: { shared: { path: 'layer' } }, functions: both },
    files: { ...NODE, 'layer/nodejs/shared.js': '' },
    layer: 'shared',
  },
  {
    title: "a layer of the service's folder",
    keys: { layers: { shared: { path: '.' } }, package: { individually: true, patterns: ['handler.js'] }, functions: both },
    files: NODE,
    layer: 'shared',
    // A layer whose folder is the service's takes everything out of the functions there.
  },
  {
    title: "the service's `artifact`",
    keys: { package: { artifact: 'dist/app.zip' }, functions: both },
    files: { 'dist/app.zip': await built('handler.js', NODE['handler.js']) },
  },
  {
    title: "a function's `artifact`",
    keys: { functions: { ...both, other: { handler: 'handler.other', package: { artifact: 'dist/other.zip' } } } },
    files: { ...NODE, 'dist/other.zip': await built('handler.js', NODE['handler.js']) },
  },
  { title: 'serverless-esbuild', plugin: 'serverless-esbuild', keys: { functions: both }, files: MODULE },
  {
    title: 'serverless-esbuild, individually',
    plugin: 'serverless-esbuild',
    keys: { package: { individually: true }, functions: both },
    files: MODULE,
  },
  { title: 'serverless-webpack', plugin: 'serverless-webpack', keys: { functions: both }, files: { ...MODULE, ...WEBPACK } },
  {
    title: 'serverless-webpack, individually',
    plugin: 'serverless-webpack',
    keys: { package: { individually: true }, functions: both },
    files: { ...MODULE, ...WEBPACK },
  },
  {
    title: 'serverless-plugin-typescript',
    plugin: 'serverless-plugin-typescript',
    keys: { functions: both },
    files: IN_TYPESCRIPT,
    only: ['v3', 'osls3'],
    why: NO_TYPESCRIPT_ON_4,
  },
  {
    title: 'serverless-plugin-typescript, individually',
    plugin: 'serverless-plugin-typescript',
    keys: { package: { individually: true }, functions: both },
    files: IN_TYPESCRIPT,
    only: ['v3', 'osls3'],
    why: NO_TYPESCRIPT_ON_4,
  },
  {
    title: 'serverless-python-requirements',
    plugin: 'serverless-python-requirements',
    keys: requirements({}),
    files: { ...PYTHON, ...REQUIREMENTS },
  },
  {
    title: 'serverless-python-requirements, `zip`',
    plugin: 'serverless-python-requirements',
    keys: requirements({ zip: true }),
    files: { ...PYTHON, ...REQUIREMENTS },
  },
  {
    title: 'serverless-python-requirements, `layer`',
    plugin: 'serverless-python-requirements',
    keys: requirements({ layer: true }),
    files: { ...PYTHON, ...REQUIREMENTS },
    layer: 'pythonRequirements',
  },
  {
    title: 'serverless-python-requirements, individually',
    plugin: 'serverless-python-requirements',
    keys: { ...requirements({}), package: { individually: true } },
    files: { ...PYTHON, ...REQUIREMENTS },
  },
  {
    title: 'serverless-python-requirements, `module`',
    plugin: 'serverless-python-requirements',
    keys: { ...requirements({}), package: { individually: true }, functions: modules },
    files: {
      ...PYTHON,
      'one/requirements.txt': REQUIREMENTS['requirements.txt'],
      'two/requirements.txt': REQUIREMENTS['requirements.txt'],
    },
  },
];

/** What tools leave in a service's folder, with and without us. */
const LEFT_BY_OTHERS = ['node_modules', '.build', '.webpack', '.requirements.zip', 'unzip_requirements.py'];

/** @param {Service} service */
export function withoutOthers(service) {
  return service.names().filter((name) => !LEFT_BY_OTHERS.includes(name));
}

/**
 * A zip as some other tool has built it.
 * @param {string} name
 * @param {string} text
 */
function built(name, text) {
  return makeZip([{ name, content: text }]);
}

/**
 * The smallest wheel that pip installs, so that no test needs a registry.
 * @param {string} name
 */
function wheel(name) {
  const info = `${name}-1.0.dist-info`;
  return makeZip([
    { name: `${name}.py`, content: 'WORD = "tiny"\n' },
    { name: `${info}/METADATA`, content: `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n` },
    { name: `${info}/WHEEL`, content: 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n' },
    { name: `${info}/RECORD`, content: `${name}.py,,\n${info}/METADATA,,\n${info}/WHEEL,,\n${info}/RECORD,,\n` },
  ]);
}
