// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the framework's variables look the same
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const yaml = require('js-yaml');
const { fakeService } = require('./fake-serverless.js');

/**
 * A service's folder with these files.
 * @param {import('node:test').TestContext} t
 * @param {Record<string, string>} files
 */
const folder = (t, files) => {
  const dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'secret-baker-test-')));
  t.after(() => fs.rmSync(dir, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    fs.writeFileSync(path.join(dir, name), text);
  }
  return dir;
};

const provider = {
  getCredentials: async () => ({ accessKeyId: 'A', secretAccessKey: 'B' }),
  getRegion: () => 'eu-central-1',
  getStage: () => 'prod',
};

/**
 * What the core is told of how the config was written.
 * @param {import('node:test').TestContext} t
 * @param {Record<string, string>} files
 * @param {unknown} secretBaker what the framework has made of it
 * @param {Record<string, any>} [serverless]
 */
const written = async (t, files, secretBaker, serverless = {}) => {
  const dir = folder(t, files);
  const service = fakeService({ dir, custom: { secretBaker }, provider, serverless });
  t.after(() => service.plugin.hooks.finalize?.());
  await service.run('after:package:cleanup');
  const [request] = service.core.requests;
  return request?.written === undefined ? undefined : JSON.parse(request.written);
};

/** @param {string} secretBaker */
const yml = (secretBaker, more = '') => `service: x\ncustom:\n  secretBaker: ${secretBaker}\n${more}`;

/** @type {{title: string, files: Record<string, string>, value: unknown, expected: unknown, serverless?: Record<string, any>}[]} */
const CASES = [
  {
    title: 'texts and variables, as they stand there',
    files: { 'serverless.yml': yml("[A, /b/c, '${ssm:/shop/db}', { name: N, path: '/shop/${sls:stage}/x' }]") },
    value: ['A', '/b/c', 'hunter2', { name: 'N', path: '/shop/prod/x' }],
    expected: ['A', '/b/c', '${ssm:/shop/db}', { name: 'N', path: '/shop/${sls:stage}/x' }],
  },
  {
    title: 'a fallback',
    files: { 'serverless.yml': yml('{ DB: "${env:DB, \'/shop/db\'}" }') },
    value: { DB: '/shop/db' },
    expected: { DB: "${env:DB, '/shop/db'}" },
  },
  {
    title: 'a whole config out of a variable',
    files: { 'serverless.yml': yml("'${ssm:/all}'") },
    value: { DB: 'hunter2' },
    expected: '${ssm:/all}',
  },
  {
    title: 'serverless.yaml',
    files: { 'serverless.yaml': yml('[A]') },
    value: ['A'],
    expected: ['A'],
    serverless: { configurationFilename: 'serverless.yaml' },
  },
  {
    title: 'serverless.json, of which serverless 4 tells no ending',
    files: { 'serverless.json': '{"custom": {"secretBaker": ["${env:A}"]}}' },
    value: ['hunter2'],
    expected: ['${env:A}'],
    serverless: { configurationFilename: 'serverless' },
  },
  {
    title: 'another name',
    files: { 'other.yml': yml("['${env:A}']"), 'serverless.yml': yml('[no]') },
    value: ['hunter2'],
    expected: ['${env:A}'],
    serverless: { configurationFilename: 'other.yml' },
  },
  {
    title: "CloudFormation's short forms, here and elsewhere",
    files: { 'serverless.yml': yml('[A, !Sub "/x/${AWS::Region}"]', 'resources: !Select [0, !GetAtt a.b]\n') },
    value: ['A', { 'Fn::Sub': '/x/${AWS::Region}' }],
    expected: ['A', { 'Fn::Sub': '/x/${AWS::Region}' }],
  },
  {
    title: 'another file, within the folder',
    files: { 'serverless.yml': yml('${file(./conf/secrets.yml)}'), 'conf/secrets.yml': "DB: '${ssm:/db}'\nB: /b\n" },
    value: { DB: 'hunter2', B: '/b' },
    expected: { DB: '${ssm:/db}', B: '/b' },
  },
  {
    title: 'a part of another file, by stage, option and region',
    files: {
      'serverless.yml': yml(
        '${file(${opt:kind, "conf"}/${sls:stage}-${self:provider.region}.json):all.secrets}',
        "provider: { region: '${aws:region}' }\n",
      ),
      'conf/prod-eu-central-1.json': '{"all": {"secrets": ["${env:DB}"]}}',
    },
    value: ['hunter2'],
    expected: ['${env:DB}'],
  },
  {
    title: 'another part of the config, through several, down to what is written there',
    files: {
      'serverless.yml': yml(
        '{ DB: "${self:custom.paths.db}", X: "${self:custom.list.1}" }',
        '  paths: ${self:custom.more}\n  more: { db: "${env:DB}" }\n  list: [/a, /b]\n',
      ),
    },
    value: { DB: 'hunter2', X: '/b' },
    expected: { DB: '${env:DB}', X: '/b' },
  },
  {
    title: 'the whole of `custom` in another file',
    files: { 'serverless.yml': 'custom: ${file(custom.yml)}\n', 'custom.yml': "secretBaker: ['${env:A}', /b]\n" },
    value: ['hunter2', '/b'],
    expected: ['${env:A}', '/b'],
  },
  {
    title: 'a text of the file that gives all of `custom`, which is as public as the config',
    files: {
      'serverless.yml': 'custom: ${file(custom-${sls:stage}.yml):all}\n',
      'custom-prod.yml': 'all: { name: a_name, secretBaker: ["${self:custom.name}", "${file(s.yml):a}"] }\n',
      's.yml': 'a: hunter2\n',
    },
    value: ['a_name', 'hunter2'],
    expected: ['a_name', '${file(s.yml):*}'],
  },
  {
    title: 'a reference that leads nowhere, as it stands there',
    files: { 'serverless.yml': yml("['${file(absent.js):x}', '${file(../secret.yml)}', '${env:X, self:custom.absent}']") },
    value: ['hunter2', 'x', 'y'],
    expected: ['${file(absent.js):x}', '${file(../secret.yml)}', '${env:X, self:custom.absent}'],
  },
  {
    title: 'a text of another file as some text of it: it may be one of secrets',
    files: {
      'serverless.yml': yml(
        "['${file(s.json):db}', '${self:custom.s.db}', '${file(t.yml)}', '/x/${self:custom.s.db}', '${self:custom.s.env}']",
        '  s: ${file(s.json)}\n',
      ),
      's.json': '{"db": "hunter2", "env": "${env:DB}"}',
      't.yml': 'hunter2\n',
    },
    value: ['hunter2', 'hunter2', 'hunter2', '/x/hunter2', 'hunter2'],
    expected: ['${file(s.json):*}', '${file(s.json):*}', '${file(t.yml):*}', '/x/${file(s.json):*}', '${env:DB}'],
  },
  {
    title: 'what lies within a value out of a variable, as that variable',
    files: { 'serverless.yml': yml('{ A: "${self:custom.all.a.b}", B: "x${self:custom.all.c}" }', "  all: '${ssm:/all}'\n") },
    value: { A: 'hunter2', B: 'xhunter2' },
    expected: { A: '${ssm:/all}', B: 'x${ssm:/all}' },
  },
  {
    title: 'the choice that the framework took, where there are several',
    files: {
      'serverless.yml': yml(
        "[\"${self:custom.no, self:custom.db, '/c'}\", \"${self:custom.no, '/c'}\", '${self:custom.no, file(s.yml):a}', '/x/${self:custom.name, env:N}', '/y/${self:custom.no, env:N}']",
        "  db: '${ssm:/db}'\n  name: plain\n",
      ),
      's.yml': 'a: hunter2\n',
    },
    value: ['hunter2', '/c', 'hunter2', '/x/plain', '/y/hunter2'],
    expected: ['${ssm:/db}', "${self:custom.no, '/c'}", '${file(s.yml):*}', '/x/plain', '/y/${self:custom.no, env:N}'],
  },
];

