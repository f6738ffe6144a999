// `secret-baker iam`: each policy is enough for what bakes and openers really do, and not more.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { root } from '../aws/python.mjs';
import { account, region, startStandIn } from '../aws/stand-in.mjs';
import { FILE } from '../e2e/harness.mjs';
import { Keeper } from '../e2e/sealing.mjs';
import { locked } from './locked-service.mjs';
import { assertAsDocumented } from './pages.mjs';
import { Commands } from './ways.mjs';

/** @import { Asked, StandIn } from '../aws/stand-in.mjs' */

/** @typedef {{Sid: string, Effect: string, Action: string | string[], Resource: string | string[], Condition?: object}} Statement */

const DEPLOY = 'AKIADEPLOYEXAMPLE000';
const FUNCTION = 'AKIAFUNCTIONEXAMPLE0';
const WAYS = /** @type {const} */ (['program', 'v3']);
const parameter = (/** @type {string} */ name) => `arn:aws:ssm:${region}:${account}:parameter${name}`;

/** @type {[said: string, target: string, action: string][]} */
const DENIED = [
  ['Parameter Store does not say which', 'AmazonSSM.DescribeParameters', 'ssm:DescribeParameters'],
  ['KMS does not say what an alias stands for', 'TrentService.DescribeKey', 'kms:DescribeKey'],
];

/**
 * A secret in each place, all under one key that is credstash's too, and each value.
 * @param {StandIn} standIn
 */
async function keep(standIn) {
  const keeper = await Keeper.of(standIn);
  const keyId = keeper.key;
  await standIn.kms('CreateAlias', { AliasName: 'alias/credstash', TargetKeyId: keyId });
  for (const tier of /** @type {const} */ (['Standard', 'Advanced'])) {
    await standIn.putSecret(`/iam/${tier}`, `of ${tier}`, { keyId, tier });
  }
  await standIn.putSecret('/iam/below/one', 'of a path', { keyId });
  await standIn.putSecret('/iam/other', 'of nobody', { keyId });
  await keeper.createTable();
  await keeper.putCredential('iam.db', 'of credstash');
  await keeper.putCredential('iam.bound', 'of credstash, bound', { context: { team: 'iam' } });
  await keeper.putCredential('iam.other', 'of nobody');
  await keeper.createSecret('iam/user', 'of Secrets Manager');
  await keeper.createSecret('iam/other', 'of nobody');
  const { text, contents } = await keeper.kmsFile('of a file of 2016', 'old.bin');
  const files = {
    'old.bin': contents,
    'prod.yaml': await keeper.sopsYaml({ db: { password: ['str', 'of SOPS'] } }),
  };
  const secrets = [
    { name: 'STANDARD', path: '/iam/Standard' },
    { name: 'ADVANCED', path: '/iam/Advanced' },
    '/iam/below/*',
    {
      name: 'KMS',
      kms: await keeper.encrypt('of KMS', { app: 'iam', stage: 'prod' }),
      keyArn: keyId,
      context: { app: 'iam', stage: 'prod' },
    },
    { name: 'KMS_TEXT', kms: `kms::${keyId}::${await keeper.encrypt('of a string of 2016')}` },
    { name: 'KMS_FILE', kmsfile: text },
    { name: 'SOPS', sops: 'prod.yaml', field: 'db.password' },
    { name: 'CREDSTASH', credstash: 'iam.db' },
    { name: 'PINNED', credstash: 'iam.bound', version: 1, context: { team: 'iam' } },
    { name: 'USER', secretsManager: 'iam/user' },
    { name: 'KEPT', secretsManager: 'iam/user', label: 'iam-kept' },
  ];
  const values = {
    STANDARD: 'of Standard',
    ADVANCED: 'of Advanced',
    one: 'of a path',
    KMS: 'of KMS',
    KMS_TEXT: 'of a string of 2016',
    KMS_FILE: 'of a file of 2016',
    SOPS: 'of SOPS',
    CREDSTASH: 'of credstash',
    PINNED: 'of credstash, bound',
    USER: 'of Secrets Manager',
    KEPT: 'of Secrets Manager',
  };
  return { keyId, secrets, files, values };
}

