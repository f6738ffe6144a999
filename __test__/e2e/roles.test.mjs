// `secretBakerOptions.iam`: the roles that real frameworks make let functions open what they carry, and nothing else.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { account, region, startStandIn } from '../aws/stand-in.mjs';
import { frameworks, plainWith } from './harness.mjs';

/** @import { StandIn } from '../aws/stand-in.mjs' */
/** @import { Service } from './harness.mjs' */

const provider = { name: 'aws', runtime: 'nodejs20.x', region };
const custom = { secretBaker: { ONE: '/roles/one', TWO: '/roles/two' }, secretBakerOptions: { iam: true } };
const hello = { handler: 'handler.hello' };
const arn = (/** @type {string} */ name) => `arn:aws:ssm:${region}:${account}:parameter/roles/${name}`;

/**
 * The statements of a role that are ours.
 * @param {Service} service
 * @param {string} role its logical id
 * @returns {any[]}
 */
function statementsOf(service, role) {
  const template = readFileSync(join(service.dir, '.serverless/cloudformation-template-update-stack.json'), 'utf8');
  const { Policies } = JSON.parse(template).Resources[role].Properties;
  const all = /** @type {any[]} */ (Policies[0].PolicyDocument.Statement);
  const sids = all.flatMap(({ Sid }) => Sid ?? []);
  assert.equal(new Set(sids).size, sids.length, 'each Sid once');
  return all.filter(({ Sid }) => Sid?.startsWith('SecretBaker'));
}

describe('secretBakerOptions.iam', () => {
  /** @type {StandIn} */
  let standIn;
  /** @type {string} */
  let key;
  before(async () => {
    standIn = await startStandIn();
    const { KeyMetadata } = await standIn.kms('CreateKey', {});
    key = KeyMetadata.Arn;
    for (const name of ['one', 'two']) await standIn.putSecret(`/roles/${name}`, name, { keyId: key });
  });
  after(() => standIn.stop());

  /** @param {Service} service */
  async function packaged(service) {
    const { code, output } = await service.run(['package'], { env: { AWS_ENDPOINT_URL: standIn.endpoint } });
    assert.equal(code, 0, output);
    return output;
  }

  /** @param {string} sid @param {string[]} names */
  const opens = (sid, ...names) => ({
    Sid: sid,
    Effect: 'Allow',
    Action: 'kms:Decrypt',
    Resource: key,
    Condition: {
      StringEquals: { 'kms:EncryptionContext:PARAMETER_ARN': names.length > 1 ? names.map(arn) : arn(names[0] ?? '') },
    },
  });

  for (const framework of frameworks) {
    it(`gives the role that ${framework} makes what all functions carry, beside the user's statements`, async (t) => {
      const own = { Sid: 'Mine', Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::x/*' };
      const service = plainWith(t, framework, {
        provider: { ...provider, iam: { role: { statements: [own] } } },
        custom,
        functions: { hello, other: { ...hello, secretBaker: [] } },
        package: { individually: true },
      });
      await packaged(service);
      assert.deepEqual(statementsOf(service, 'IamRoleLambdaExecution'), [opens('SecretBakerOpenParameters', 'one', 'two')]);
    });
  }

  it('leaves a role that is made elsewhere, and says so', async (t) => {
    const role = `arn:aws:iam::${account}:role/mine`;
    const service = plainWith(t, 'v3', { provider: { ...provider, iam: { role } }, custom });
    assert.match(await packaged(service), /provider\.iam\.role is a role of your own, and is left as it is/);
  });

  it('gives each function of serverless-iam-roles-per-function what it carries', async (t) => {
    const iamRoleStatements = /** @type {object[]} */ ([]);
    const functions = {
      one: { ...hello, secretBaker: ['ONE'], iamRoleStatements },
      both: { ...hello, iamRoleStatements, iamRoleStatementsInherit: true },
      shared: { ...hello, secretBaker: ['TWO'] },
    };
    const plugins = ['./.point-at-stand-in.js', 'serverless-iam-roles-per-function', 'serverless-secret-baker'];
    const service = plainWith(t, 'v3', { provider, custom, functions, plugins, package: { individually: true } });
    await packaged(service);
    assert.deepEqual(statementsOf(service, 'OneIamRoleLambdaExecution'), [opens('SecretBakerOpenParametersOfone', 'one')]);
    const inherited = opens('SecretBakerOpenParameters', 'two');
    const both = [inherited, opens('SecretBakerOpenParametersOfboth', 'one', 'two')];
    assert.deepEqual(statementsOf(service, 'BothIamRoleLambdaExecution'), both);
    assert.deepEqual(statementsOf(service, 'IamRoleLambdaExecution'), [inherited]);
  });

  it('packages nothing where a key cannot be told', async (t) => {
    const aliased = await standIn.createKey();
    await standIn.kms('CreateAlias', { AliasName: 'alias/roles', TargetKeyId: aliased });
    await standIn.putSecret('/roles/aliased', 'x', { keyId: 'alias/roles' });
    await standIn.faults([{ target: 'TrentService.DescribeKey', error: 'AccessDeniedException' }]);
    t.after(() => standIn.faults());
    const service = plainWith(t, 'v3', { custom: { ...custom, secretBaker: ['/roles/aliased'] } });
    const { code, output } = await service.run(['package'], { env: { AWS_ENDPOINT_URL: standIn.endpoint } });
    assert.equal(code, 1, output);
    assert.match(output, /the key of `\/roles\/aliased` cannot be told: kms:DescribeKey says: [\s\S]*allow kms:DescribeKey/);
  });
});
