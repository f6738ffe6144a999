// Secrets from wherever they are kept, in one config: baked and deployed by real frameworks, then opened by the handler in each language.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { python, root } from '../aws/python.mjs';
import { account, credentials, region, startStandIn } from '../aws/stand-in.mjs';
import { failed, startOpeners } from '../contract/openers.mjs';
import { noLauncher } from '../launcher.mjs';
import { bundleOf, FILE, plainWith } from './harness.mjs';
import { invoke } from './invoke.mjs';
import { Keeper, NO_KEY } from './sealing.mjs';

/** @import { TestContext } from 'node:test' */
/** @import { Aws, Opener } from '../contract/openers.mjs' */
/** @import { Framework, Service } from './harness.mjs' */

const FUNCTION = 'plain-dev-hello';

/** What each secret opens to, in every language. */
const VALUES = {
  PARAMETER: 'of Parameter Store, ☃',
  KMS: 'of KMS, in a context',
  KMS_TEXT: 'of a string of 2016',
  KMS_FILE: 'of a file of 2016, longer than the sixteen bytes of one block of AES',
  PASSWORD: 'of a SOPS file',
  TLS: 'true',
  CERTIFICATE: 'of a binary SOPS file\n',
  'api.key': 'of a whole SOPS file',
  'api.port': '5432',
  CREDSTASH: 'the latest of credstash, ☃, and longer than a block',
  CREDSTASH_TEXT: 'the first of credstash',
  CREDSTASH_BOUND: 'of credstash, in a context',
  USER: 'of one field of a secret',
  SECRET: '{"user":"of one field of a secret","port":5432}',
  PORT: '5432',
};

/** What stands in environment variables. */
const SEALED = { SEALED: VALUES.USER, BARE: 'bare base64 of KMS', HELPED: "of the console's helpers" };

const NODE = `'use strict';
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { secret, secretFromEnv } = require('secret-baker');

exports.hello = async () => {
  const names = Object.keys(JSON.parse(readFileSync(join(process.env.LAMBDA_TASK_ROOT, '${FILE}'), 'utf8')));
  const opened = async (names, open) => Object.fromEntries(await Promise.all(names.map(async (name) => [name, await open(name)])));
  return { ...(await opened(names, secret)), ...(await opened(['SEALED', 'BARE', 'HELPED'], secretFromEnv)) };
};
exports.launched = async () => ({ ...process.env });
`;

const PYTHON = `import json
import os

from secret_baker import secret, secret_from_env


def hello() -> dict[str, str]:
    """Open all secrets."""
    with open(os.path.join(os.environ["LAMBDA_TASK_ROOT"], "${FILE}"), encoding="utf-8") as file:
        names = list(json.load(file))
    opened = {name: secret(name) for name in names}
    return {**opened, **{name: secret_from_env(name) for name in ("SEALED", "BARE", "HELPED")}}


print(json.dumps(hello()))
`;

/**
 * Puts a secret into each place.
 * @param {import('../aws/stand-in.mjs').StandIn} standIn
 */