for (const { title, files, value, expected, serverless } of CASES) {
  test(`after:package:cleanup: hands over as written: ${title}`, async (t) => {
    assert.deepEqual(await written(t, files, value, serverless), expected);
  });
}

test('after:package:cleanup: a config beside the service, as of a monorepo, was written too', async (t) => {
  const shared = folder(t, {
    'common.yml': 'custom: { secretBaker: [a_name, "${env:B}"] }',
    'common.js': "module.exports = { secretBaker: ['a_name'] };",
  });
  const ofYaml = { 'serverless.yml': `custom: \${file(${shared}/common.yml):custom}` };
  assert.deepEqual(await written(t, ofYaml, ['a_name', 'hunter2']), ['a_name', '${env:B}']);
  const ofProgram = { 'serverless.yml': `custom: \${file(${shared}/common.js)}` };
  assert.deepEqual(await written(t, ofProgram, ['a_name', 'hunter2']), ['a_name', '${expression:*}']);
});

/** @type {[string, Record<string, string>, unknown, Record<string, any>?][]} */
const UNKNOWN = [
  ['no file', {}, ['A']],
  ['a file beyond a megabyte', { 'serverless.yml': `${yml('[A]')}#${'x'.repeat(1024 * 1024)}` }, ['A']],
];

for (const [title, files, value, serverless] of UNKNOWN) {
  test(`after:package:cleanup: what was written is not known: ${title}`, async (t) => {
    assert.equal(await written(t, files, value, serverless), undefined);
  });
}

