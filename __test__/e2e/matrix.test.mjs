// Every packaging tool on every framework, before and after us: is the right bundle in each artefact?
// The table that this prints is the one in docs/packaging.md. With 2.1.0 beside us, where it runs.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { root } from '../aws/python.mjs';
import { startStandIn } from '../aws/stand-in.mjs';
import { FILE, frameworks, plainWith, readZip } from './harness.mjs';
import { cells } from './matrix.mjs';

/** @import { TestContext } from 'node:test' */
/** @import { Framework, Service } from './harness.mjs' */
/** @import { Cell } from './matrix.mjs' */

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;
before(async () => {
  standIn = await startStandIn();
  for (const name of ['/matrix/a', '/matrix/b']) await standIn.putSecret(name, `value of ${name}`);
});
after(() => standIn.stop());

const US = 'serverless-secret-baker';
const OLD = `module.exports = require(${JSON.stringify(join(root, 'bench/node_modules/secret-baker-old'))});`;

const runs = cells.flatMap((cell) =>
  [...frameworks, /** @type {const} */ ('2.1.0')].flatMap((column) => orders(cell).map((order) => ({ cell, column, order }))),
);

/** @param {Cell} cell */
function orders({ plugin }) {
  return plugin ? ['before us', 'after us'] : [''];
}

/** @type {Map<string, string>} row and column -> what the table says */
const table = new Map();

describe('packaging', { concurrency: 2 }, () => {
  for (const { cell, column, order } of runs) {
    const framework = column === '2.1.0' ? 'v3' : column;
    const row = rowOf(cell, order);
    if (cell.only && !cell.only.includes(framework)) {
      table.set(`${row}|${column}`, '–');
      it(`${row}: ${column}`, { skip: cell.why }, () => {});
      continue;
    }
    it(`${row}: ${column}`, async (t) => {
      const service = serviceOf(t, framework, cell, order, column === '2.1.0' ? './old.js' : US);
      const names = withoutOthers(service);
      const { code, output } = await service.run(['package'], { env: { AWS_ENDPOINT_URL: standIn.endpoint } });
      const wrong = code === 0 ? await wrongIn(service, cell) : ['does not package'];
      table.set(`${row}|${column}`, wrong.length === 0 ? 'right' : 'wrong');
      // What 2.1.0 does is for the table: it is not ours to mend.
      if (column === '2.1.0') return;
      assert.equal(code, 0, output);
      assert.deepEqual(wrong, []);
      assert.deepEqual(withoutOthers(service), names);
    });
  }
});

it('the table in docs/packaging.md is this one', () => {
  const columns = [...frameworks, '2.1.0'];
  const rows = [...new Set(runs.map(({ cell, order }) => rowOf(cell, order)))];
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

/** What tools leave in a service's folder, with and without us. */
const LEFT_BY_OTHERS = ['node_modules', '.build', '.requirements.zip', 'unzip_requirements.py'];

/** @param {Service} service */
function withoutOthers(service) {
  return service.names().filter((name) => !LEFT_BY_OTHERS.includes(name));
}

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

/**
 * What is wrong with the artefacts that the template deploys.
 * @param {Service} service
 * @param {Cell} cell
 * @returns {Promise<string[]>}
 */
async function wrongIn(service, { layer }) {
  const at = (/** @type {string} */ name) => join(service.dir, '.serverless', name);
  const { Resources } = JSON.parse(readFileSync(at('cloudformation-template-update-stack.json'), 'utf8'));
  const state = JSON.parse(readFileSync(at('serverless-state.json'), 'utf8')).service;
  const wrong = [];
  for (const [name, own] of Object.entries(state.functions)) {
    const id = `${name[0]?.toUpperCase()}${name.slice(1)}LambdaFunction`;
    // What the template uploads by that name.
    const base = Resources[id].Properties.Code.S3Key.split('/').at(-1);
    const path = own.package?.artifact ? join(service.dir, own.package.artifact.replace(service.dir, '')) : at(base);
    if (!existsSync(path)) {
      wrong.push(`${name}: deployed from a file that was not baked`);
      continue;
    }
    const zip = await readZip(path);
    const bytes = await zip.get(FILE)?.read();
    if (bytes === undefined || Object.keys(JSON.parse(String(bytes))).join() !== 'A,B')
      wrong.push(`${name}: no bundle in ${base}`);
    if (zip.get(FILE)?.mode !== 0o644) wrong.push(`${name}: mode ${zip.get(FILE)?.mode.toString(8)}`);
    const version = Object.values(Resources).find(
      ({ Type, Properties }) => Type === 'AWS::Lambda::Version' && Properties.FunctionName.Ref === id,
    );
    const sha = createHash('sha256').update(readFileSync(path)).digest('base64');
    if (version.Properties.CodeSha256 !== sha) wrong.push(`${name}: hashed before the bundle was in`);
  }
  if (layer && existsSync(at(`${layer}.zip`)) && (await readZip(at(`${layer}.zip`))).has(FILE))
    wrong.push('a bundle in the layer');
  return wrong;
}
