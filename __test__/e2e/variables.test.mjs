// What comes out of a variable may be a secret that somebody resolved too early: it is never shown, never put into a command, never sent.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { root } from '../aws/python.mjs';
import { startStandIn } from '../aws/stand-in.mjs';
import { bundleOf, frameworks, plainWith } from './harness.mjs';

/** @import { Framework } from './harness.mjs' */

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: the framework's variables look the same

const SECRET = 'hunter2-Xy_99';

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;
before(async () => {
  standIn = await startStandIn();
  await standIn.putSecret('/v/one', SECRET);
  await standIn.putSecret('/v/two', 'two');
  await standIn.putSecret('plain_name', 'three');
});
beforeEach(() => standIn.reset());
after(() => standIn.stop());

/**
 * @typedef {object} Case
 * @property {string} title
 * @property {unknown} secretBaker
 * @property {Record<string, unknown>} [options]
 * @property {Record<string, unknown>} [own] of the function
 * @property {Record<string, string>} [env]
 * @property {Record<string, string>} [files]
 */

/** @type {(Case & {says: RegExp})[]} */
const refused = [
  {
    title: 'a value of Parameter Store in the place of its path',
    secretBaker: { DB: '${ssm:/v/one}' },
    says: /custom\.secretBaker\.DB[\s\S]*write the path itself/,
  },
  {
    title: 'the same through another part of the config',
    secretBaker: { DB: '${self:custom.db}' },
    says: /custom\.secretBaker\.DB/,
  },
  {
    title: 'a value of the environment',
    secretBaker: { DB: '${env:DB}' },
    env: { DB: SECRET },
    says: /custom\.secretBaker\.DB/,
  },
  {
    title: 'a value of another file, which has it of the environment',
    secretBaker: '${file(secrets.yml)}',
    files: { 'secrets.yml': "DB: '${env:DB}'\n" },
    env: { DB: SECRET },
    says: /custom\.secretBaker\.DB/,
  },
  {
    title: 'a value of a file of secrets',
    secretBaker: { DB: '${file(secrets.yml):db}' },
    files: { 'secrets.yml': `db: ${SECRET}\n` },
    says: /custom\.secretBaker\.DB/,
  },
  {
    title: 'a map of a file of secrets',
    secretBaker: '${file(secrets.yml)}',
    files: { 'secrets.yml': `DB: ${SECRET}\n` },
    says: /custom\.secretBaker\.DB/,
  },
  {
    title: 'a value within a text',
    secretBaker: { DB: 'x ${self:custom.db}' },
    says: /custom\.secretBaker\.DB/,
  },
  {
    title: 'a name of a function',
    secretBaker: ['/v/one'],
    own: { secretBaker: ['${env:DB}'] },
    env: { DB: SECRET },
    says: /functions\.hello\.secretBaker/,
  },
  {
    title: 'a name in env',
    secretBaker: ['/v/one'],
    options: { env: ['${env:DB}'] },
    env: { DB: SECRET },
    says: /custom\.secretBakerOptions\.env/,
  },
  {
    title: 'a name in default',
    secretBaker: ['/v/one'],
    options: { default: ['${env:DB}'] },
    env: { DB: SECRET },
    says: /SECRET_BAKER|secretBaker/,
  },
  {
    title: 'a region',
    secretBaker: ['/v/one'],
    options: { region: '${env:DB}' },
    env: { DB: SECRET },
    says: /custom\.secretBakerOptions\.region: expected the name of a region\n/,
  },
  {
    title: 'an endpoint',
    secretBaker: ['/v/one'],
    options: { endpoint: '${env:DB}' },
    env: { DB: SECRET },
    says: /custom\.secretBakerOptions\.endpoint: expected a URL\n/,
  },
  {
    title: 'all options',
    secretBaker: ['/v/one'],
    options: /** @type {any} */ ('${env:DB}'),
    env: { DB: SECRET },
    says: /custom\.secretBakerOptions: expected a map\n/,
  },
];