async function keep(standIn) {
  const keeper = await Keeper.of(standIn);
  await standIn.putSecret('/sources/parameter', VALUES.PARAMETER);
  await keeper.createTable();
  await keeper.putCredential('shop.db', VALUES.CREDSTASH_TEXT);
  await keeper.putCredential('shop.db', VALUES.CREDSTASH, { version: 2 });
  await keeper.putCredential('shop.bound', VALUES.CREDSTASH_BOUND, { context: { team: 'shop' } });
  const { ARN } = await keeper.createSecret('shop/user', VALUES.SECRET);
  const { text, contents } = await keeper.kmsFile(VALUES.KMS_FILE, 'secrets/old.bin');
  const files = {
    'handler.js': NODE,
    'handler.py': PYTHON,
    'secrets/old.bin': contents,
    'secrets/prod.yaml': await keeper.sopsYaml({ db: { password: ['str', VALUES.PASSWORD], tls: ['bool', 'True'] } }),
    'secrets/all.yaml': await keeper.sopsYaml({ api: { key: ['str', VALUES['api.key']], port: ['int', '5432'] } }),
    'secrets/cert.pem': await keeper.sopsBinary(VALUES.CERTIFICATE),
  };
  const secretBaker = [
    { name: 'PARAMETER', path: '/sources/parameter' },
    { name: 'KMS', kms: await keeper.encrypt(VALUES.KMS, { service: 'shop' }), keyArn: keeper.key, context: { service: 'shop' } },
    { name: 'KMS_TEXT', kms: `kms::${keeper.key}::${await keeper.encrypt(VALUES.KMS_TEXT)}` },
    { name: 'KMS_FILE', kmsfile: text },
    { name: 'PASSWORD', sops: 'secrets/prod.yaml', field: 'db.password' },
    { name: 'TLS', sops: 'secrets/prod.yaml', field: 'db.tls' },
    { name: 'CERTIFICATE', sops: 'secrets/cert.pem' },
    { sops: 'secrets/all.yaml' },
    { name: 'CREDSTASH', credstash: 'shop.db' },
    { name: 'CREDSTASH_TEXT', credstash: 'credstash::shop.db::1' },
    { name: 'CREDSTASH_BOUND', credstash: 'shop.bound', context: { team: 'shop' } },
    { name: 'USER', secretsManager: 'shop/user', field: 'user', label: true },
    { name: 'SECRET', secretsManager: ARN },
    { name: 'PORT', secretsManager: 'shop/user', versionStage: 'AWSCURRENT', field: 'port' },
  ];
  const environment = {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the framework
    SEALED: '${secretBaker:USER}',
    BARE: await keeper.encrypt(SEALED.BARE),
    HELPED: await keeper.encrypt(SEALED.HELPED, { LambdaFunctionName: FUNCTION }),
  };
  return { keeper, files, secretBaker, environment };
}

/**
 * @param {TestContext} t
 * @param {Framework} framework
 * @param {Awaited<ReturnType<typeof keep>>} kept
 */
function mixedService(t, framework, { files, secretBaker, environment }) {
  const env = { launched: ['*', 'api.key=API_KEY', 'api.port=API_PORT'] };
  const functions = {
    hello: { handler: 'handler.hello', environment },
    launched: { handler: 'handler.launched', environment: { SEALED: environment.SEALED } },
  };
  const keys = { custom: { secretBaker, secretBakerOptions: { env } }, functions, package: { excludeDevDependencies: false } };
  const service = plainWith(
    t,
    framework,
    { provider: { name: 'aws', runtime: 'nodejs20.x', region, timeout: 15 }, ...keys },
    files,
  );
  cpSync(join(root, 'runtime/node/dist'), join(service.dir, 'node_modules/secret-baker'), { recursive: true });
  const own = join(root, 'runtime/python/src/secret_baker');
  const modules = readdirSync(own).filter((name) => name.endsWith('.py') || name === 'contract.json');
  for (const name of modules) service.write({ [`secret_baker/${name}`]: readFileSync(join(own, name)) });
  return service;
}

/** @param {Service} service @returns {Record<string, any>} by their names in the config */
function templateOf(service) {
  const text = readFileSync(join(service.dir, '.serverless/cloudformation-template-update-stack.json'), 'utf8');
  for (const value of ['one field', 'Parameter Store, ', 'helpers'])
    assert(!text.includes(value), 'a plaintext is in the template');
  return JSON.parse(text).Resources;
}

/**
 * Rust and the launcher as programs that open what they are told, with the stand-in as their AWS; those of the other languages beside them.
 * @param {string} endpoint
 */
const openersOf = (endpoint) => startOpeners(async () => ({ url: endpoint, stop: () => {} }));

