// `${secretBaker:NAME}` in the real frameworks: a sealed secret as the value of an environment variable.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { credentials, startStandIn } from '../aws/stand-in.mjs';
import { bundleOf, FILE, frameworks, plainWith } from './harness.mjs';
import { startOffline } from './offline.mjs';

/** @import { TestContext } from 'node:test' */
/** @import { Framework, Service } from './harness.mjs' */

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: the framework's variables look the same

const MARK = 'secret-baker:not-resolved-here';
const SEALED = 'secret-baker:';
const VALUE = 'hunter2 of ';
const NAMES = ['/env/db', '/env/api', '/env/all/x/y', '/env/all/a.b'];

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;
before(async () => {
  standIn = await startStandIn();
  for (const name of NAMES) await standIn.putSecret(name, `${VALUE}${name}`);
});
beforeEach(() => standIn.reset());
after(() => standIn.stop());

const HANDLER = `'use strict';
const environment = () => ({ DB: process.env.DB, SHARED: process.env.SHARED });
exports.hello = async () => ({ statusCode: 200, body: JSON.stringify(environment()) });
`;

/**
 * @param {TestContext} t
 * @param {Framework} framework
 * @param {object} [keys]
 */
const serviceWith = (t, framework, keys = {}) =>
  plainWith(
    t,
    framework,
    {
      provider: {
        name: 'aws',
        runtime: 'nodejs20.x',
        region: '${opt:region, self:custom.region}',
        environment: { SHARED: '${secretBaker:API}' },
      },
      custom: {
        region: 'eu-central-1',
        stages: { dev: '/env' },
        secretBaker: { DB: '${self:custom.stages.${sls:stage}}/db', API: '/env/api' },
      },
      functions: { hello: { handler: 'handler.hello', environment: { DB: '${secretBaker:DB}' } } },
      ...keys,
    },
    { 'handler.js': HANDLER },
  );

const targets = async () => (await standIn.calls()).map(({ target }) => target);
const env = () => ({ AWS_ENDPOINT_URL: standIn.endpoint });

/**
 * @param {Service} service
 * @param {string} [name]
 * @returns {Record<string, string>}
 */
function deployedEnvironment(service, name = 'Hello') {
  const template = readFileSync(join(service.dir, '.serverless/cloudformation-template-update-stack.json'), 'utf8');
  assert(!template.includes(VALUE), 'a plaintext is in the template');
  return JSON.parse(template).Resources[`${name}LambdaFunction`].Properties.Environment.Variables;
}

/**
 * What a sealed variable opens to.
 * @param {string} [text]
 */
async function opened(text = '') {
  assert(text.startsWith(SEALED), text);
  const { ciphertext, arn } = JSON.parse(text.slice(SEALED.length));
  return standIn.decrypt(ciphertext, arn);
}

