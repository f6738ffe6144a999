// What the frameworks' own validators make of our settings: they bend a value to the type that a schema names, and with `warn` and `off`
// go on with what they made of it. Whatever is wrong with a setting that narrows, no function carries all secrets for it.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { root } from '../aws/python.mjs';
import { startStandIn } from '../aws/stand-in.mjs';
import fake from '../plugin/fake-serverless.js';
import { bundleOf, frameworks, plainWith } from './harness.mjs';

/** @import { Framework } from './harness.mjs' */

const MODES = /** @type {const} */ (['error', 'warn', 'off']);

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;
/** The frameworks keep compiled validators in the user's home: not in that of who runs the tests. */
const cache = mkdtempSync(join(tmpdir(), 'validators-'));
before(async () => {
  process.env.SLS_SCHEMA_CACHE_BASE_DIR = cache;
  standIn = await startStandIn();
  for (const name of ['ONE', 'TWO']) await standIn.putSecret(name, `value of ${name}`);
});
after(async () => {
  delete process.env.SLS_SCHEMA_CACHE_BASE_DIR;
  rmSync(cache, { recursive: true });
  await standIn.stop();
});

/**
 * Validates a config with the framework's own class and the plugin's schema in it, then packages with what came out.
 * @param {import('node:test').TestContext} t
 * @param {Framework} framework
 * @param {string} configValidationMode
 * @param {{custom: Record<string, any>, functions: Record<string, any>}} config
 */
async function packagedBehind(t, framework, configValidationMode, { custom, functions }) {
  const name = framework === 'v3' ? 'serverless' : 'osls';
  const load = createRequire(join(root, '__test__/frameworks', framework, 'node_modules', name, 'package.json'));
  const Handler = load('./lib/classes/config-schema-handler');
  const written = { service: 'plain', provider: { name: 'aws' }, configValidationMode, custom, functions };
  const handler = new Handler({ service: written, configurationInput: written, _logDeprecation() {} });
  const own = { handler: { type: 'string' } };
  handler.defineProvider('aws', { function: { properties: own } });
  const service = fake.fakeService({ custom, service: { functions }, serverless: { configSchemaHandler: handler } });
  t.after(service.remove);
  await handler.validateConfig(written);
  await service.run('after:package:cleanup', 'before:package:compileLayers');
  const asked = /** @type {any[]} */ (service.core.carried.at(-1)?.functions ?? []);
  return { request: service.core.requests[0], only: asked.map((each) => each.only), env: asked.map((each) => each.env?.names) };
}

const WRONG = [null, false, true, 0, 1, '', 'A', 'false', {}, { A: true }, [['A']], ['A', null], [5], [false]];