/** Opens all that a bundle holds, as a function with that access key does. @param {StandIn} standIn @param {string} file */
async function open(standIn, file) {
  const script = `
    const { secret } = require(process.argv[1]);
    const names = Object.keys(JSON.parse(require('node:fs').readFileSync(process.env.SECRET_BAKER_FILE, 'utf8')));
    Promise.all(names.map(async (name) => [name, await secret(name).catch((error) => error.code)]))
      .then((all) => console.log(JSON.stringify(Object.fromEntries(all))));`;
  const env = {
    PATH: process.env.PATH,
    SECRET_BAKER_FILE: file,
    AWS_REGION: region,
    AWS_ENDPOINT_URL: standIn.endpoint,
    AWS_ACCESS_KEY_ID: FUNCTION,
    AWS_SECRET_ACCESS_KEY: 'x',
  };
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script, join(root, 'runtime/node')], { env });
  return JSON.parse(stdout);
}

/**
 * That each statement is needed for something that was asked, and all together allow it.
 * @param {StandIn} standIn
 * @param {Statement[]} statements
 * @param {Asked[]} asked
 */
async function assertLeast(standIn, statements, asked) {
  assert(asked.length > 0 && asked.every(({ allowed }) => allowed), JSON.stringify(asked, undefined, 1));
  for (const left of statements) {
    const others = statements.filter((statement) => statement !== left);
    const still = await Promise.all(asked.map((one) => standIn.allows(others, one.action, one.resource, one.context)));
    assert(still.includes(false), `${left.Sid} is not needed`);
  }
}

/** Statements are IAM's to document. @param {object} policy */
const hollow = (policy) => ({ ...policy, Statement: [] });