/** @type {(Case & {bakes: string[]})[]} */
const baked = [
  { title: 'a path of the environment', secretBaker: { DB: '${env:DB}' }, env: { DB: '/v/one' }, bakes: ['DB'] },
  { title: 'a path that is built of one', secretBaker: { DB: '/v/${env:DB}' }, env: { DB: 'one' }, bakes: ['DB'] },
  {
    title: 'a path of another file',
    secretBaker: { DB: '${file(paths.yml):db}' },
    files: { 'paths.yml': 'db: /v/one\n' },
    bakes: ['DB'],
  },
  { title: 'a path that stands in for a variable', secretBaker: { DB: "${env:NOT_SET, '/v/one'}" }, bakes: ['DB'] },
  {
    title: 'a name of a list that a program gives',
    secretBaker: '${file(names.js):all}',
    files: { 'names.js': "exports.all = [{ name: 'ONE', path: '/v/one' }, 'plain_name'];\n" },
    bakes: ['ONE', 'plain_name'],
  },
  {
    title: 'another file, chosen by the stage',
    secretBaker: '${file(secrets-${sls:stage}.yml):all}',
    files: { 'secrets-dev.yml': 'all: [/v/one, { name: TWO, path: /v/two }]\n' },
    bakes: ['/v/one', 'TWO'],
  },
];

/**
 * @param {import('node:test').TestContext} t
 * @param {Framework} framework
 * @param {Case} given
 */
async function packaged(t, framework, { secretBaker, options, own, env, files }) {
  const service = plainWith(
    t,
    framework,
    {
      custom: { secretBaker, ...(options && { secretBakerOptions: options }), db: '${ssm:/v/one}' },
      functions: { hello: { handler: 'handler.hello', ...own } },
    },
    files,
  );
  const ended = await service.run(['package', '--verbose'], { env: { AWS_ENDPOINT_URL: standIn.endpoint, ...env } });
  return { service, ...ended };
}

for (const framework of frameworks) {
  describe(`variables on ${framework}`, () => {
    for (const { says, ...given } of refused) {
      it(`${given.title}: an error that shows nothing of it`, async (t) => {
        const { code, output } = await packaged(t, framework, given);
        assert.equal(code, 1, output);
        assert.match(output, says);
        assert.ok(!output.includes(SECRET), output);
        assert.ok(!output.includes(SECRET.slice(0, 7)), output);
        const calls = await standIn.calls();
        assert.ok(!JSON.stringify(calls).includes(SECRET), 'it was sent');
      });
    }

    for (const { bakes, ...given } of baked) {
      it(`${given.title} is baked`, async (t) => {
        const { service, code, output } = await packaged(t, framework, given);
        assert.equal(code, 0, output);
        assert.deepEqual(Object.keys(await bundleOf(await service.zip('.serverless/plain.zip'))), bakes);
      });
    }

    it('the framework brings the YAML reader that we read the config with', async (t) => {
      const name = framework === 'v3' ? 'serverless' : 'osls';
      const program = join(root, '__test__/frameworks', framework, 'node_modules', name, 'bin/serverless.js');
      assert.equal(typeof createRequire(program)('js-yaml').load, 'function');
      const teller = `const { Written } = require('serverless-secret-baker/plugin/written.js');
module.exports = class {
  constructor(serverless) {
    this.hooks = {
      initialize: () => {
        const { secretBaker } = serverless.service.custom;
        process.stderr.write('written ' + JSON.stringify(new Written(serverless).at(['custom', 'secretBaker'], secretBaker)) + '\\n');
      },
    };
  }
};`;
      const secretBaker = { DB: '${env:DB}', FILE: '${file(path.yml):a}', SELF: '${self:custom.db}' };
      const keys = { plugins: ['./.point-at-stand-in.js', './teller.js'], custom: { secretBaker, db: '${ssm:/v/one}' } };
      const service = plainWith(t, framework, keys, { 'teller.js': teller, 'path.yml': 'a: /v/one\n' });
      const { code, output } = await service.run(['package'], { env: { DB: SECRET, AWS_ENDPOINT_URL: standIn.endpoint } });
      assert.equal(code, 0, output);
      assert.ok(output.includes('written {"DB":"${env:DB}","FILE":"${file(path.yml):*}","SELF":"${ssm:/v/one}"}\n'), output);
    });
  });
}
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: the framework's variables look the same