const PROGRAM = `module.exports = { custom: { secretBaker: { A: 'a-name', B: process.env.B, C: '/c:2', D: \`/d/\${stage}\` } } };`;

/** @type {[string, Record<string, string>, unknown, unknown, Record<string, any>?][]} */
const IN_PART = [
  ['another shape', { 'serverless.yml': yml('[A]') }, { A: 'A', B: 'B' }, { A: 'A', B: '${expression:*}' }],
  ['a reference to itself', { 'serverless.yml': yml('${self:custom.secretBaker}') }, ['A'], ['${expression:*}']],
  [
    'references in a circle',
    { 'serverless.yml': yml('${self:custom.b}', '  b: ${self:custom.secretBaker}\n') },
    ['A'],
    ['${expression:*}'],
  ],
  [
    'a file that is itself',
    { 'serverless.yml': yml('${file(a.yml)}'), 'a.yml': '${file(a.yml)}' },
    { a: 'A' },
    { a: '${expression:*}' },
  ],
  [
    'another file beyond a megabyte',
    { 'serverless.yml': yml('${file(a.yml)}'), 'a.yml': `- A #${'x'.repeat(1024 * 1024)}` },
    ['A'],
    ['${expression:*}'],
  ],
  ['a list without end', { 'serverless.yml': yml('&x [*x]') }, ['A'], ['${expression:*}']],
  ['a config that a plugin changed since', { 'serverless.yml': yml('[A]') }, ['B'], ['${expression:*}']],
  ['one that has grown', { 'serverless.yml': yml('{ A: a }') }, { A: 'a', B: 'b' }, { A: 'a', B: '${expression:*}' }],
  [
    'a part that is not there',
    { 'serverless.yml': yml("[a, '${self:custom.absent}']") },
    ['a', 'hunter2'],
    ['a', '${expression:*}'],
  ],
  [
    'a part that is not there, in a text',
    { 'serverless.yml': yml("['x${self:custom.absent}']") },
    ['xhunter2'],
    ['${expression:*}'],
  ],
  [
    'a part by an address that we cannot read',
    { 'serverless.yml': yml("[a, '${self:custom.a@b}']", '  a@b: "${ssm:/x}"\n') },
    ['a', 'hunter2'],
    ['a', '${expression:*}'],
  ],
  [
    'modules of a program, and no data',
    {
      'serverless.js': "const { custom } = require('./config');\nmodule.exports = { custom };",
      'config/index.js': "import names from './names.js';\nconst data = require('./data.json');",
      'config/names.ts': "export default ['one_name'];",
      'config/data.json': '["other_name"]',
    },
    ['one_name', 'other_name'],
    ['one_name', '${expression:*}'],
    { configurationFilename: 'serverless.js' },
  ],
  [
    'a text with variables in a program',
    {
      'serverless.js':
        "const names = ['app_${opt:stage, 'dev'}_db', `${prefix}_key`, `/${env:X}`, `${self:custom.${sls:stage}}_id`];",
    },
    ['app_dev_db', 'my_key', '/hunter2', 'a_id', 'app_hunter2'],
    ["app_${opt:stage, 'dev'}_db", '${expression:*}_key', '${expression:*}', '${expression:*}_id', '${expression:*}'],
    { configurationFilename: 'serverless.js' },
  ],
  [
    'what all of custom comes out of, where nobody can read YAML',
    {
      'serverless.yml': '[\ncustom: ${file(./custom-${sls:stage}.yml)}',
      'custom-prod.yml': 'secretBaker: { A: a_name, C: "${sls:stage}-db" }',
    },
    { A: 'a_name', B: 'hunter2', C: 'prod-db' },
    { A: 'a_name', B: '${expression:*}', C: '${sls:stage}-db' },
  ],
  [
    'paths of a map that a file of its own gives, where nobody can read YAML',
    { 'serverless.yml': '[\ncustom:\n  secretBaker: ${file(all.yml)}', 'all.yml': '{ A: hunter2, B: /b }' },
    { A: 'hunter2', B: '/b' },
    { A: '${expression:*}', B: '/b' },
  ],
  [
    'paths of a map that a file of its own gives',
    {
      'serverless.yml': yml('${self:custom.all}', '  all: ${file(all.json)}'),
      'all.json': '{ "A": "hunter2", "B": "/b", "C": "arn:c" }',
    },
    { A: 'hunter2', B: '/b', C: 'arn:c' },
    { A: '${file(all.json):*}', B: '/b', C: 'arn:c' },
  ],
  [
    'a map of the file that gives all of custom',
    {
      'serverless.yml': 'custom: ${file(custom.yml)}',
      'custom.yml': 'stages: { prod: { A: a_name } }\nsecretBaker: ${self:custom.stages.${sls:stage}}',
    },
    { A: 'a_name' },
    { A: 'a_name' },
  ],
  [
    'a list of a program that gives all of custom',
    {
      'serverless.yml': 'custom: ${file(./custom.js)}',
      'custom.js': "module.exports = { secretBaker: ['a_name', process.env.B] };",
    },
    ['a_name', 'hunter2'],
    ['a_name', '${expression:*}'],
  ],
  [
    'paths of a map that a program gives',
    { 'serverless.yml': yml('${file(./all-${sls:stage}.js)}'), 'all-prod.js': "module.exports = { A: 'hunter2', B: '/b' };" },
    { A: 'hunter2', B: '/b' },
    { A: '${file(./all-${sls:stage}.js)}', B: '/b' },
  ],
  [
    'a config that is a program',
    { 'serverless.js': PROGRAM },
    { A: 'a-name', B: 'hunter2', C: '/c:2', D: '/d/prod' },
    { A: 'a-name', B: '${expression:*}', C: '/c:2', D: '/d/${expression:*}' },
    { configurationFilename: 'serverless.js' },
  ],
  [
    'a config in TypeScript, told without its ending as serverless 4 does',
    { 'serverless.ts': PROGRAM },
    ['a-name', 'name', 'c:2', 'a'],
    ['a-name', '${expression:*}', '${expression:*}', '${expression:*}'],
    { configurationFilename: 'serverless' },
  ],
  [
    'a file that nobody here can read',
    { 'serverless.yml': 'a: [ B' },
    ['A', { name: 'B', path: 5 }],
    ['${expression:*}', { name: 'B', path: 5 }],
  ],
  ['an unknown tag', { 'serverless.yml': yml('[!!js/function "x"]') }, ['A', 'x'], ['${expression:*}', 'x']],
];

