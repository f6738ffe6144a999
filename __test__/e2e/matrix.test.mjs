// Every packaging tool on every framework, before and after us: is the right bundle in each artefact?
// The table that this prints is the one in docs/packaging.md. With 2.1.0 beside us, where it runs.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { root } from '../aws/python.mjs';
import { startStandIn } from '../aws/stand-in.mjs';
import { FILE, frameworks, plainWith, readZip } from './harness.mjs';
import { invoke } from './invoke.mjs';
import { cells, offerWheel, PIP, PIP_CACHE, withoutOthers } from './matrix.mjs';

/** @import { TestContext } from 'node:test' */
/** @import { Framework, Service } from './harness.mjs' */
/** @import { Cell } from './matrix.mjs' */

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;
before(async () => {
  standIn = await startStandIn();
  await offerWheel();
  await putSecrets('/matrix');
});
after(async () => {
  rmSync(PIP_CACHE, { recursive: true });
  await standIn.stop();
});

const US = 'serverless-secret-baker';
const OLD = `module.exports = require(${JSON.stringify(join(root, 'bench/node_modules/secret-baker-old'))});`;
const columns = /** @type {const} */ ([...frameworks, '2.1.0']);

const runs = cells.flatMap((cell) => columns.flatMap((column) => orders(cell, column).map((order) => ({ cell, column, order }))));

/**
 * @param {Cell} cell
 * @param {string} [column]
 */
function orders({ plugin }, column) {
  if (!plugin) return [''];
  // Both act before and after the framework packages, and neither looks at the other's files: one order shows both.
  if (column === '2.1.0' && plugin === 'serverless-python-requirements') return ['before us'];
  return ['before us', 'after us'];
}

/** @type {Map<string, string>} row and column -> what the table says */
const table = new Map();

const env = () => ({ AWS_ENDPOINT_URL: standIn.endpoint, ...PIP });

it('pip installs what all services share, before two of them would at once', async (t) => {
  const cell = cells.find(({ layer, plugin }) => layer && plugin);
  const service = serviceOf(t, 'v3', /** @type {Cell} */ (cell), 'after us', US);
  const { code, output } = await service.run(['package'], { env: env() });
  assert.equal(code, 0, output);
});

describe('packaging', { concurrency: 2 }, () => {
  for (const { cell, column, order } of runs) {
    const framework = column === '2.1.0' ? 'v3' : column;
    const row = rowOf(cell, order);
    if (cell.only && !cell.only.includes(framework)) {
      table.set(`${row}|${column}`, '–');
      it(`${row}: ${column}`, { skip: cell.why }, () => {});
      continue;
    }
    it(`${row}: ${column}`, (t) => packages(t, cell, column, order));
  }
});

// serverless-python-requirements makes this link without waiting for it, and on a busy machine looks before it is there.
const LINK_IS_LATE = /ENOENT: no such file or directory, scandir '\.serverless\/requirements'/;

/** @param {ReturnType<typeof serviceOf>} service */
async function packaged(service) {
  const first = await service.run(['package'], { env: env() });
  return LINK_IS_LATE.test(first.output) ? service.run(['package'], { env: env() }) : first;
}

/**
 * @param {TestContext} t
 * @param {Cell} cell
 * @param {Framework | '2.1.0'} column
 * @param {string} order
 */
async function packages(t, cell, column, order) {
  const old = column === '2.1.0';
  const service = serviceOf(t, old ? 'v3' : column, cell, order, old ? './old.js' : US);
  const names = withoutOthers(service);
  const { code, output } = await packaged(service);
  const wrong = code === 0 ? await wrongIn(service, cell, old) : ['does not package'];
  const shown = orders(cell).filter((other) => other === order || !orders(cell, column).includes(other));
  for (const other of shown) table.set(`${rowOf(cell, other)}|${column}`, wrong.length === 0 ? 'right' : 'wrong');
  // What 2.1.0 does is for the table: it is not ours to mend.
  if (old) return;
  assert.equal(code, 0, output);
  assert.deepEqual(wrong, []);
  assert.deepEqual(withoutOthers(service), names);
}

