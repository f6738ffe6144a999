// credstash and Secrets Manager with the real addon against a stand-in for both services: what is baked, what is called, what is refused.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createRequire } from 'node:module';
import { after, before, beforeEach, describe, it } from 'node:test';
import { account, credentials, region, startStandIn } from '../aws/stand-in.mjs';

const require = createRequire(import.meta.url);
const { loadBinary } = require('../../plugin/binary.js');
const { Session } = loadBinary();
const { CALLER } = require('../../plugin/caller.js');
const LABEL = 'secret-baker-shop-test';
const place = `region ${region}, account ${account}`;

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;
before(async () => {
  standIn = await startStandIn();
  await makeTable();
  await put('db', 1);
  await put('db', 12);
  await standIn.secretsManager('CreateSecret', { Name: 'prod/db', SecretString: '{"password":"old"}' });
  await standIn.secretsManager('PutSecretValue', { SecretId: 'prod/db', SecretString: '{"password":"new"}' });
});
beforeEach(() => standIn.reset());
after(() => standIn.stop());

const makeTable = () => {
  const keys = /** @type {const} */ ([
    ['name', 'HASH'],
    ['version', 'RANGE'],
  ]);
  return standIn.dynamoDb('CreateTable', {
    TableName: 'credential-store',
    AttributeDefinitions: keys.map(([AttributeName]) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: keys.map(([AttributeName, KeyType]) => ({ AttributeName, KeyType })),
    BillingMode: 'PAY_PER_REQUEST',
  });
};

/**
 * As credstash writes an item.
 * @param {string} name
 * @param {number} version
 */
const put = async (name, version) => {
  const key = await standIn.kms('GenerateDataKey', { KeyId: await standIn.createKey(), NumberOfBytes: 64 });
  const contents = Buffer.from(`ciphertext ${version}`);
  const hmacKey = Buffer.from(key.Plaintext, 'base64').subarray(32);
  const Item = {
    name: { S: name },
    version: { S: String(version).padStart(19, '0') },
    key: { S: key.CiphertextBlob },
    contents: { S: contents.toString('base64') },
    hmac: { B: Buffer.from(createHmac('sha256', hmacKey).update(contents).digest('hex')).toString('base64') },
    digest: { S: 'SHA256' },
  };
  await standIn.dynamoDb('PutItem', { TableName: 'credential-store', Item });
};

/**
 * @param {unknown} config
 * @param {object} [more]
 */
const bake = (config, more) => {
  const json = JSON.stringify(config);
  const endpoint = standIn.endpoint;
  const endpoints = { ssm: endpoint, dynamodb: endpoint, secretsmanager: endpoint, sts: endpoint };
  return new Session(CALLER).bake({ config: json, written: json, serviceDir: '.', region, endpoints, credentials, ...more });
};

/**
 * @param {unknown} config
 * @param {object} [more]
 */
const baked = async (config, more) => {
  const { value, failure } = await bake(config, more);
  assert(value, failure?.message);
  return { entries: JSON.parse(String(value.bundle.bytes())), notices: value.notices };
};

const called = async () => (await standIn.calls()).map(({ service, action }) => `${service}:${action}`).sort();

/** The staging labels of a version. */
const stagesOf = async (/** @type {string} */ versionId) => {
  const { VersionIdsToStages } = await standIn.secretsManager('DescribeSecret', { SecretId: 'prod/db' });
  return VersionIdsToStages[versionId].sort();
};

describe('credstash', () => {
  it('gives the latest version, or the one that is pinned, and is not asked to decrypt', async () => {
    const { entries } = await baked({ LATEST: 'credstash::db', PINNED: { credstash: 'db', version: 1 } });
    const shown = ['LATEST', 'PINNED'].map((name) => {
      const { source, contents, version } = entries[name];
      return [source, String(Buffer.from(contents, 'base64')), version];
    });
    assert.deepEqual(shown, [
      ['credstash', 'ciphertext 12', '0000000000000000012'],
      ['credstash', 'ciphertext 1', '0000000000000000001'],
    ]);
    assert.deepEqual(await called(), ['dynamodb:GetItem', 'dynamodb:Query']);
  });

  it('tells what there is not and what is denied, with table, region and account', async () => {
    await standIn.faults([{ target: 'DynamoDB_20120810.*', names: ['denied'], error: 'AccessDeniedException', message: 'no' }]);
    const { failure } = await bake({
      GONE: 'credstash::gone',
      VERSION: 'credstash::db::7',
      TABLE: { credstash: 'db', table: 'no-table' },
      DENIED: 'credstash::denied',
    });
    assert.deepEqual(
      failure?.problems.map(({ code, message }) => `${code} ${message}`),
      [
        `SECRET_BAKER_SECRET_NOT_FOUND secret \`GONE\`: there is no credential \`gone\` in table \`credential-store\` in ${place}`,
        `SECRET_BAKER_VERSION_NOT_FOUND secret \`VERSION\`: credential \`db\` in table \`credential-store\` has no version \`7\` in ${place}`,
        `SECRET_BAKER_SECRET_NOT_FOUND secret \`TABLE\`: there is no DynamoDB table \`no-table\` in ${place}`,
        `SECRET_BAKER_ACCESS_DENIED secret \`DENIED\`: reading credential \`denied\` in table \`credential-store\` in ${place} is denied: no`,
      ],
    );
  });

  it('is asked again where it is throttled', async () => {
    await standIn.faults([{ target: 'DynamoDB_20120810.Query', error: 'ThrottlingException', times: 2 }]);
    assert.equal((await baked(['credstash::db'])).entries.db.version, '0000000000000000012');
  });
});

describe('Secrets Manager', () => {
  it('gives ARN and version, describes each secret once and reads no value', async () => {
    const { entries } = await baked({
      ALL: { secretsManager: 'prod/db' },
      FIELD: { secretsManager: 'prod/db', field: 'password' },
      BEFORE: { secretsManager: 'prod/db', versionStage: 'AWSPREVIOUS' },
    });
    assert.deepEqual(await called(), ['secretsmanager:DescribeSecret']);
    const { source, arn, versionId } = entries.ALL;
    assert.equal(source, 'secretsManager');
    assert.match(arn, new RegExp(`^arn:aws:secretsmanager:${region}:${account}:secret:prod/db-.{6}$`));
    assert.deepEqual(entries.FIELD, { source, arn, versionId, field: 'password' });
    assert.deepEqual(await stagesOf(versionId), ['AWSCURRENT']);
    assert.deepEqual(await stagesOf(entries.BEFORE.versionId), ['AWSPREVIOUS']);
  });

  it('hangs the label of the deployment on the version, and moves it with the next one', async () => {
    const config = (/** @type {string} */ versionStage) => ({ A: { secretsManager: 'prod/db', versionStage, label: true } });
    const first = await baked(config('AWSPREVIOUS'), { label: LABEL });
    assert.deepEqual(first.notices, ['secret `A`: the version of `prod/db` that is baked is not AWSCURRENT']);
    assert.deepEqual(await stagesOf(first.entries.A.versionId), ['AWSPREVIOUS', LABEL]);
    const second = await baked(config('AWSCURRENT'), { label: LABEL });
    assert.deepEqual(await stagesOf(second.entries.A.versionId), ['AWSCURRENT', LABEL]);
    assert.deepEqual(await stagesOf(first.entries.A.versionId), ['AWSPREVIOUS']);
    await standIn.reset();
    await baked(config('AWSCURRENT'), { label: LABEL });
    await baked(config('AWSPREVIOUS'));
    assert.deepEqual(await called(), ['secretsmanager:DescribeSecret', 'secretsmanager:DescribeSecret']);
  });

  it('tells what there is not and what is denied, with region and account', async () => {
    await standIn.faults([{ target: 'secretsmanager.*', names: ['denied'], error: 'AccessDeniedException', message: 'no' }]);
    const { failure } = await bake({
      GONE: { secretsManager: 'gone' },
      STAGE: { secretsManager: 'prod/db', versionStage: 'none' },
      DENIED: { secretsManager: 'denied' },
    });
    assert.deepEqual(
      failure?.problems.map(({ code, message }) => `${code} ${message.split(';')[0]}`),
      [
        `SECRET_BAKER_SECRET_NOT_FOUND secret \`GONE\`: Secrets Manager in ${place} has no secret \`gone\``,
        `SECRET_BAKER_VERSION_NOT_FOUND secret \`STAGE\`: \`prod/db\` in ${place} has no version with the staging label \`none\``,
        `SECRET_BAKER_ACCESS_DENIED secret \`DENIED\`: describing \`denied\` in ${place} is denied: no`,
      ],
    );
    assert.match(String(failure?.message), /allow `secretsmanager:DescribeSecret` on this secret to the role that deploys/);
  });
});

it('all sources of a config are asked side by side, and all that fails is told at once', async () => {
  await standIn.putSecret('/stores/a', 'value');
  const { entries } = await baked({ P: '/stores/a', C: 'credstash::db', S: { secretsManager: 'prod/db' } });
  assert.deepEqual(Object.keys(entries), ['P', 'C', 'S']);
  const { failure } = await bake({ P: '/stores/b', C: 'credstash::no', S: { secretsManager: 'no' } });
  assert.deepEqual(
    failure?.problems.map(({ place }) => place),
    ['custom.secretBaker.P', 'custom.secretBaker.C', 'custom.secretBaker.S'],
  );
});