// They mostly wait, for the stack and for what throttles: so they wait at once.
describe('a config of all sources', { concurrency: true }, () => {
  for (const framework of /** @type {const} */ (['v3', 'osls4'])) {
    it(`is deployed whole by ${framework}, and opened in Node, Python, Rust and under the launcher`, {
      skip: noLauncher,
    }, async (t) => {
      const standIn = await startStandIn();
      t.after(() => standIn.stop());
      const kept = await keep(standIn);
      const service = mixedService(t, framework, kept);
      await standIn.reset();
      const { code, output } = await service.run(['deploy'], { env: { AWS_ENDPOINT_URL: standIn.endpoint } });
      assert.equal(code, 0, output);
      await onlyReadCiphertext(standIn);
      await isLabelled(standIn);
      assert.match(output, /secret `KMS_FILE`: nothing proves that `secrets\/old\.bin` is what was encrypted once/);

      assert.deepEqual(await invoke(standIn, FUNCTION), { ...VALUES, ...SEALED });

      const launched = await invoke(standIn, 'plain-dev-launched');
      const { 'api.key': API_KEY, 'api.port': API_PORT, ...plain } = VALUES;
      const expected = { ...plain, API_KEY, API_PORT, SEALED: SEALED.SEALED };
      assert.deepEqual(Object.fromEntries(Object.keys(expected).map((name) => [name, launched[name]])), expected);

      const folder = await service.unpack('.serverless/plain.zip');
      const { Environment } = templateOf(service).HelloLambdaFunction.Properties;
      const env = { ...lambda(standIn.endpoint, folder), ...Environment.Variables };
      const { stdout } = await promisify(execFile)(python, ['handler.py'], { cwd: folder, env, timeout: 60_000 });
      assert.deepEqual(JSON.parse(stdout), { ...VALUES, ...SEALED });

      const openers = await openersOf(standIn.endpoint);
      const rust = /** @type {Opener<Aws>} */ (openers.find(({ name }) => name === 'rust'));
      t.after(() => openers.map(({ stop }) => stop()));
      for (const [secret, text] of Object.entries(VALUES)) {
        assert.deepEqual(await rust.open({ file: join(folder, FILE), secret }), { text }, secret);
      }
      const environment = { AWS_REGION: region, AWS_LAMBDA_FUNCTION_NAME: FUNCTION };
      for (const [name, text] of Object.entries(SEALED)) {
        assert.deepEqual(await rust.open({ variable: Environment.Variables[name], environment }), { text }, name);
      }
    });
  }

  it('is told of all services at once that go on throttling until the time is over', async (t) => {
    const standIn = await startStandIn();
    t.after(() => standIn.stop());
    const { files } = await keep(standIn);
    await standIn.faults(SERVICES.map((target) => ({ target, error: 'ThrottlingException' })));
    const service = plainWith(t, 'v3', { custom: { secretBaker: ASKED } }, files);
    const { code, output } = await service.run(['package'], { env: { AWS_ENDPOINT_URL: standIn.endpoint }, timeout: 300_000 });
    assert.equal(code, 1, output);
    for (const name of ['Parameter Store', 'DynamoDB', 'Secrets Manager']) {
      assert(output.includes(`${name} in region ${region} went on throttling for 60 seconds`), output);
    }
  });
});

/** The services that are called at the deploy. */
const SERVICES = ['AmazonSSM.*', 'DynamoDB_20120810.*', 'secretsmanager.*'];
/** A secret of each of them. */
const ASKED = [
  { name: 'A', path: '/sources/parameter' },
  { name: 'B', credstash: 'shop.db' },
  { name: 'C', secretsManager: 'shop/user' },
];

/** @param {import('../aws/stand-in.mjs').StandIn} standIn */
async function onlyReadCiphertext(standIn) {
  const calls = (await standIn.calls()).filter(({ target }) =>
    /^(AmazonSSM|TrentService|secretsmanager|DynamoDB_20120810)\./.test(target),
  );
  assert.deepEqual([...new Set(calls.map(({ target }) => target))].sort(), [
    'AmazonSSM.GetParameters',
    'DynamoDB_20120810.GetItem',
    'DynamoDB_20120810.Query',
    'secretsmanager.DescribeSecret',
    'secretsmanager.UpdateSecretVersionStage',
  ]);
  assert.deepEqual(
    calls.map(({ withDecryption = false }) => withDecryption),
    calls.map(() => false),
  );
}

/** @param {import('../aws/stand-in.mjs').StandIn} standIn */
async function isLabelled(standIn) {
  const { VersionIdsToStages } = await standIn.secretsManager('DescribeSecret', { SecretId: 'shop/user' });
  assert.deepEqual(Object.values(VersionIdsToStages), [['AWSCURRENT', 'secret-baker-plain-dev']]);
}

/**
 * @param {string} endpoint
 * @param {string} folder
 */
const lambda = (endpoint, folder) => ({
  PATH: process.env.PATH,
  LAMBDA_TASK_ROOT: folder,
  AWS_LAMBDA_FUNCTION_NAME: FUNCTION,
  AWS_REGION: region,
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  AWS_ENDPOINT_URL: endpoint,
});