for (const [title, files, value, expected, serverless] of IN_PART) {
  test(`after:package:cleanup: only what stands in the file just so was written by the user: ${title}`, async (t) => {
    assert.deepEqual(await written(t, files, value, serverless), expected);
  });
}

test('after:package:cleanup: one text that stands for a million is given up soon', async (t) => {
  const levels = Array.from(
    { length: 20 },
    (_, level) => `  l${level}: [${Array(10).fill(level ? `'\${self:custom.l${level - 1}}'` : 'x')}]`,
  );
  const text = yml("'${self:custom.l19}'", `${levels.join('\n')}\n`);
  assert.deepEqual(await written(t, { 'serverless.yml': text }, ['A']), ['${expression:*}']);
});

test('after:package:cleanup: a program of one long line is read soon', async (t) => {
  const text = `${'a'.repeat(300_000)}\${${'b{${'.repeat(100_000)}'a-name'`;
  assert.deepEqual(await written(t, { 'serverless.js': text }, ['a-name', 'c-d'], { configurationFilename: 'serverless.js' }), [
    'a-name',
    '${expression:*}',
  ]);
});

test("before:package:compileLayers: a function's names and those of env, as written, each beside its own", async (t) => {
  const config = {
    custom: {
      secretBaker: ['A', 'B', 'C'],
      secretBakerOptions: { default: ['${env:D}', 'B'], env: { a: ['${ssm:/e}'], b: true, c: '${file(c.yml)}' } },
    },
    functions: [{ a: { secretBaker: ['B', '${env:A}', 'B'] } }, '${file(more.yml)}'],
  };
  const more = { b: {}, c: { secretBaker: '${ssm:/c}' } };
  const dir = folder(t, { 'serverless.yml': yaml.dump(config), 'more.yml': yaml.dump(more), 'c.yml': '["*", "C=${env:X}"]' });
  const options = { default: ['A', 'B'], env: { a: ['A'], b: true, c: ['*', 'C=CC'] } };
  const functions = { a: { secretBaker: ['B', 'A', 'B'] }, b: {}, c: { secretBaker: ['C'] } };
  const service = fakeService({
    dir,
    custom: { secretBaker: ['A', 'B', 'C'], secretBakerOptions: options },
    provider,
    service: { functions },
  });
  t.after(() => service.plugin.hooks.finalize?.());
  await service.run('after:package:cleanup', 'before:package:compileLayers');
  const asked = /** @type {any[]} */ (service.core.carried.at(-1)?.functions);
  assert.deepEqual(
    asked.map(({ name, only, written, env }) => ({ name, only, written, names: env?.names, env: env?.written })),
    [
      { name: 'a', only: ['B', 'A'], written: ['B', '${env:A}'], names: ['A'], env: ['${ssm:/e}'] },
      { name: 'b', only: ['A', 'B'], written: ['${env:D}', 'B'], names: undefined, env: undefined },
      { name: 'c', only: ['C'], written: undefined, names: ['*', 'C=CC'], env: ['*', 'C=${env:X}'] },
    ],
  );
});
