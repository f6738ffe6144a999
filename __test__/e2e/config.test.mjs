// What each spelling of `custom.secretBaker` bakes. The frameworks read the config alike: one is enough, unless said otherwise.

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { AwsError, startStandIn } from '../aws/stand-in.mjs';
import { bundleOf, FILE, frameworks, plainWith } from './harness.mjs';

/** @import { TestContext } from 'node:test' */

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;

const ABROAD = 'eu-west-1';
const arnOf = (/** @type {string} */ name, region = 'eu-central-1') =>
  `arn:aws:ssm:${region}:123456789012:parameter/${name.replace(/^\//, '')}`;
const letters = [...'abcdefghijkl'];

before(async () => {
  standIn = await startStandIn();
  await standIn.putSecret('BARE', 'bare');
  for (const value of ['first', 'second', 'third']) await standIn.putSecret('/config/key', value);
  await standIn.ssm('LabelParameterVersion', { Name: '/config/key', ParameterVersion: 2, Labels: ['live'] });
  await standIn.putSecret('/config/key', 'abroad', { region: ABROAD });
  await standIn.putSecret('/config/umlaut', 'Grüße ☃ \u{1f9c1}\n');
  for (const letter of letters) await standIn.putSecret(`/below/deep/${letter}`, letter);
  await standIn.putSecret('/below/top', 'top');
});

beforeEach(() => standIn.reset());

after(() => standIn.stop());

/**
 * Packages a service with this config.
 * @param {TestContext} t
 * @param {object} custom
 * @param {{framework?: import('./harness.mjs').Framework, env?: Record<string, string>, args?: string[]}} [options]
 */
async function packaged(t, custom, { framework = 'osls4', env, args = [] } = {}) {
  const service = plainWith(t, framework, { custom });
  const { code, output } = await service.run(['package', ...args], { env: { AWS_ENDPOINT_URL: standIn.endpoint, ...env } });
  assert.equal(code, 0, output);
  return { zip: await service.zip('.serverless/plain.zip'), output };
}

/**
 * Name, ARN, version and, opened by KMS, plaintext of each entry.
 * @param {Awaited<ReturnType<typeof bundleOf>>} bundle
 */
async function opened(bundle) {
  const entries = [];
  for (const [name, { ciphertext, arn, version }] of Object.entries(bundle)) {
    entries.push([name, arn, version, await standIn.decrypt(ciphertext, arn)]);
  }
  return entries;
}

/** @type {{title: string, secretBaker: unknown, bakes: unknown[][]}[]} */
const spellings = [
  {
    title: 'a list of names',
    secretBaker: ['/config/umlaut', 'BARE'],
    bakes: [
      ['/config/umlaut', arnOf('/config/umlaut'), 1, 'Grüße ☃ \u{1f9c1}\n'],
      ['BARE', arnOf('BARE'), 1, 'bare'],
    ],
  },
  {
    title: 'a map, in its own order',
    secretBaker: { Z: 'BARE', A: '/config/key' },
    bakes: [
      ['Z', arnOf('BARE'), 1, 'bare'],
      ['A', arnOf('/config/key'), 3, 'third'],
    ],
  },
  {
    title: 'a list of names and objects',
    secretBaker: ['BARE', { name: 'B', path: '/config/key' }],
    bakes: [
      ['BARE', arnOf('BARE'), 1, 'bare'],
      ['B', arnOf('/config/key'), 3, 'third'],
    ],
  },
  {
    title: 'versions and labels, beside the newest',
    secretBaker: { ONE: '/config/key:1', LIVE: '/config/key:live', NEWEST: '/config/key', TWO: '/config/key:2' },
    bakes: [
      ['ONE', arnOf('/config/key'), 1, 'first'],
      ['LIVE', arnOf('/config/key'), 2, 'second'],
      ['NEWEST', arnOf('/config/key'), 3, 'third'],
      ['TWO', arnOf('/config/key'), 2, 'second'],
    ],
  },
  {
    title: 'ARNs, also of another region and with a version',
    secretBaker: {
      ABROAD: arnOf('/config/key', ABROAD),
      HERE: arnOf('/config/key'),
      FIRST: `${arnOf('/config/key')}:1`,
    },
    bakes: [
      ['ABROAD', arnOf('/config/key', ABROAD), 1, 'abroad'],
      ['HERE', arnOf('/config/key'), 3, 'third'],
      ['FIRST', arnOf('/config/key'), 1, 'first'],
    ],
  },
  {
    title: 'one parameter under several names',
    secretBaker: { A: 'BARE', B: 'BARE', C: arnOf('BARE') },
    bakes: ['A', 'B', 'C'].map((name) => [name, arnOf('BARE'), 1, 'bare']),
  },
  {
    title: 'everything below a path, more than a page of it, among others',
    secretBaker: ['BARE', { path: '/below/*' }, '/config/umlaut'],
    bakes: [
      ['BARE', arnOf('BARE'), 1, 'bare'],
      ...letters.map((letter) => [`deep/${letter}`, arnOf(`/below/deep/${letter}`), 1, letter]),
      ['top', arnOf('/below/top'), 1, 'top'],
      ['/config/umlaut', arnOf('/config/umlaut'), 1, 'Grüße ☃ \u{1f9c1}\n'],
    ],
  },
  { title: 'nothing for an empty list', secretBaker: [], bakes: [] },
  { title: 'nothing for an empty map', secretBaker: {}, bakes: [] },
];

