// The JSON schema: what the core takes it takes, and a slip it finds. It is what is published.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import yaml from 'js-yaml';
import { root } from '../aws/python.mjs';
import { Commands } from './ways.mjs';

// The validator that the framework itself has.
const Ajv = createRequire(join(root, '__test__/frameworks/v3/package.json'))('ajv').default;

/** @param {'secret-baker' | 'serverless'} name */
const published = (name) => JSON.parse(readFileSync(join(root, `schema/${name}.json`), 'utf8'));

/** @param {'secret-baker' | 'serverless'} name */
const validator = (name) => new Ajv({ strict: false, allErrors: true }).compile(published(name));

const RIGHT = [
  { secrets: ['/a/b', { name: 'A', path: '/a' }, { path: '/app/prod/*' }] },
  { secrets: { A: '/a', B: { secretsManager: 'x', field: 'y', label: true }, C: 'credstash::x' } },
  { secrets: [{ name: 'A', kms: 'AQ==', keyArn: 'arn:aws:kms:eu-central-1:1:key/x', context: { a: 'b' } }] },
  { secrets: [{ sops: 'a.yaml' }, { name: 'B', sops: 'a.yaml', field: 'b.c' }, { name: 'C', credstash: 'x', version: 3 }] },
  { secrets: null, options: { region: 'eu-west-1', local: false, default: [], env: { f: ['A'] } } },
  { secrets: ['A'], functions: { f: { secrets: ['A'], artefact: 'build', env: true, architecture: 'arm64' }, g: null } },
];

const WRONG = [
  { secret: ['/a'] },
  { secrets: [{ name: 'A' }] },
  { secrets: [{ name: 'A', pat: '/a' }] },
  { secrets: [{ name: 'A', kms: 'AQ==', keyarn: 'x' }] },
  { secrets: [{ kms: 'AQ==', keyArn: 'x' }] },
  { secrets: 5 },
  { options: { reigon: 'x' } },
  { functions: { f: { secrets: 'A' } } },
  { functions: { f: { architecture: 'z80' } } },
  { functions: { f: { env: 5 } } },
  { options: { check: 5 } },
  { options: { env: { f: 5 } } },
  { secrets: ['/a'], functions: ['f'] },
];

/** What the program says of a config that the schema judges. @param {import('node:test').TestContext} t @param {any} config */
async function told(t, config) {
  const { value } = await new Commands(t, 'program', undefined, config).json(['doctor'], { env: { AWS_REGION: undefined } });
  return value.findings.find((/** @type {{part: string}} */ { part }) => part === 'config').state;
}

describe('the schema of secret-baker.yml', () => {
  const validate = validator('secret-baker');
  for (const config of RIGHT) {
    it(`takes ${JSON.stringify(config)}`, () => assert.ok(validate(config), JSON.stringify(validate.errors)));
  }
  for (const config of WRONG) {
    it(`refuses ${JSON.stringify(config)}, as the program does`, async (t) => {
      assert.equal(validate(config), false);
      assert.equal(await told(t, config), 'wrong');
    });
  }
});

describe('the schema of serverless.yml', () => {
  const validate = validator('serverless');

  it('takes each config that the documents show', () => {
    const files = [
      'README.md',
      ...readdirSync(join(root, 'docs'), { recursive: true }).map((name) => join('docs', String(name))),
    ];
    let seen = 0;
    for (const file of files.filter((name) => name.endsWith('.md'))) {
      for (const [, block = ''] of readFileSync(join(root, file), 'utf8').matchAll(/```yaml\n([\s\S]*?)```/g)) {
        if (!block.includes('secretBaker')) continue;
        const config = yaml.load(block.replace(/^ {2}(?=secretBaker)/gm, '  '));
        if (typeof config !== 'object') continue;
        seen += 1;
        assert.ok(validate(config), `${file}: ${JSON.stringify(validate.errors)}\n${block}`);
      }
    }
    assert.ok(seen > 10, `${seen} blocks`);
  });

  it('refuses a slip in what is ours, and leaves all else alone', () => {
    assert.equal(validate({ custom: { secretBakerOptions: { endpont: 'x' } } }), false);
    assert.equal(validate({ custom: { secretBaker: [{ name: 'A', pathh: '/x' }] } }), false);
    assert.ok(validate({ provider: { name: 'aws' }, custom: { other: 1 }, functions: { f: { handler: 'x' } } }));
  });

  it('takes variables wherever the framework resolves them', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the framework
    const variable = '${file(secrets.yml)}';
    const custom = { secretBaker: variable, secretBakerOptions: { enabled: variable, default: variable } };
    assert.ok(validate({ custom, functions: { f: { secretBaker: variable } } }), JSON.stringify(validate.errors));
  });
});

describe('schema', () => {
  for (const way of /** @type {const} */ (['program', 'v3'])) {
    it(`prints what is published, by ${way}`, async (t) => {
      const commands = new Commands(t, way, undefined, { secrets: [] });
      const own = await commands.run(['schema']);
      assert.deepEqual(JSON.parse(own.stdout), published('secret-baker'));
      const framework = await commands.run(['schema', '--serverless']);
      assert.deepEqual(JSON.parse(framework.stdout), published('serverless'));
      assert.equal(framework.code, 0);
    });
  }
});
