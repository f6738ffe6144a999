'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { fakeService } = require('./fake-serverless.js');

const PER_FUNCTION = ['serverless-iam-roles-per-function'];
const LEFT = 'is a role of your own, and is left as it is: `serverless secret-baker iam --role function` prints what it needs';

/** @param {string} sid @param {string} on */
const statement = (sid, on) => ({ Sid: sid, Effect: 'Allow', Action: 'kms:Decrypt', Resource: on });

/**
 * Packages a service up to where the framework makes its roles.
 * @param {import('node:test').TestContext} t
 * @param {Record<string, any>} service
 * @param {object} [core] what it answers
 * @param {unknown} [iam]
 */
const packaged = async (t, service, core = {}, iam = true) => {
  const fake = fakeService({ custom: { secretBaker: ['A', 'B'], secretBakerOptions: { iam } }, service, core });
  t.after(fake.remove);
  await fake.run('before:package:cleanup', 'after:package:cleanup');
  const { provider, functions } = fake.serverless.service;
  return { provider: /** @type {any} */ (provider), functions: /** @type {any} */ (functions), fake };
};

test('after:package:cleanup: without iam: true no role is touched and nothing is asked', async (t) => {
  for (const iam of [false, 'false', undefined]) {
    const { provider, fake } = await packaged(t, { functions: { one: {} } }, {}, iam ?? false);
    assert.deepEqual([provider, fake.core.roles], [{}, []]);
  }
});

test('after:package:cleanup: the role of the service gets what all its functions carry together', async (t) => {
  const functions = { one: { secretBaker: ['A'] }, two: { secretBaker: ['B', 'A'] }, none: { secretBaker: [] } };
  const { provider } = await packaged(t, { functions });
  assert.deepEqual(provider, { iam: { role: { statements: [statement('SecretBakerOpen', 'A,B')] } } });
});

test('after:package:cleanup: one function that carries all makes it all', async (t) => {
  const { provider } = await packaged(t, { functions: { one: { secretBaker: ['A'] }, two: {} } });
  assert.deepEqual(provider.iam.role.statements, [statement('SecretBakerOpen', 'all')]);
});

test("after:package:cleanup: the user's own statements stay before ours, in either spelling", async (t) => {
  const own = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'x' };
  const ours = statement('SecretBakerOpen', 'all');
  const newer = await packaged(t, { functions: { one: {} }, provider: { iam: { role: { name: 'mine', statements: [own] } } } });
  assert.deepEqual(newer.provider, { iam: { role: { name: 'mine', statements: [own, ours] } } });
  const older = await packaged(t, { functions: { one: {} }, provider: { iamRoleStatements: [own] } });
  assert.deepEqual(older.provider, { iamRoleStatements: [own, ours] });
});

for (const [place, provider] of /** @type {[string, object][]} */ ([
  ['provider.role', { role: 'arn:aws:iam::123456789012:role/mine' }],
  ['provider.iam.role', { iam: { role: 'arn:aws:iam::123456789012:role/mine' } }],
  ['provider.iam.role', { iam: { role: { 'Fn::GetAtt': ['Mine', 'Arn'] } } }],
])) {
  test(`after:package:cleanup: ${place} that is made elsewhere is told and left: ${JSON.stringify(provider)}`, async (t) => {
    const given = structuredClone(provider);
    const { provider: after, fake } = await packaged(t, { functions: { one: {}, two: {} }, provider });
    assert.deepEqual(after, given);
    const told = fake.log.lines.filter((line) => line.includes('left as it is'));
    assert.deepEqual(told, [`notice: secret-baker: ${place} ${LEFT}`]);
    assert.deepEqual(fake.core.roles, []);
  });
}

test('after:package:cleanup: statements that are no list are told and left', async (t) => {
  const statements = { 'Fn::If': ['IsProd', [], []] };
  for (const [place, provider] of /** @type {[string, object][]} */ ([
    ['provider.iam.role.statements', { iam: { role: { statements } } }],
    ['provider.iamRoleStatements', { iamRoleStatements: statements }],
  ])) {
    const given = structuredClone(provider);
    const { provider: after, fake } = await packaged(t, { functions: { one: {} }, provider });
    assert.deepEqual(after, given);
    assert(fake.log.lines.some((line) => line.includes(`${place} is no list of statements, and is left as it is`)));
  }
  const functions = { one: { iamRoleStatements: statements } };
  const { functions: after, fake } = await packaged(t, { functions, plugins: PER_FUNCTION });
  assert.deepEqual(after.one.iamRoleStatements, statements);
  assert(fake.log.lines.some((line) => line.includes('functions.one.iamRoleStatements is no list of statements')));
});

test("after:package:cleanup: a function's own role is told and left", async (t) => {
  const { provider, fake } = await packaged(t, { functions: { one: { role: 'Mine' }, two: { secretBaker: ['A'] } } });
  assert.deepEqual(provider.iam.role.statements, [statement('SecretBakerOpen', 'A')]);
  assert(fake.log.lines.includes(`notice: secret-baker: functions.one.role ${LEFT}`));
});

test('after:package:cleanup: serverless-iam-roles-per-function gets each function its own, beside what it has', async (t) => {
  const own = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'x' };
  const functions = {
    one: { secretBaker: ['A'], iamRoleStatements: [own] },
    'the-two': { secretBaker: ['B'], iamRoleStatements: null },
    shared: { secretBaker: ['B'] },
    none: { secretBaker: [], iamRoleStatements: [] },
  };
  const after = await packaged(t, { functions, plugins: PER_FUNCTION });
  assert.deepEqual(after.functions.one.iamRoleStatements, [own, statement('SecretBakerOpenOfone', 'A')]);
  assert.deepEqual(after.functions['the-two'].iamRoleStatements, [statement('SecretBakerOpenOfthetwo', 'B')]);
  assert.deepEqual(after.functions.none.iamRoleStatements, []);
  assert.deepEqual(after.provider.iam.role.statements, [statement('SecretBakerOpen', 'B')]);
  assert.equal('iamRoleStatements' in after.functions.shared, false);
});

test("after:package:cleanup: iamRoleStatements without that plugin are nobody's", async (t) => {
  const { provider, functions } = await packaged(t, { functions: { one: { iamRoleStatements: [] } } });
  assert.deepEqual([functions.one.iamRoleStatements, provider.iam.role.statements.length], [[], 1]);
});

test('after:package:cleanup: what is not certain is told, and what cannot be told stops the deploy', async (t) => {
  const { fake } = await packaged(t, { functions: { one: {} } });
  assert(fake.log.lines.includes('notice: secret-baker: something is not certain'));
  const untold = { code: 'SECRET_BAKER_ACCESS_DENIED', message: 'the key of `A` cannot be told' };
  await assert.rejects(packaged(t, { functions: { one: {} } }, { untold }), { code: untold.code, message: untold.message });
});