describe('the policies of all sources', () => {
  /** @type {StandIn} */
  let standIn;
  /** @type {Awaited<ReturnType<typeof keep>>} */
  let kept;
  before(async () => {
    standIn = await startStandIn();
    kept = await keep(standIn);
  });
  after(() => standIn.stop());

  it('are just enough for a deploy and for a function, in each statement', async (t) => {
    const { secrets, files, values } = kept;
    const commands = new Commands(t, 'v3', standIn, { secrets, functions: { hello: {} } }, files);
    const { value, stderr } = await commands.json(['iam']);
    assertAsDocumented('iam', { deploy: hollow(value.deploy), functions: { hello: hollow(value.functions.hello) } });
    assert.match(stderr, /alias\/credstash, its default, is taken for it/);
    await standIn.enforce({ [DEPLOY]: [value.deploy], [FUNCTION]: [value.functions.hello] });
    t.after(() => standIn.enforce());

    const service = /** @type {import('../e2e/harness.mjs').Service} */ (commands.service);
    const env = { AWS_ENDPOINT_URL: standIn.endpoint, AWS_ACCESS_KEY_ID: DEPLOY };
    const { code, output } = await service.run(['package'], { env });
    assert.equal(code, 0, output);
    const folder = await service.unpack('.serverless/plain.zip');
    assert.deepEqual(await open(standIn, join(folder, FILE)), values);

    const asked = await standIn.asked();
    const of = (/** @type {string} */ key) => asked.filter(({ accessKeyId }) => accessKeyId === key);
    assert(of(DEPLOY).every(({ action }) => !action.startsWith('kms:')));
    await assertLeast(standIn, value.deploy.Statement, of(DEPLOY));
    await assertLeast(standIn, value.functions.hello.Statement, of(FUNCTION));
    await assertNothingElse(value.functions.hello.Statement);
    await assertNothingElseIsRead(value.deploy.Statement);
  });

  /** @param {Statement[]} statements */
  async function assertNothingElse(statements) {
    const { keyId } = kept;
    const own = {
      'kms:EncryptionContextKeys': ['PARAMETER_ARN'],
      'kms:EncryptionContext:PARAMETER_ARN': parameter('/iam/Standard'),
    };
    const another = { ...own, 'kms:EncryptionContext:PARAMETER_ARN': parameter('/iam/other') };
    const may = (/** @type {string} */ action, /** @type {string} */ on, context = {}) =>
      standIn.allows(statements, action, on, context);
    assert.equal(await may('kms:Decrypt', keyId, own), true);
    const signed = { ...own, 'kms:EncryptionContextKeys': ['PARAMETER_ARN', 'aws-crypto-public-key'] };
    assert.equal(await may('kms:Decrypt', keyId, { ...signed, 'kms:EncryptionContext:aws-crypto-public-key': 'x' }), true);
    assert.equal(await may('kms:Decrypt', keyId, another), false, 'another parameter');
    assert.equal(await may('kms:Decrypt', `${keyId.slice(0, -4)}0000`, own), false, 'another key');
    assert.equal(await may('kms:Encrypt', keyId, own), false, 'another action');
    const half = { 'kms:EncryptionContextKeys': ['app'], 'kms:EncryptionContext:app': 'iam' };
    assert.equal(await may('kms:Decrypt', keyId, half), false, 'half of a context');
    const whole = { ...half, 'kms:EncryptionContext:stage': 'prod' };
    assert.equal(await may('kms:Decrypt', keyId, whole), true);
    assert.equal(await may('ssm:GetParameter', parameter('/iam/Standard')), false, 'the parameter itself');
    const { ARN: other } = await standIn.secretsManager('DescribeSecret', { SecretId: 'iam/other' });
    assert.equal(await may('secretsmanager:GetSecretValue', other), false, 'another secret');
    const { ARN } = await standIn.secretsManager('DescribeSecret', { SecretId: 'iam/user' });
    const direct = { 'kms:EncryptionContextKeys': ['SecretARN'], 'kms:EncryptionContext:SecretARN': ARN };
    assert.equal(await may('kms:Decrypt', keyId, direct), false, 'not by Secrets Manager');
  }

  /** @param {Statement[]} statements */
  async function assertNothingElseIsRead(statements) {
    const may = (/** @type {string} */ action, /** @type {string} */ on, context = {}) =>
      standIn.allows(statements, action, on, context);
    const table = `arn:aws:dynamodb:${region}:${account}:table/credential-store`;
    assert.equal(await may('ssm:GetParameters', parameter('/iam/other')), false);
    assert.equal(await may('ssm:GetParametersByPath', parameter('/iam')), false);
    assert.equal(await may('ssm:PutParameter', parameter('/iam/Standard')), false);
    assert.equal(await may('dynamodb:Query', table, { 'dynamodb:LeadingKeys': ['iam.other'] }), false);
    assert.equal(await may('dynamodb:Scan', table), false);
    const { ARN } = await standIn.secretsManager('DescribeSecret', { SecretId: 'iam/user' });
    assert.equal(await may('secretsmanager:GetSecretValue', ARN), false);
    const current = { 'secretsmanager:VersionStage': 'AWSCURRENT' };
    assert.equal(await may('secretsmanager:UpdateSecretVersionStage', ARN, current), false);
  }

  for (const way of WAYS) {
    describe(`by ${way}`, () => {
      it('are narrowed to what each function carries', async (t) => {
        const functions = { one: { secrets: ['STANDARD'] }, two: { secrets: ['KMS', 'STANDARD'] }, none: { secrets: [] } };
        const commands = new Commands(t, way, standIn, { secrets: kept.secrets, functions }, kept.files);
        const { code, value } = await commands.json(['iam', '--role', 'function']);
        assert.equal(code, 0);
        assert.equal(value.deploy, null);
        assert.deepEqual(Object.keys(value.functions), ['one', 'two']);
        assert.deepEqual(value.functions.one, {
          Version: '2012-10-17',
          Statement: [
            {
              Sid: 'OpenParameters',
              Effect: 'Allow',
              Action: 'kms:Decrypt',
              Resource: kept.keyId,
              Condition: { StringEquals: { 'kms:EncryptionContext:PARAMETER_ARN': parameter('/iam/Standard') } },
            },
          ],
        });
        assert.deepEqual(
          value.functions.two.Statement.map((/** @type {Statement} */ { Sid }) => Sid),
          ['OpenParameters', 'OpenCiphertexts'],
        );
      });

      it('stand alone in a pipe, so that they can be handed on', async (t) => {
        const commands = new Commands(t, way, standIn, { secrets: ['/iam/Standard'] });
        const { code, stdout } = await commands.run(['iam', '--role', 'deploy']);
        assert.equal(code, 0);
        assert.deepEqual(JSON.parse(stdout.slice(stdout.indexOf('{'))).Statement, [
          {
            Sid: 'ReadParameters',
            Effect: 'Allow',
            Action: ['ssm:GetParameters', 'ssm:GetParameter'],
            Resource: parameter('/iam/Standard'),
          },
        ]);
      });

      it('stand under headings in a terminal', async (t) => {
        const commands = new Commands(t, way, standIn, { secrets: ['/iam/Standard'], functions: { hello: {} } });
        const { code, output } = await commands.inTerminal(['iam'], []);
        assert.equal(code, 0, output);
        assert.match(output, /The role that deploys\r?\n\{[\s\S]*The role of hello\r?\n\{/);
      });

      for (const [said, rule, hint] of DENIED) {
        it(`are refused where a key cannot be told: ${said}`, async (t) => {
          await standIn.putSecret('/iam/denied', 'x', { keyId: 'alias/credstash' });
          await standIn.faults([{ target: rule, error: 'AccessDeniedException' }]);
          t.after(() => standIn.faults());
          const commands = new Commands(t, way, standIn, { secrets: ['/iam/denied'] });
          const { code, stdout, stderr } = await commands.run(['iam', '--role', 'function']);
          assert.equal(code, 3, stdout + stderr);
          assert.match(
            stderr,
            new RegExp(`the key of \`/iam/denied\` cannot be told: ${hint} says: [\\s\\S]*allow ${hint} to whoever runs this`),
          );
          assert.doesNotMatch(stdout, /Statement/);
        });
      }

      it('take what the lock tells from it, and ask for the rest alone', async (t) => {
        const { commands, root } = await locked(t, standIn, { way });
        await standIn.putSecret(`${root}/b`, 'newer');
        const { value: policies } = await commands.json(['iam']);
        await standIn.reset();
        const { code, value } = await commands.json(['iam']);
        assert.equal(code, 0);
        assert.deepEqual(value, policies);
        const [
          {
            Statement: [statement],
          } = assert.fail('no function'),
        ] = /** @type {any[]} */ (Object.values(policies.functions));
        const [of] = Object.values(statement.Condition.StringEquals);
        assert.deepEqual(of, [parameter(`${root}/a`), parameter(`${root}/b`)]);
        const actions = (await standIn.calls()).map(({ action }) => action).sort();
        assert.deepEqual(actions, ['DescribeKey', 'DescribeParameters', 'GetParameterHistory']);
      });

      it('are refused for a key of AWS, which no function can use', async (t) => {
        await standIn.putSecret('/iam/managed', 'x', { keyId: 'alias/aws/ssm' });
        const commands = new Commands(t, way, standIn, { secrets: ['/iam/managed'] });
        const { code, stderr } = await commands.run(['iam']);
        assert.equal(code, 3);
        assert.match(stderr, /`\/iam\/managed` is under `alias\/aws\/ssm`, which AWS manages: no policy lets a function use it/);
      });

      it('are refused for what there is not, all of it at once', async (t) => {
        const secrets = { A: '/iam/none', B: '/iam/missing' };
        const gone = await new Commands(t, way, standIn, { secrets }).run(['iam']);
        assert.equal(gone.code, 3);
        for (const part of ['/iam/none', '/iam/missing']) assert(gone.stderr.includes(part), gone.stderr);
        const functions = { hello: { secrets: ['TYPO'] } };
        const typo = await new Commands(t, way, standIn, { secrets, functions }).run(['iam']);
        assert.equal(typo.code, 3);
        assert.match(typo.stderr, /there is no secret `TYPO`/);
      });
    });
  }
});