describe('custom.secretBaker', () => {
  for (const { title, secretBaker, bakes } of spellings) {
    it(`bakes ${title}`, async (t) => {
      const { zip } = await packaged(t, { secretBaker });
      assert.deepEqual(await opened(await bundleOf(zip)), bakes);
    });
  }

  for (const framework of frameworks) {
    it(`takes __proto__ for a name like any other on ${framework}, in a list and in a map`, async (t) => {
      const list = [
        { name: '__proto__', path: 'BARE' },
        { name: 'constructor', path: '/config/key' },
      ];
      const map = JSON.parse('{"__proto__": "BARE", "constructor": "/config/key"}');
      const texts = [];
      for (const secretBaker of [list, map]) {
        const { zip } = await packaged(t, { secretBaker }, { framework });
        texts.push((await zip.get(FILE)?.read())?.toString('utf8'));
      }
      assert.match(texts[0] ?? '', /^\{"__proto__":\{"ciphertext":.*"constructor":\{"ciphertext":/);
      assert.equal(texts[0], texts[1]);
    });

    it(`bakes an empty object for an empty key on ${framework}`, async (t) => {
      const { zip } = await packaged(t, { secretBaker: null }, { framework });
      assert.deepEqual(await bundleOf(zip), {});
      assert.deepEqual(await standIn.calls(), []);
    });
  }

  it('asks each region for its own, never for a plaintext, and for one parameter once', async (t) => {
    const abroad = arnOf('/config/key', ABROAD);
    await packaged(t, { secretBaker: { A: abroad, B: abroad, C: 'BARE', D: 'BARE', E: '/config/umlaut' } });
    const asked = (await standIn.calls()).map(({ target, region, names, withDecryption }) => ({
      target,
      region,
      names: names.toSorted(),
      withDecryption,
    }));
    assert.deepEqual(
      asked.sort((one, other) => String(one.region).localeCompare(String(other.region))),
      [
        { target: 'AmazonSSM.GetParameters', region: 'eu-central-1', names: ['/config/umlaut', 'BARE'], withDecryption: false },
        { target: 'AmazonSSM.GetParameters', region: ABROAD, names: [abroad], withDecryption: false },
      ],
    );
  });

  it('walks a path without asking for plaintext, and leaves out what is not encrypted', async (t) => {
    await standIn.putSecret('/walked/secret', 'one');
    await standIn.putSecret('/walked/plain', 'two', { type: 'String' });
    await standIn.putSecret('/walked/list', 'three,four', { type: 'StringList' });
    await standIn.reset();
    const { zip } = await packaged(t, { secretBaker: ['/walked/*'] });
    assert.deepEqual(Object.keys(await bundleOf(zip)), ['secret']);
    const asked = (await standIn.calls()).map(({ target, withDecryption }) => ({ target, withDecryption }));
    assert.deepEqual(asked, [{ target: 'AmazonSSM.GetParametersByPath', withDecryption: false }]);
  });

  it('bakes ciphertext that opens for its own parameter only', async (t) => {
    const { zip } = await packaged(t, { secretBaker: { ONE: 'BARE', OTHER: '/config/umlaut' } });
    const { ONE, OTHER } = await bundleOf(zip);
    assert.ok(ONE && OTHER);
    assert.equal(await standIn.decrypt(ONE.ciphertext, ONE.arn), 'bare');
    const refused = (/** @type {unknown} */ error) => error instanceof AwsError && error.code === 'InvalidCiphertextException';
    await assert.rejects(standIn.decrypt(ONE.ciphertext, OTHER.arn), refused);
    await assert.rejects(standIn.decrypt(OTHER.ciphertext, ONE.arn), refused);
  });

  it('bakes a parameter of the advanced tier as the Encryption SDK message that it is', async (t) => {
    await standIn.putSecret('/config/long', 'x'.repeat(5000), { tier: 'Advanced' });
    const { zip } = await packaged(t, { secretBaker: { LONG: '/config/long' } });
    const { LONG } = await bundleOf(zip);
    assert.equal(LONG?.arn, arnOf('/config/long'));
    const message = Buffer.from(LONG.ciphertext, 'base64');
    assert.deepEqual([...message.subarray(0, 4)], [0x01, 0x80, 0x03, 0x78]);
    assert.ok(message.length > 5000);
    assert.ok(message.includes(LONG.arn));
    assert.equal(message.includes('xxxx'), false);
  });
});

describe('a service that has the plugin but bakes nothing', () => {
  const env = { SECRET_BAKER_BINARY: '/there/is/no/addon.node' };

  it('is told why where the plugin is switched off, and loads no addon', async (t) => {
    const custom = { secretBaker: ['BARE'], secretBakerOptions: { enabled: false } };
    const { zip, output } = await packaged(t, custom, { env });
    assert.match(output, /secret-baker: nothing is baked: custom\.secretBakerOptions\.enabled is false/);
    assert.equal(zip.has(FILE), false);
    assert.deepEqual(await standIn.calls(), []);
  });

  it('with the same variable and a secret to bake, would have failed for want of the addon', async (t) => {
    const service = plainWith(t, 'osls4', { custom: { secretBaker: ['BARE'] } });
    const { code, output } = await service.run(['package'], { env: { AWS_ENDPOINT_URL: standIn.endpoint, ...env } });
    assert.equal(code, 1, output);
    assert.match(output, /SECRET_BAKER_BINARY \(\/there\/is\/no\/addon\.node\): there is no such file/);
    assert.doesNotMatch(output, /^\s+at /m);
    assert.equal(service.has(FILE), false);
    assert.deepEqual(await standIn.calls(), []);
  });
});