describe('the strings of serverless-secrets of 2016', () => {
  it('are read as the values of a map, all three kinds', async (t) => {
    const standIn = await startStandIn();
    t.after(() => standIn.stop());
    const { keeper, files, secretBaker } = await keep(standIn);
    const texts = Object.fromEntries(secretBaker.map(({ name, kms, kmsfile, credstash }) => [name, kms ?? kmsfile ?? credstash]));
    const { KMS_TEXT, KMS_FILE, CREDSTASH_TEXT } = texts;
    const names = { KMS_TEXT, KMS_FILE, CREDSTASH_TEXT, CREDSTASH: 'credstash::shop.db' };
    assert(
      KMS_TEXT?.startsWith(`kms::${keeper.key}::`) &&
        KMS_FILE?.startsWith('kmsfile::') &&
        CREDSTASH_TEXT?.startsWith('credstash::'),
    );
    const service = plainWith(t, 'osls3', { custom: { secretBaker: names } }, files);
    const { code, output } = await service.run(['package'], { env: { AWS_ENDPOINT_URL: standIn.endpoint } });
    assert.equal(code, 0, output);
    const folder = await service.unpack('.serverless/plain.zip');
    const openers = await openersOf(standIn.endpoint);
    t.after(() => openers.map(({ stop }) => stop()));
    for (const { name, open } of openers) {
      for (const secret of /** @type {(keyof typeof names)[]} */ (Object.keys(names))) {
        assert.deepEqual(await open({ file: join(folder, FILE), secret }), { text: VALUES[secret] }, `${secret} in ${name}`);
      }
    }
  });
});

