import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { startStandIn } from '../aws/stand-in.mjs';
import { bundleOf, FILE, frameworks, plainWith } from './harness.mjs';

/** @import { Framework, Service } from './harness.mjs' */

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;

const TEN = Array.from({ length: 10 }, (_, index) => `/plain/${'jihgfedcba'[index]}`);

before(async () => {
  standIn = await startStandIn();
  for (const path of TEN) await standIn.putSecret(path, `${path} ☃`);
});

beforeEach(() => standIn.reset());

after(() => standIn.stop());

const FILES = { 'second.js': 'exports.hello = () => {};', 'data/other.json': '{}' };

/**
 * @param {Service} service
 * @param {{args?: string[], umask?: string, env?: Record<string, string>}} [options]
 */
async function packaged(service, { args = [], umask, env } = {}) {
  const { code, output } = await service.run(['package', ...args], {
    env: { AWS_ENDPOINT_URL: standIn.endpoint, ...env },
    umask,
  });
  assert.equal(code, 0, output);
  return output;
}

/** @param {Service} service */
async function bundleIn(service, zip = 'plain') {
  return bundleOf(await service.zip(`.serverless/${zip}.zip`));
}

/**
 * What each function's artefact holds, when packaging is told so. `absent` proves that the user's own patterns held too.
 * @type {{title: string, keys: object, only?: Framework[], artefacts: Record<string, {absent?: string[]}>}[]}
 */
const packagings = [
  {
    title: 'each function individually, some with patterns of their own',
    keys: {
      package: { individually: true },
      functions: {
        hello: { handler: 'handler.hello' },
        tight: { handler: 'handler.hello', package: { patterns: ['!**', 'handler.js'] } },
        bare: { handler: 'handler.hello', package: { patterns: ['!second.js', '!**/*.json'] } },
      },
    },
    artefacts: {
      hello: {},
      tight: { absent: ['second.js', 'data/other.json'] },
      bare: { absent: ['second.js', 'data/other.json'] },
    },
  },
  {
    title: 'a function individually beside a shared artefact',
    keys: {
      functions: {
        hello: { handler: 'handler.hello' },
        tight: { handler: 'handler.hello', package: { individually: true, patterns: ['!**', 'handler.js'] } },
      },
    },
    artefacts: { plain: {}, tight: { absent: ['second.js', 'data/other.json'] } },
  },
  {
    title: 'patterns of a function that shares its artefact',
    keys: { functions: { hello: { handler: 'handler.hello', package: { patterns: ['!**', 'handler.js'] } } } },
    artefacts: { plain: {} },
  },
  {
    title: 'patterns of the service that begin by excluding everything',
    keys: { package: { patterns: ['!**', 'handler.js'] } },
    artefacts: { plain: { absent: ['second.js', 'data/other.json'] } },
  },
  {
    title: 'patterns of the service that end by excluding every JSON file',
    keys: { package: { patterns: ['second.js', '!*.json', '!**/*.json'] } },
    artefacts: { plain: { absent: ['data/other.json'] } },
  },
  {
    title: 'excluded everything both by the service and by a function',
    keys: {
      package: { individually: true, patterns: ['!**'] },
      functions: { hello: { handler: 'handler.hello', package: { patterns: ['!**', 'handler.js'] } } },
    },
    artefacts: { hello: { absent: ['second.js', 'data/other.json'] } },
  },
  {
    title: 'development dependencies left in',
    keys: { package: { excludeDevDependencies: false } },
    artefacts: { plain: {} },
  },
  {
    title: 'the older include and exclude',
    keys: { package: { exclude: ['**'], include: ['handler.js'] } },
    only: ['v3', 'osls3'],
    artefacts: { plain: { absent: ['second.js', 'data/other.json'] } },
  },
];

for (const framework of frameworks) {
  describe(`package on ${framework}`, () => {
    it('bakes ten secrets by one call that asks for no plaintext', async (t) => {
      const service = plainWith(t, framework, { custom: { secretBaker: TEN } });
      const before = service.names();
      await packaged(service);
      const made = (await standIn.calls()).map(({ target, withDecryption, names }) => ({
        target,
        withDecryption,
        names: [...names].sort(),
      }));
      assert.deepEqual(made, [{ target: 'AmazonSSM.GetParameters', withDecryption: false, names: [...TEN].sort() }]);
      const bundle = await bundleIn(service);
      assert.deepEqual(Object.keys(bundle), TEN);
      assert.deepEqual(service.names(), before);
    });

    for (const { title, keys, only, artefacts } of packagings) {
      if (only && !only.includes(framework)) continue;
      it(`puts the bundle into every artefact: ${title}`, async (t) => {
        const service = plainWith(t, framework, { custom: { secretBaker: TEN.slice(0, 2) }, ...keys }, FILES);
        const before = service.names();
        await packaged(service);
        for (const [name, { absent = [] }] of Object.entries(artefacts)) {
          const zip = await service.zip(`.serverless/${name}.zip`);
          assert.deepEqual(Object.keys(await bundleOf(zip)), TEN.slice(0, 2), name);
          assert.ok(zip.has('handler.js'), name);
          for (const path of absent) assert.equal(zip.has(path), false, `${path} in ${name}`);
        }
        assert.deepEqual(service.names(), before);
      });
    }

    it('makes a file that the function may read, under any umask', async (t) => {
      const service = plainWith(t, framework, { custom: { secretBaker: TEN.slice(0, 2) } });
      await packaged(service, { args: ['--no-secret-baker-cleanup'], umask: '077' });
      assert.equal(statSync(join(service.dir, FILE)).mode & 0o777, 0o644);
      const zip = await service.zip('.serverless/plain.zip');
      assert.equal(zip.get(FILE)?.mode, 0o644);
    });

    it('writes the same bytes for the same secrets', async (t) => {
      const keys = { custom: { secretBaker: TEN } };
      const texts = [];
      for (const service of [plainWith(t, framework, keys), plainWith(t, framework, keys)]) {
        await packaged(service);
        texts.push((await (await service.zip('.serverless/plain.zip')).get(FILE)?.read())?.toString('utf8'));
      }
      assert.equal(texts[0], texts[1]);
      assert.match(texts[0] ?? '', /^\{"\/plain\/j":\{"ciphertext":"AQICA/);
    });

    it('does nothing at all without custom.secretBaker, and loads no addon', async (t) => {
      const service = plainWith(t, framework, { custom: {} });
      const output = await packaged(service, { env: { SECRET_BAKER_BINARY: '/there/is/none.node' } });
      assert.doesNotMatch(output, /secret-baker/i);
      assert.deepEqual(await standIn.calls(), []);
      assert.equal((await service.zip('.serverless/plain.zip')).has(FILE), false);
    });
  });
}

for (const framework of frameworks) {
  it(`${framework} itself refuses a config in a subdirectory, before we are asked`, async (t) => {
    const service = plainWith(t, framework, { custom: { secretBaker: TEN } });
    const args = ['package', '--config', 'service/serverless.yml'];
    const { code, output } = await service.run(args, { cwd: service.parent, env: { AWS_ENDPOINT_URL: standIn.endpoint } });
    assert.equal(code, 1, output);
    assert.match(output, /Service configuration is expected to be placed in a root of a service \(working directory\)/);
    assert.deepEqual(await standIn.calls(), []);
  });
}
