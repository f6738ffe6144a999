// A deploy's preflight: what would fail, and what nobody could look at, is told; nothing is written.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { account, region, startStandIn } from '../aws/stand-in.mjs';
import { Keeper } from '../e2e/sealing.mjs';
import { LOCK, locked } from './locked-service.mjs';
import { assertAsDocumented } from './pages.mjs';
import { Commands } from './ways.mjs';

/** @import { StandIn } from '../aws/stand-in.mjs' */

/** @type {StandIn} */
let standIn;
before(async () => {
  standIn = await startStandIn();
  const keeper = await Keeper.of(standIn);
  await keeper.createTable();
  await keeper.putCredential('once', 'never shown');
});
after(() => standIn?.stop());

const arnOf = (/** @type {string} */ path) => `arn:aws:ssm:${region}:${account}:parameter${path}`;

/**
 * @param {any} value
 * @param {string} name
 */
const secretOf = (value, name) => value.secrets.find((/** @type {any} */ secret) => secret.name === name);

/**
 * @param {any} value
 * @param {string} name
 */
const told = (value, name) => secretOf(value, name).findings.map((/** @type {any} */ { level, code }) => `${level} ${code}`);

for (const way of /** @type {const} */ (['program', 'v3'])) {
  describe(`check, by ${way}`, () => {
    /**
     * @param {import('node:test').TestContext} t
     * @param {string} prefix of its own
     * @param {string[]} names
     */
    const commands = (t, prefix, names) => {
      const secrets = names.map((name) => ({ name: name.replace(/:.*/, ''), path: `/${way}/${prefix}/${name}` }));
      return new Commands(t, way, standIn, { secrets });
    };
    const put = (/** @type {string} */ path, /** @type {object} */ kept = {}) =>
      standIn.putSecret(`/${way}/${path}`, 'never shown', kept);

    it('is fine where everything is, and changes nothing', async (t) => {
      await put('fine/A');
      await standIn.secretsManager('CreateSecret', { Name: `${way}-fine`, SecretString: 'never shown' });
      const secrets = [
        { name: 'A', path: `/${way}/fine/A` },
        { name: 'B', secretsManager: `${way}-fine`, label: true },
      ];
      const service = new Commands(t, way, standIn, { secrets });
      await standIn.reset();
      const { code, value, stderr } = await service.json(['check']);
      assert.equal(code, 0, JSON.stringify(value));
      assert.equal(secretOf(value, 'A').level, 'fine');
      assert.equal(secretOf(value, 'A').tier, 'Standard');
      assertAsDocumented('check', value);
      assert.match(stderr, /no role of a function is known/);
      const actions = (await standIn.calls()).map((call) => call.action ?? '');
      assert.ok(actions.includes('GetParameters'));
      assert.deepEqual(
        actions.filter((action) => /^(Put|Update|Create|Delete|Label|Tag)/.test(action)),
        [],
      );
    });

    it('tells all that is wrong at once', async (t) => {
      await put('wrong/PLAIN', { type: 'String' });
      await put('wrong/AWSKEY', { keyId: 'alias/aws/ssm' });
      const keyId = await standIn.createKey();
      await put('wrong/DISABLED', { keyId });
      await standIn.kms('DisableKey', { KeyId: keyId });
      const service = commands(t, 'wrong', ['MISSING', 'PLAIN', 'AWSKEY', 'DISABLED']);
      const { code, value } = await service.json(['check']);
      assert.equal(code, 1);
      assert.deepEqual(told(value, 'MISSING'), ['problem SECRET_BAKER_PARAMETER_NOT_FOUND']);
      assert.deepEqual(told(value, 'PLAIN'), ['problem SECRET_BAKER_NOT_ENCRYPTED']);
      assert.deepEqual(told(value, 'AWSKEY'), ['problem SECRET_BAKER_KEY_UNUSABLE']);
      assert.deepEqual(told(value, 'DISABLED'), ['problem SECRET_BAKER_KEY_UNUSABLE']);
      assert.match(secretOf(value, 'DISABLED').findings[0].message, /Disabled/);
      for (const { findings } of value.secrets) assert.ok(findings[0].hint, JSON.stringify(findings));
      assert.ok(!JSON.stringify(value).includes('never shown'));
    });

    it('says what it could not look at, and never passes it', async (t) => {
      await put('unknown/A');
      await standIn.faults([{ target: 'TrentService.DescribeKey', error: 'AccessDeniedException' }]);
      const service = commands(t, 'unknown', ['A']);
      const { code, value } = await service.json(['check']);
      await standIn.faults();
      assert.equal(code, 0);
      assert.deepEqual(told(value, 'A'), ['unchecked SECRET_BAKER_ACCESS_DENIED']);
      assert.match(secretOf(value, 'A').findings[0].message, /^not checked: .*kms:DescribeKey/);
    });

    it('warns of a pin that is soon dropped', async (t) => {
      await put('old/A');
      for (let version = 2; version <= 92; version += 1) await put('old/A', { keyId: undefined });
      const service = new Commands(t, way, standIn, { secrets: [{ name: 'A', path: `/${way}/old/A:1` }] });
      const { code, value } = await service.json(['check']);
      assert.deepEqual(told(value, 'A'), ['warning SECRET_BAKER_VERSION_NOT_FOUND']);
      assert.equal(code, 0);
    });

    it('tells whether a role may open what is sealed, under its context', async (t) => {
      await put('role/A');
      await put('role/B');
      const allow = (/** @type {string} */ path) => ({
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: '*',
        Condition: { StringEquals: { 'kms:EncryptionContext:PARAMETER_ARN': arnOf(path) } },
      });
      const both = await standIn.createRole(`${way}-both`, [allow(`/${way}/role/A`), allow(`/${way}/role/B`)]);
      await standIn.createRole(`${way}-one`, [allow(`/${way}/role/A`)]);
      const service = commands(t, 'role', ['A', 'B']);
      const fine = await service.json(['check', '--role', both]);
      assert.deepEqual([fine.code, fine.value.roles], [0, [both]], JSON.stringify(fine.value));
      const { code, value } = await service.json(['check', '--role', `${way}-one`]);
      assert.equal(code, 1);
      assert.deepEqual([told(value, 'A'), told(value, 'B')], [[], ['problem SECRET_BAKER_ACCESS_DENIED']]);
      assert.match(secretOf(value, 'B').findings[0].hint, /allow kms:Decrypt on arn:aws:kms:/);
      const nobody = await service.json(['check', '--role', `arn:aws:iam::${account}:role/${way}-nobody`]);
      assert.equal(nobody.code, 1);
      assert.match(secretOf(nobody.value, 'A').findings[0].message, /there is no role/);
    });

    it('asks IAM for all keys at once, and takes no answer for that of another key', async (t) => {
      const [open, closed] = [await standIn.createKey(), await standIn.createKey()];
      await put('keys/A', { keyId: open });
      await put('keys/B', { keyId: closed });
      const on = `arn:aws:kms:${region}:${account}:key/${open}`;
      const role = await standIn.createRole(`${way}-keys`, [{ Effect: 'Allow', Action: 'kms:Decrypt', Resource: on }]);
      const { value } = await commands(t, 'keys', ['A', 'B']).json(['check', '--role', role]);
      assert.deepEqual([told(value, 'A'), told(value, 'B')], [[], ['problem SECRET_BAKER_ACCESS_DENIED']]);
      assert.match(secretOf(value, 'B').findings[0].message, /no policy of the role allows kms:Decrypt on/);
    });

    it("looks at the keys' own policies, which can shut a role out", async (t) => {
      const document = (/** @type {object} */ principal) => ({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: principal, Action: 'kms:*', Resource: '*' }],
      });
      const role = await standIn.createRole(`${way}-shut`, [{ Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*' }]);
      const admin = { AWS: `arn:aws:iam::${account}:user/admin` };
      const [shut, granted, named] = await Promise.all([standIn.createKey(), standIn.createKey(), standIn.createKey()]);
      for (const [name, keyId, policy] of /** @type {const} */ ([
        ['SHUT', shut, document(admin)],
        ['GRANTED', granted, document(admin)],
        ['NAMED', named, document({ AWS: role })],
      ])) {
        await put(`shut/${name}`, { keyId });
        await standIn.kms('PutKeyPolicy', { KeyId: keyId, PolicyName: 'default', Policy: JSON.stringify(policy) });
      }
      await standIn.kms('CreateGrant', { KeyId: granted, GranteePrincipal: role, Operations: ['Decrypt'] });
      const service = commands(t, 'shut', ['SHUT', 'GRANTED', 'NAMED']);
      const { code, value } = await service.json(['check', '--role', role]);
      assert.equal(code, 1, JSON.stringify(value));
      assert.deepEqual(told(value, 'SHUT'), ['problem SECRET_BAKER_ACCESS_DENIED']);
      assert.match(secretOf(value, 'SHUT').findings[0].message, /lets neither this role nor the policies of its account/);
      assert.deepEqual([told(value, 'GRANTED'), told(value, 'NAMED')], [[], []]);

      await standIn.faults([{ target: 'TrentService.GetKeyPolicy', error: 'AccessDeniedException' }]);
      t.after(() => standIn.faults());
      const denied = await service.json(['check', '--role', role]);
      assert.deepEqual(told(denied.value, 'NAMED'), ['unchecked SECRET_BAKER_ACCESS_DENIED']);
      assert.match(secretOf(denied.value, 'NAMED').findings[0].message, /^not checked: .*kms:GetKeyPolicy/);
    });

    it('refuses what is no role, and says what is', async (t) => {
      const service = commands(t, 'norole', ['A']);
      for (const [role, says] of /** @type {const} */ ([
        [`arn:aws:sts::${account}:assumed-role/api/me`, `arn:aws:iam::${account}:role/api`],
        [`arn:aws:iam::${account}:user/me`, 'not the ARN of a role'],
        ['a role', "neither a role's name nor its ARN"],
      ])) {
        const { code, stderr, stdout } = await service.run(['check', '--role', role]);
        assert.equal(code, 2, stdout + stderr);
        assert(stderr.includes(says), stderr);
      }
    });

    it('asks for each secret once, as a bake does', async (t) => {
      await standIn.secretsManager('CreateSecret', { Name: `${way}-once`, SecretString: 'never shown' });
      const names = Array.from({ length: 25 }, (_, index) => `P${index}`);
      for (const name of names) await put(`once/${name}`);
      const secrets = [
        ...names.map((name) => ({ name, path: `/${way}/once/${name}` })),
        { name: 'S', secretsManager: `${way}-once` },
        { name: 'C', credstash: 'once' },
      ];
      const service = new Commands(t, way, standIn, { secrets });
      await standIn.reset();
      const { code, value } = await service.json(['check']);
      assert.equal(code, 0, JSON.stringify(value));
      const actions = (await standIn.calls()).map((call) => call.action);
      const count = (/** @type {string} */ action) => actions.filter((one) => one === action).length;
      const counts = ['GetParameters', 'DescribeSecret', 'Query', 'DescribeParameters', 'DescribeKey', 'ListAliases'].map(count);
      assert.deepEqual(counts, [3, 1, 1, 1, 2, 2]);
    });

    it('says that nothing tells the key of a credential of credstash', async (t) => {
      const role = await standIn.createRole(`${way}-credstash`, [{ Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*' }]);
      const service = new Commands(t, way, standIn, { secrets: [{ name: 'C', credstash: 'once' }] });
      const { code, value } = await service.json(['check', '--role', role]);
      assert.equal(code, 1, JSON.stringify(value));
      assert.deepEqual(told(value, 'C'), ['unchecked SECRET_BAKER_ACCESS_DENIED']);
      const [{ message, hint }] = secretOf(value, 'C').findings;
      assert.match(message, /nothing tells under which key it is/);
      assert.equal(hint, `run this check as ${role}`);
    });

    it('is no success where a role that was named could not be looked at', async (t) => {
      await put('denied/A');
      const role = await standIn.createRole(`${way}-denied`, [{ Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*' }]);
      await standIn.faults([{ target: 'POST /', error: 'AccessDenied', status: 403 }]);
      const service = commands(t, 'denied', ['A']);
      const { code, value } = await service.json(['check', '--role', role]);
      await standIn.faults();
      assert.deepEqual(told(value, 'A'), ['unchecked SECRET_BAKER_ACCESS_DENIED']);
      assert.match(secretOf(value, 'A').findings[0].message, /iam:SimulatePrincipalPolicy/);
      assert.equal(code, 1);
    });

    it('prints a line for each secret and each finding in a pipe', async (t) => {
      await put('pipe/A');
      const { code, stdout } = await commands(t, 'pipe', ['A', 'B']).run(['check']);
      const lines = stdout
        .trim()
        .split('\n')
        .map((line) => line.split('\t'));
      assert.deepEqual(
        lines.map(([level, name]) => [level, name]),
        [
          ['fine', 'A'],
          ['problem', 'B'],
          ['problem', 'B'],
        ],
      );
      assert.equal(lines[2]?.[2], 'SECRET_BAKER_PARAMETER_NOT_FOUND');
      assert.equal(code, 1);
    });

    it('asks again where AWS throttles', async (t) => {
      await put('slow/A');
      await standIn.faults([{ target: 'TrentService.DescribeKey', error: 'ThrottlingException', times: 2 }]);
      const { code, value } = await commands(t, 'slow', ['A']).json(['check']);
      await standIn.faults();
      assert.deepEqual([code, told(value, 'A')], [0, []]);
    });

    it('fails where AWS cannot be reached at all', async (t) => {
      const service = new Commands(t, way, undefined, { secrets: [{ name: 'A', path: '/no/aws' }] });
      const { code, value } = await service.json(['check']);
      assert.equal(value.failure.code, 'SECRET_BAKER_UNREACHABLE');
      assert.equal(code, 3);
    });
  });
}

for (const way of /** @type {const} */ (['program', 'v3'])) {
  describe(`check beside a lock, by ${way}`, () => {
    it('looks at what is locked, which is what deploys', async (t) => {
      const { commands, root } = await locked(t, standIn, { way });
      await standIn.putSecret(`${root}/a`, 'newer');
      const { code, value } = await commands.json(['check']);
      assert.equal(code, 0, JSON.stringify(value));
      const a = secretOf(value, 'A');
      assert.deepEqual([a.version, a.pin, a.locked, a.level], ['1', 'latest', true, 'warning']);
      assert.match(a.findings[0].message, /^version 1 is taken from the lock, and 2 is the latest$/);
      assert.match(a.findings[0].hint, /update A` takes what there is now/);
      assert.deepEqual([secretOf(value, 'B').level, secretOf(value, 'B').locked], ['fine', true]);
      assertAsDocumented('check', value);
    });

    it('finds no problem in what a bake needs no longer', async (t) => {
      const { commands, root } = await locked(t, standIn, { way });
      await standIn.ssm('DeleteParameter', { Name: `${root}/a` });
      await standIn.faults([{ target: 'AmazonSSM.GetParameter*', names: [`${root}/b`], error: 'AccessDeniedException' }]);
      t.after(() => standIn.faults());
      const { code, value } = await commands.json(['check']);
      assert.equal(code, 0, JSON.stringify(value));
      assert(told(value, 'A').includes('warning SECRET_BAKER_PARAMETER_NOT_FOUND'), JSON.stringify(value));
      assert(told(value, 'B').includes('unchecked SECRET_BAKER_ACCESS_DENIED'), JSON.stringify(value));
    });

    it('tells a ciphertext that its source does not have', async (t) => {
      const { commands, read } = await locked(t, standIn, { way, keys: ['a', 'b', 'c'] });
      const file = readdirSync(commands.dir).find((name) => name.startsWith('secret-baker.lock')) ?? LOCK;
      const lock = JSON.parse(read(file));
      lock.secrets.A.entry.ciphertext = lock.secrets.B.entry.ciphertext;
      commands.write({ [file]: JSON.stringify(lock) });
      const { value } = await commands.json(['check']);
      assert.deepEqual([told(value, 'A'), told(value, 'B')], [['warning SECRET_BAKER_UNKNOWN_CIPHERTEXT'], []]);
    });

    it('takes all below a path from the lock', async (t) => {
      const { commands, root } = await locked(t, standIn, { way, secrets: (root) => [`${root}/*`] });
      await standIn.putSecret(`${root}/c`, 'not locked');
      const { code, value } = await commands.json(['check']);
      assert.equal(code, 0, JSON.stringify(value));
      const all = value.secrets.map((/** @type {any} */ { name, locked, level }) => [name, locked, level]);
      assert.deepEqual(all, [
        ['a', true, 'fine'],
        ['b', true, 'fine'],
      ]);
    });

    it('tells that a frozen lock would have to change', async (t) => {
      const { commands, root } = await locked(t, standIn, { way, secrets: (root) => ({ A: `${root}/a` }) });
      const file = readdirSync(commands.dir).find((name) => name.startsWith('secret-baker.lock')) ?? LOCK;
      const lock = JSON.parse(readFileSync(join(commands.dir, file), 'utf8'));
      lock.secrets = {};
      commands.write({ [file]: JSON.stringify(lock) });
      const { code, value } = await commands.json(['check'], { env: { CI: 'true' } });
      assert.equal(code, 1, JSON.stringify(value));
      assert(JSON.stringify(value.findings).includes('is not locked'), `${root}: ${JSON.stringify(value)}`);
    });
  });
}

describe('check, in a terminal', () => {
  it('shows a table, and what is wrong below it', async (t) => {
    const service = new Commands(t, 'program', standIn, { secrets: [{ name: 'GONE', path: '/terminal/gone' }] });
    const { code, output } = await service.inTerminal(['check'], []);
    assert.match(output, /NAME\s[^\n]*SOURCE\s[^\n]*VERSION/);
    assert.match(output, /problem: GONE: /);
    assert.equal(code, 1);
  });
});