for (const framework of frameworks) {
  describe(`\${secretBaker:NAME} on ${framework}`, { concurrency: 1 }, () => {
    it('package: the entries of the bundle, byte for byte, by one bake', async (t) => {
      const environment = {
        DB: "${secretBaker:DB, 'a fallback'}",
        SLASH: '${secretBaker:x/y}',
        DOT: '${secretBaker:a.b}',
        COLON: '${secretBaker:a:b/c.d e}',
        OTHER: 'plain ${sls:stage}',
      };
      const service = serviceWith(t, framework, {
        custom: {
          region: 'eu-central-1',
          secretBaker: [
            { path: '/env/all/*' },
            { name: 'DB', path: '/env/db' },
            { name: 'API', path: '/env/api' },
            { name: 'a:b/c.d e', path: '/env/api' },
          ],
        },
        functions: { hello: { handler: 'handler.hello', environment } },
      });
      const { code, output } = await service.run(['package'], { env: env() });
      assert.equal(code, 0, output);
      assert.deepEqual((await targets()).sort(), ['AmazonSSM.GetParameters', 'AmazonSSM.GetParametersByPath']);
      const { SHARED, OTHER, ...own } = deployedEnvironment(service);
      assert.equal(OTHER, 'plain dev');
      assert.equal(await opened(SHARED), `${VALUE}/env/api`);
      assert.equal(await opened(own.DOT), `${VALUE}/env/all/a.b`);
      const zip = await service.zip('.serverless/plain.zip');
      const names = { DB: 'DB', SLASH: 'x/y', DOT: 'a.b', COLON: 'a:b/c.d e' };
      const bundle = await bundleOf(zip);
      assert.deepEqual(
        own,
        Object.fromEntries(Object.entries(names).map(([key, name]) => [key, SEALED + JSON.stringify(bundle[name])])),
      );
      const file = String(await zip.get(FILE)?.read());
      for (const text of Object.values(own)) assert(file.includes(text.slice(SEALED.length)), 'other bytes than in the file');
    });

    it('print: a mark in their place, and nothing is asked for', async (t) => {
      const { stdout, output } = await serviceWith(t, framework).run(['print'], { env: env() });
      assert.equal(stdout.split(MARK).length - 1, 2, output);
      assert.deepEqual(await targets(), []);
    });

    it('package: names that there are not, with those that there are, whatever the fallback', async (t) => {
      const environment = { DB: "${secretBaker:DBB, 'a fallback'}", OTHER: '${secretBaker:OTHER}', API: '${secretBaker:API}' };
      const service = serviceWith(t, framework, { functions: { hello: { handler: 'handler.hello', environment } } });
      const { code, output } = await service.run(['package'], { env: env() });
      assert.equal(code, 1, output);
      assert.match(
        output,
        /"functions\.hello\.environment\.DB": there is no secret `DBB`, did you mean `DB`\?\n\s*hint: custom\.secretBaker has DB, API/,
      );
      assert.match(output, /"functions\.hello\.environment\.OTHER": there is no secret `OTHER`\n/);
      assert.doesNotMatch(output, /\n {4}at |environment\.API/);
      assert.equal((await targets()).length, 1);
    });

    it('package: what cannot be baked is told once, all of it, without a stack', async (t) => {
      const service = serviceWith(t, framework, {
        custom: { region: 'eu-central-1', secretBaker: { DB: '/env/none', API: '/env/neither', FINE: '/env/api' } },
      });
      const { code, output } = await service.run(['package'], { env: env() });
      assert.equal(code, 1, output);
      for (const path of ['/env/none', '/env/neither']) {
        assert.equal(output.split(`there is no parameter \`${path}\``).length - 1, 1, output);
      }
      assert.match(output, /nothing is sealed, for the reason told at another variable/);
      assert.doesNotMatch(output, /\n {4}at /);
    });

    it('package: custom.secretBaker that waits for a secret of its own is refused in words, and not waited for', async (t) => {
      for (const custom of [
        { region: 'eu-central-1', secretBaker: { DB: '${secretBaker:DB}', API: '/env/api' } },
        { region: 'eu-central-1', secretBaker: { DB: '${self:custom.db}', API: '/env/api' }, db: '${env:NONE, secretBaker:API}' },
      ]) {
        const functions = { hello: { handler: 'handler.hello', environment: { DB: '${secretBaker:DB}' } } };
        // In this order the framework itself would wait for ever.
        const service = serviceWith(t, framework, {
          functions,
          provider: { name: 'aws', runtime: 'nodejs20.x', region: 'eu-central-1' },
          custom,
        });
        const { code, output } = await service.run(['package'], { env: env() });
        assert.equal(code, 1, output);
        assert.match(output, /\$\{secretBaker:\.\.\.\} cannot stand in custom\.secretBaker or what it refers to/);
        assert.deepEqual(await targets(), []);
      }
    });

    it('package: more than Lambda takes is refused for all functions at once, before the template is made', async (t) => {
      const long = 'x'.repeat(4000);
      const functions = {
        hello: { handler: 'handler.hello', environment: { DB: '${secretBaker:DB}', LONG: long } },
        other: { handler: 'handler.hello', environment: { LONG: long, STACK: { Ref: 'AWS::StackName' } } },
        plain: { handler: 'handler.hello', environment: { LONG: 'x' } },
      };
      const service = serviceWith(t, framework, { functions });
      const { code, output } = await service.run(['package'], { env: env() });
      assert.equal(code, 1, output);
      assert.match(
        output,
        /functions\.hello: its environment variables have \d{4} bytes[^\n]*sealed in them are (DB|SHARED) \(\d{3} bytes\), (DB|SHARED) \(\d{3} bytes\)/,
      );
      assert.match(output, /functions\.other: its environment variables have at least \d{4} bytes/);
      assert.match(output, /secret\('NAME'\)/);
      assert.doesNotMatch(output, /functions\.plain|\n {4}at /);
      assert.equal(existsSync(join(service.dir, '.serverless/cloudformation-template-update-stack.json')), false);
    });

    it('enabled: false: a mark in their place, and nothing is asked for', async (t) => {
      const custom = { region: 'eu-central-1', secretBaker: { DB: '/env/db' }, secretBakerOptions: { enabled: '${env:BAKE}' } };
      const service = serviceWith(t, framework, { custom });
      const { code, output } = await service.run(['package'], { env: { ...env(), BAKE: 'false' } });
      assert.equal(code, 0, output);
      assert.deepEqual([deployedEnvironment(service), await targets()], [{ SHARED: MARK, DB: MARK }, []]);
    });

    it("invoke local: the sealed text is in the handler's environment, as at the deploy", async (t) => {
      const service = serviceWith(t, framework);
      const { code, stdout, output } = await service.run(['invoke', 'local', '--function', 'hello'], { env: env() });
      assert.equal(code, 0, output);
      const { DB, SHARED } = JSON.parse(JSON.parse(stdout).body);
      assert.deepEqual([await opened(DB), await opened(SHARED)], [`${VALUE}/env/db`, `${VALUE}/env/api`]);
      assert.deepEqual(await targets(), ['AmazonSSM.GetParameters', 'TrentService.Decrypt', 'TrentService.Decrypt']);
    });

    it("the framework's own credentials and region count, though no hook has run", async (t) => {
      const folder = mkdtempSync(join(tmpdir(), 'profile-'));
      t.after(() => rmSync(folder, { recursive: true }));
      const file = join(folder, 'credentials');
      writeFileSync(
        file,
        `[team]\naws_access_key_id = AKIAOFTHETEAM0000000\naws_secret_access_key = ${credentials.secretAccessKey}\n`,
      );
      const service = serviceWith(t, framework, {
        provider: {
          name: 'aws',
          runtime: 'nodejs20.x',
          region: "${opt:region, 'eu-central-1'}",
          profile: '${self:custom.profile}',
        },
        custom: { profile: 'team', secretBaker: { DB: '/env/db' } },
      });
      await standIn.putSecret('/env/db', 'elsewhere', { region: 'eu-west-3' });
      await standIn.reset();
      const own = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, AWS_SHARED_CREDENTIALS_FILE: file, ...env() };
      const { code, output } = await service.run(['package', '--region', 'eu-west-3'], { env: own });
      assert.equal(code, 0, output);
      const [call] = await standIn.calls();
      assert.deepEqual([call?.accessKeyId, call?.region], ['AKIAOFTHETEAM0000000', 'eu-west-3']);
    });
  });
}