const EARLIER = '`package --package DIR`, then `deploy --package DIR`';
const ALONE = '`deploy function -f`';
const READS = `const { readFileSync } = require('node:fs');
exports.hello = async () => readFileSync(process.env.LAMBDA_TASK_ROOT + '/${FILE}', 'utf8');
`;

describe('deploying', { concurrency: 2 }, () => {
  for (const column of columns) {
    it(`${EARLIER}, ${ALONE}: ${column}`, (t) => deploys(t, column));
  }
});

/**
 * @param {TestContext} t
 * @param {Framework | '2.1.0'} column
 */
async function deploys(t, column) {
  const old = column === '2.1.0';
  const name = `matrix-${column.replaceAll('.', '-')}`;
  await putSecrets(`/${name}`);
  const service = toDeploy(t, column, name);
  const names = withoutOthers(service);
  /** @param {string} row @param {string[][]} commands */
  const deployed = async (row, ...commands) => {
    for (const command of commands) {
      const { code, output } = await service.run(command, { env: env() });
      if (!old) assert.equal(code, 0, output);
    }
    const right = isBundle(await invoke(standIn, `${name}-dev-hello`), await stored(`/${name}`), old);
    table.set(`${row}|${column}`, right ? 'right' : 'wrong');
    if (old) return;
    assert.ok(right, row);
    assert.deepEqual(withoutOthers(service), names);
  };
  await deployed(EARLIER, ['package', '--package', '../packaged'], ['deploy', '--package', '../packaged']);
  await putSecrets(`/${name}`);
  await deployed(ALONE, ['deploy', 'function', '-f', 'hello']);
}

/**
 * @param {TestContext} t
 * @param {Framework | '2.1.0'} column
 * @param {string} name
 */
function toDeploy(t, column, name) {
  const old = column === '2.1.0';
  const keys = {
    service: name,
    configValidationMode: old ? 'off' : 'error',
    plugins: ['./.point-at-stand-in.js', old ? './old.js' : US],
    custom: { secretBaker: { A: `/${name}/a`, B: `/${name}/b` } },
  };
  return plainWith(t, old ? 'v3' : column, keys, { 'handler.js': READS, ...(old ? { 'old.js': OLD } : {}) });
}

it('the table in docs/packaging.md is this one', () => {
  const rows = [EARLIER, ALONE, ...cells.flatMap((cell) => orders(cell).map((order) => rowOf(cell, order)))];
  const heads = ['serverless 3.40', 'osls 3.77', 'osls 4.3', '2.1.0 on serverless 3.40'];
  const lines = [
    `| packaged by | ${heads.join(' | ')} |`,
    `|---|${heads.map(() => '---|').join('')}`,
    ...rows.map((row) => `| ${row} | ${columns.map((column) => table.get(`${row}|${column}`)).join(' | ')} |`),
  ].join('\n');
  console.log(lines);
  const document = readFileSync(join(root, 'docs/packaging.md'), 'utf8');
  const [, printed] = /<!-- matrix -->\n(.*?)\n<!-- \/matrix -->/s.exec(document) ?? [];
  assert.equal(printed, lines);
});

/**
 * @param {Cell} cell
 * @param {string} order
 */
function rowOf({ title }, order) {
  return order ? `${title}, listed ${order}` : title;
}

/**
 * @param {TestContext} t
 * @param {Framework} framework
 * @param {Cell} cell
 * @param {string} order
 * @param {string} us
 */
function serviceOf(t, framework, { plugin, keys, files }, order, us) {
  const plugins = [us, ...(plugin ? [plugin] : [])];
  if (order === 'before us') plugins.reverse();
  const { custom } = /** @type {{custom?: object}} */ (keys);
  const all = {
    ...keys,
    configValidationMode: us === US ? 'error' : 'off',
    plugins: ['./.point-at-stand-in.js', ...plugins],
    custom: { ...custom, secretBaker: { A: '/matrix/a', B: '/matrix/b' } },
  };
  return plainWith(t, framework, all, { ...files, ...(us === US ? {} : { 'old.js': OLD }) });
}