for (const framework of frameworks) {
  for (const mode of MODES) {
    describe(`behind the validator of ${framework}, configValidationMode: ${mode}`, () => {
      for (const value of WRONG) {
        const said = JSON.stringify(value);
        it(`functions.f.secretBaker: ${said} is refused`, async (t) => {
          const functions = { f: { handler: 'x', secretBaker: structuredClone(value) } };
          await assert.rejects(packagedBehind(t, framework, mode, { custom: { secretBaker: ['A', 'B'] }, functions }), {
            code: 'SECRET_BAKER_CONFIG_INVALID',
            message: /^functions\.f\.secretBaker: (it is empty: )?expected a list of names\n {2}hint: .*\[\] is for none/,
          });
        });

        it(`secretBakerOptions.default: ${said} is refused`, async (t) => {
          const custom = { secretBaker: ['A', 'B'], secretBakerOptions: { default: structuredClone(value) } };
          await assert.rejects(packagedBehind(t, framework, mode, { custom, functions: { f: { handler: 'x' } } }), {
            code: 'SECRET_BAKER_CONFIG_INVALID',
            message: /^custom\.secretBakerOptions\.default: (it is empty: )?expected a list of names\n/,
          });
        });
      }

      for (const value of [0, 1, '', 'A', 'true', 'false', [['A']], [5], [null], { f: 0 }, { f: null }, { f: 'A' }, { f: [5] }]) {
        it(`secretBakerOptions.env: ${JSON.stringify(value)} is refused`, async (t) => {
          const custom = { secretBaker: ['A', 'B'], secretBakerOptions: { env: structuredClone(value) } };
          await assert.rejects(packagedBehind(t, framework, mode, { custom, functions: { f: { handler: 'x' } } }), {
            code: 'SECRET_BAKER_CONFIG_INVALID',
            message: /^custom\.secretBakerOptions\.env(\.f)?: expected true, false or a list of names\n/,
          });
        });
      }

      it('none is none, some are some, and without a list all', async (t) => {
        const functions = { none: { secretBaker: [] }, some: { secretBaker: ['A'] }, all: { handler: 'x' } };
        const custom = { secretBaker: ['A', 'B'], secretBakerOptions: { env: { some: ['A'], none: [], all: false } } };
        const { only, env } = await packagedBehind(t, framework, mode, { custom, functions });
        assert.deepEqual(
          [only, env],
          [
            [[], ['A'], undefined],
            [undefined, ['A'], undefined],
          ],
        );
      });

      for (const secretBaker of [true, false, 0, 5, '', 'A', null]) {
        it(`custom.secretBaker: ${JSON.stringify(secretBaker)} goes to the core as it is`, async (t) => {
          const { request } = await packagedBehind(t, framework, mode, { custom: { secretBaker }, functions: {} });
          assert.equal(request?.config, JSON.stringify(secretBaker));
        });
      }

      it("a switch takes a variable's text and nothing else", async (t) => {
        const behind = (/** @type {unknown} */ enabled) =>
          packagedBehind(t, framework, mode, { custom: { secretBaker: ['A'], secretBakerOptions: { enabled } }, functions: {} });
        assert.equal((await behind('false')).request, undefined);
        assert.equal((await behind('true')).request?.config, '["A"]');
        await assert.rejects(behind(0), { message: /^custom\.secretBakerOptions\.enabled: expected true or false\n {2}more: / });
      });
    });
  }

  for (const mode of MODES) {
    it(`${framework}, configValidationMode: ${mode}: a function with a wrong list is packaged with none of the secrets`, async (t) => {
      const service = plainWith(t, framework, {
        configValidationMode: mode,
        custom: { secretBaker: ['ONE', 'TWO'] },
        package: { individually: true },
        functions: {
          hello: { handler: 'handler.hello', secretBaker: false },
          other: { handler: 'handler.hello', secretBaker: null },
        },
      });
      const { code, output } = await service.run(['package'], { env: { AWS_ENDPOINT_URL: standIn.endpoint } });
      assert.equal(code, 1, output);
      assert.match(output, /functions\.hello\.secretBaker: expected a list of names/);
      assert.match(output, /functions\.other\.secretBaker: it is empty: expected a list of names/);
      assert.doesNotMatch(output, /^\s+at .*:\d+:\d+\)?$/m, 'a stack');
      assert.equal(service.has('.serverless/hello.zip'), false, output);
    });
  }

  it(`${framework}: default is what a function without a list carries`, async (t) => {
    const service = plainWith(t, framework, {
      custom: { secretBaker: ['ONE', 'TWO'], secretBakerOptions: { default: ['ONE'] } },
      package: { individually: true },
      functions: { hello: { handler: 'handler.hello' }, other: { handler: 'handler.hello', secretBaker: ['TWO'] } },
    });
    const { code, output } = await service.run(['package'], { env: { AWS_ENDPOINT_URL: standIn.endpoint } });
    assert.equal(code, 0, output);
    assert.deepEqual(Object.keys(await bundleOf(await service.zip('.serverless/hello.zip'))), ['ONE']);
    assert.deepEqual(Object.keys(await bundleOf(await service.zip('.serverless/other.zip'))), ['TWO']);
  });
}