describe('what cannot be baked', { concurrency: 1 }, () => {
  /** @type {import('../aws/stand-in.mjs').StandIn} */
  let standIn;
  /** @type {Awaited<ReturnType<typeof keep>>} */
  let kept;
  before(async () => {
    standIn = await startStandIn();
    kept = await keep(standIn);
    await kept.keeper.putCredential('shop.torn', 'x', { without: 'hmac' });
  });
  after(() => standIn.stop());

  /**
   * What a framework says to a config that it refuses.
   * @param {TestContext} t
   * @param {unknown} secretBaker
   * @param {Record<string, string | Buffer>} [files]
   */
  async function refusal(t, secretBaker, files = {}) {
    const service = plainWith(t, 'v3', { custom: { secretBaker } }, { ...kept.files, ...files });
    const { code, output } = await service.run(['package'], { env: { AWS_ENDPOINT_URL: standIn.endpoint } });
    assert.equal(code, 1, output);
    assert.doesNotMatch(output, /\n {4}at |hunter2/);
    assert.equal(service.has(FILE), false);
    return output;
  }

  const at = `region ${region}, account ${account}`;

  it('is told of all sources at once: what there is not', async (t) => {
    const output = await refusal(t, [
      { name: 'A', path: '/sources/none' },
      { name: 'B', sops: 'secrets/prod.yaml', field: 'db.pasword' },
      { name: 'C', credstash: 'shop.none' },
      { name: 'D', credstash: 'shop.db', version: 7 },
      { name: 'E', secretsManager: 'shop/none' },
      { name: 'F', secretsManager: 'shop/user', versionStage: 'AWSPENDING' },
      { name: 'G', sops: 'secrets/none.yaml', field: 'a' },
      { name: 'H', kmsfile: `kmsfile::${NO_KEY}::AQICAHg=::secrets/none.bin` },
    ]);
    for (const text of [
      `secret \`A\`: there is no parameter \`/sources/none\` in ${at}`,
      'has no field `db.pasword`, did you mean `db.password`?',
      `secret \`C\`: there is no credential \`shop.none\` in table \`credential-store\` in ${at}`,
      `secret \`D\`: credential \`shop.db\` in table \`credential-store\` has no version \`7\` in ${at}`,
      `secret \`E\`: Secrets Manager in ${at} has no secret \`shop/none\``,
      `secret \`F\`: \`shop/user\` in ${at} has no version with the staging label \`AWSPENDING\``,
      'there is no file `secrets/none.yaml`',
      'there is no file `secrets/none.bin`',
    ])
      assert(output.includes(text), `${text} is not in ${output}`);
  });

  it('is told of all sources at once: what is malformed, and never shown', async (t) => {
    const files = {
      'secrets/plain.yaml': `db:\n    password: hunter2\n${(await kept.keeper.sopsYaml({ a: { b: ['str', 'x'] } })).trim()}\n`,
      'secrets/broken.yaml': 'db: [hunter2\n',
      'secrets/no-sops.yaml': 'db: hunter2\n',
    };
    const config = [
      { name: 'A', kms: 'hunter2hunter2', keyArn: kept.keeper.key },
      { name: 'B', kms: await kept.keeper.encrypt('x'), keyArn: 'alias/shop' },
      { name: 'C', kms: 'kms::hunter2' },
      { name: 'D', kmsfile: 'kmsfile::hunter2' },
      { name: 'E', credstash: 'shop.db', version: 1.5 },
      { name: 'F', secretsManager: 'shop/user', versionId: 'a', versionStage: 'b' },
    ];
    const first = await refusal(t, config, files);
    for (const { name } of config) assert.match(first, new RegExp(`custom\\.secretBaker\\[${name.charCodeAt(0) - 65}\\]`), first);
    const second = await refusal(
      t,
      [
        { name: 'A', sops: 'secrets/plain.yaml', field: 'db.password' },
        { name: 'B', sops: 'secrets/broken.yaml', field: 'db' },
        { name: 'C', sops: 'secrets/no-sops.yaml', field: 'db' },
        { name: 'D', credstash: 'shop.torn' },
      ],
      files,
    );
    for (const text of [
      'field `db.password` of `secrets/plain.yaml` is not encrypted, so it is not baked',
      '`secrets/broken.yaml`',
      '`secrets/no-sops.yaml` is no file of SOPS',
      '`shop.torn`',
    ])
      assert(second.includes(text), `${text} is not in ${second}`);
  });

  it('is told of all services at once: what is denied, with the action that is missing', async (t) => {
    await standIn.faults(SERVICES.map((target) => ({ target, error: 'AccessDeniedException' })));
    const output = await refusal(t, ASKED);
    for (const action of ['ssm:GetParameter', 'dynamodb:Query', 'secretsmanager:DescribeSecret'])
      assert(output.includes(action), output);
  });

  it('is told of all services at once: credentials that have expired', async (t) => {
    await standIn.faults(SERVICES.map((target) => ({ target, error: 'ExpiredTokenException' })));
    const output = await refusal(t, ASKED);
    // They are the same for all: once is enough.
    assert.equal(output.split('they have expired').length - 1, 1, output);
  });

  it('is baked all the same where services throttle for a while', async (t) => {
    await standIn.faults(SERVICES.map((target) => ({ target, times: 3, error: 'ThrottlingException' })));
    const service = plainWith(t, 'osls4', { custom: { secretBaker: ASKED } });
    const { code, output } = await service.run(['package'], { env: { AWS_ENDPOINT_URL: standIn.endpoint } });
    assert.equal(code, 0, output);
    assert.deepEqual(Object.keys(await bundleOf(await service.zip('.serverless/plain.zip'))), ['A', 'B', 'C']);
  });
});