/** New ones each time. @param {string} folder */
async function putSecrets(folder) {
  for (const name of ['a', 'b']) await standIn.putSecret(`${folder}/${name}`, `value of ${name}`);
}

/**
 * The bundle of what Parameter Store holds now.
 * @param {string} folder
 */
async function stored(folder) {
  const names = [`${folder}/a`, `${folder}/b`];
  const { Parameters } = await standIn.ssm('GetParameters', { Names: names, WithDecryption: false });
  const entries = names.map((name) => {
    const { Value, ARN, Version } = Parameters.find((/** @type {any} */ each) => each.Name === name);
    return { ciphertext: Value, arn: ARN, version: Version };
  });
  return { A: entries[0], B: entries[1] };
}

/**
 * @param {string} text
 * @param {Awaited<ReturnType<typeof stored>>} wanted
 * @param {boolean} old 2.1.0 writes no version
 */
function isBundle(text, wanted, old) {
  const written = (/** @type {string} */ key, /** @type {any} */ value) => (key === 'version' ? undefined : value);
  return text === JSON.stringify(wanted, old ? written : undefined);
}

/**
 * What is wrong with the artefacts that the template deploys. With 2.1.0: what makes a function fail.
 * @param {Service} service
 * @param {Cell} cell
 * @param {boolean} old
 * @returns {Promise<string[]>}
 */
async function wrongIn(service, { layer }, old) {
  const at = (/** @type {string} */ name) => join(service.dir, '.serverless', name);
  const { Resources } = JSON.parse(readFileSync(at('cloudformation-template-update-stack.json'), 'utf8'));
  const state = JSON.parse(readFileSync(at('serverless-state.json'), 'utf8')).service;
  const wanted = await stored('/matrix');
  const wrong = [];
  for (const [name, own] of Object.entries(state.functions)) {
    const id = `${name[0]?.toUpperCase()}${name.slice(1)}LambdaFunction`;
    // What the template uploads by that name.
    const base = Resources[id].Properties.Code.S3Key.split('/').at(-1);
    const artifact = own.package?.artifact ?? (old ? state.package?.artifact : undefined);
    const path = artifact ? join(service.dir, artifact.replace(service.dir, '')) : at(base);
    if (!existsSync(path)) {
      wrong.push(`${name}: deployed from a file that was not baked`);
      continue;
    }
    wrong.push(...(await wrongInZip(path, wanted, old)).map((what) => `${name}: ${what}`));
    if (old) continue;
    const version = Object.values(Resources).find(
      ({ Type, Properties }) => Type === 'AWS::Lambda::Version' && Properties.FunctionName.Ref === id,
    );
    const sha = createHash('sha256').update(readFileSync(path)).digest('base64');
    if (version.Properties.CodeSha256 !== sha) wrong.push(`${name}: hashed before the bundle was in`);
  }
  if (layer && !old) wrong.push(...(await wrongInLayer(at(`${layer}.zip`))));
  return wrong;
}

/**
 * @param {string} path
 * @param {Awaited<ReturnType<typeof stored>>} wanted
 * @param {boolean} old
 */
async function wrongInZip(path, wanted, old) {
  const entry = (await readZip(path)).get(FILE);
  if (!entry) return ['no bundle'];
  const text = String(await entry.read());
  const wrong = isBundle(text, wanted, old) ? [] : [`another bundle: ${text}`];
  // Lambda runs the function as another user.
  if (old ? (entry.mode & 0o004) === 0 : entry.mode !== 0o644) wrong.push(`mode ${entry.mode.toString(8)}`);
  return wrong;
}

/** @param {string} path */
async function wrongInLayer(path) {
  if (!existsSync(path)) return [`no layer at ${path}`];
  const entries = await readZip(path);
  if (entries.size === 0) return ['an empty layer'];
  return [...entries.keys()].filter((name) => name.endsWith(FILE)).map((name) => `in the layer: ${name}`);
}