for (const command of ['info', 'remove']) {
  it(`\${secretBaker:NAME} with ${command}: no secret is asked for`, async (t) => {
    const { output } = await serviceWith(t, 'v3').run([command], { env: env() });
    assert.match(output, /does not exist/);
    assert.deepEqual(
      (await targets()).filter((target) => target.startsWith('AmazonSSM.')),
      [],
    );
  });
}

describe('${secretBaker:NAME} with offline', { concurrency: 1 }, () => {
  for (const [framework, words] of /** @type {[Framework, string[]][]} */ ([
    ['osls3', ['offline']],
    ['osls4', ['offline', 'start']],
  ])) {
    it(`${words.join(' ')} on ${framework}: the sealed text is in the handler's environment`, async (t) => {
      const service = serviceWith(t, framework, {
        plugins: ['./.point-at-stand-in.js', 'serverless-secret-baker', 'serverless-offline'],
        functions: {
          hello: { handler: 'handler.hello', environment: { DB: '${secretBaker:DB}' }, events: [{ httpApi: 'GET /hello' }] },
        },
      });
      const offline = await startOffline(service, words, { env: env() });
      try {
        assert.deepEqual(await opened((await offline.get('/hello')).DB), `${VALUE}/env/db`);
      } finally {
        await offline.stop('SIGINT');
      }
    });
  }
});

describe('${secretBaker:NAME} when it is deployed', { concurrency: true }, () => {
  for (const framework of /** @type {const} */ (['v3', 'osls4'])) {
    it(`on ${framework}: by deploy and deploy function; a package that was made earlier is deployed as it is`, async (t) => {
      const own = await startStandIn();
      t.after(() => own.stop());
      await own.putSecret('/env/db', 'first');
      await own.putSecret('/env/api', 'api');
      const service = serviceWith(t, framework);
      const run = async (/** @type {string[]} */ ...args) => {
        const { code, stdout, output } = await service.run(args, { env: { AWS_ENDPOINT_URL: own.endpoint } });
        assert.equal(code, 0, output);
        return stdout;
      };
      const versions = async () => {
        const { DB, SHARED } = JSON.parse(JSON.parse(await run('invoke', '--function', 'hello')).body);
        return [DB, SHARED].map((text) => JSON.parse(text.slice(SEALED.length)).version);
      };
      await run('deploy');
      assert.deepEqual(await versions(), [1, 1]);
      await own.putSecret('/env/db', 'second');
      await run('deploy', 'function', '--function', 'hello');
      assert.deepEqual(await versions(), [2, 1]);
      await own.putSecret('/env/api', 'another');
      await run('package', '--package', '../packaged');
      await own.putSecret('/env/api', 'later');
      await own.reset();
      await run('deploy', '--package', '../packaged');
      assert.deepEqual(
        (await own.calls()).filter(({ target }) => target.startsWith('AmazonSSM.')),
        [],
      );
      assert.deepEqual(await versions(), [2, 2]);
    });
  }
});

// biome-ignore-end lint/suspicious/noTemplateCurlyInString: the framework's variables look the same