describe('what was baked and does not open, in each language', { concurrency: 1 }, () => {
  /** @type {import('../aws/stand-in.mjs').StandIn} */
  let standIn;
  /** @type {Opener<Aws>[]} */
  let openers;
  /** @type {Record<string, Record<string, any>>} */
  let bundle;
  /** @type {Service} */
  let service;

  before(async () => {
    standIn = await startStandIn();
    const kept = await keep(standIn);
    const suite = /** @type {any} */ ({ after: () => {} });
    service = plainWith(suite, 'osls3', { custom: { secretBaker: kept.secretBaker } }, kept.files);
    const { code, output } = await service.run(['package'], { env: { AWS_ENDPOINT_URL: standIn.endpoint } });
    assert.equal(code, 0, output);
    bundle = await bundleOf(await service.zip('.serverless/plain.zip'));
    openers = await openersOf(standIn.endpoint);
  });
  after(async () => {
    for (const { stop } of openers) stop();
    service.remove();
    await standIn.stop();
  });

  /** One secret of each source. */
  const SOURCES = /** @type {const} */ (['PARAMETER', 'KMS', 'KMS_FILE', 'PASSWORD', 'CREDSTASH', 'USER']);

  /**
   * Has every opener open one secret of each source.
   * @param {Record<string, Record<string, any>>} entries
   * @param {(name: typeof SOURCES[number]) => import('../contract/openers.mjs').Outcome} expected
   */
  async function opens(entries, expected) {
    // Openers keep what they have read of a file.
    const file = join(service.parent, `${Math.random()}.json`);
    writeFileSync(file, JSON.stringify(entries));
    await Promise.all(
      openers.map(async ({ name, open }) => {
        for (const secret of SOURCES) assert.deepEqual(await open({ file, secret }), expected(secret), `${secret} in ${name}`);
      }),
    );
  }

  it('opens as it was baked', () => opens(bundle, (name) => ({ text: VALUES[name] })));

  it('a secret that is not in it', () => opens({}, () => failed('NOT_IN_BUNDLE')));

  it('an entry that lost a field', () => {
    const torn = Object.entries(bundle).map(([name, { source, ...entry }]) => {
      const { [Object.keys(entry)[0] ?? '']: _gone, ...rest } = entry;
      return [name, { ...(source && { source }), ...rest }];
    });
    return opens(Object.fromEntries(torn), () => failed('BUNDLE_INVALID'));
  });

  it('an entry with another text in it', () => {
    const changed = {
      PARAMETER: 'ciphertext',
      KMS: 'ciphertext',
      KMS_FILE: 'key',
      PASSWORD: 'value',
      CREDSTASH: 'contents',
      USER: 'versionId',
    };
    const entries = Object.entries(bundle).map(([name, entry]) => {
      const field = changed[/** @type {keyof typeof changed} */ (name)];
      return [name, field === undefined ? entry : { ...entry, [field]: another(entry[field]) }];
    });
    const codes = { PASSWORD: 'TAMPERED', CREDSTASH: 'TAMPERED', USER: 'SECRET_GONE' };
    return opens(Object.fromEntries(entries), (name) => failed(/** @type {any} */ (codes)[name] ?? 'WRONG_CONTEXT'));
  });

  for (const [error, expected] of Object.entries({
    AccessDeniedException: 'ACCESS_DENIED',
    ThrottlingException: 'THROTTLED',
    ExpiredTokenException: 'CREDENTIALS',
  })) {
    it(`a service that answers ${error}`, async () => {
      await standIn.faults(['TrentService.Decrypt', 'secretsmanager.GetSecretValue'].map((target) => ({ target, error })));
      await opens(bundle, () => failed(expected));
      await standIn.faults();
    });
  }

  it('an environment variable, from the entry of each source to what is none', async () => {
    const environment = { AWS_REGION: region, AWS_LAMBDA_FUNCTION_NAME: FUNCTION };
    const { PARAMETER } = /** @type {{PARAMETER: object}} */ (/** @type {unknown} */ (bundle));
    const cases = /** @type {[variable: string, expected: object][]} */ ([
      ...SOURCES.map((name) => [`secret-baker:${JSON.stringify(bundle[name])}`, { text: VALUES[name] }]),
      ['secret-baker:not-resolved-here', failed('VARIABLE_INVALID')],
      [`secret-baker:${JSON.stringify({ ...PARAMETER, ciphertext: 'hunter2' })}`, failed('VARIABLE_INVALID')],
      [`secret-baker:${JSON.stringify({ ...PARAMETER, source: 'another' })}`, failed('UNKNOWN_SOURCE')],
      ['hunter2', failed('VARIABLE_INVALID')],
      [Buffer.from('hunter2').toString('base64'), failed('UNKNOWN_CIPHERTEXT')],
    ]);
    await Promise.all(
      openers.map(async ({ name, open }) => {
        // The launcher leaves alone what is not marked as sealed.
        const own = cases.filter(([variable]) => name !== 'launcher' || variable.startsWith('secret-baker:'));
        for (const [variable, expected] of own)
          assert.deepEqual(await open({ variable, environment }), expected, `${variable} in ${name}`);
      }),
    );
  });

  it('a secret whose version is gone, and none of the others', async () => {
    await standIn.secretsManager('DeleteSecret', { SecretId: 'shop/user', ForceDeleteWithoutRecovery: true });
    await opens(bundle, (name) => (name === 'USER' ? failed('SECRET_GONE') : { text: VALUES[name] }));
  });
});

/**
 * The same text with another character in its midst, which is base64 and of the same length still.
 * @param {string} text
 */
function another(text) {
  const middle = Math.floor(text.length / 2);
  return text.slice(0, middle) + (text[middle] === 'A' ? 'B' : 'A') + text.slice(middle + 1);
}
