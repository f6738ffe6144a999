// `list` on secrets of every source, against the stand-in.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startStandIn } from '../aws/stand-in.mjs';
import { Keeper } from '../e2e/sealing.mjs';
import { LOCK, locked, succeed } from './locked-service.mjs';
import { assertAsDocumented } from './pages.mjs';
import { Commands } from './ways.mjs';

/** @import { StandIn } from '../aws/stand-in.mjs' */
/** @import { Way } from './ways.mjs' */

const WAYS = /** @type {Way[]} */ (['program', 'v3']);
const VALUE = 'a value that nobody may see';
const ACCESS_DENIED = { error: 'AccessDeniedException', message: 'User: me is not authorized' };

/** @type {StandIn} */
let standIn;
/** @type {Keeper} */
let keeper;
before(async () => {
  standIn = await startStandIn();
  keeper = await Keeper.of(standIn);
  await standIn.kms('CreateAlias', { AliasName: 'alias/shop', TargetKeyId: keeper.key });
  await keeper.createTable();
});
after(() => standIn.stop());

/**
 * Puts one secret into each place, under names of their own.
 * @param {string} own
 */
async function everywhere(own) {
  for (let version = 1; version <= 3; version += 1) await standIn.putSecret(`/${own}/db`, VALUE, { keyId: keeper.key });
  await standIn.ssm('LabelParameterVersion', { Name: `/${own}/db`, ParameterVersion: 2, Labels: ['live'] });
  await standIn.putSecret(`/${own}/below/big`, VALUE, { keyId: keeper.key, tier: 'Advanced' });
  await keeper.putCredential(own, VALUE);
  await keeper.putCredential(own, VALUE, { version: 12 });
  const { VersionId } = await keeper.createSecret(own, VALUE);
  const { text, contents } = await keeper.kmsFile(VALUE, 'old.bin');
  const secrets = [
    { name: 'DB', path: `/${own}/db` },
    { name: 'OLD', path: `/${own}/db:1` },
    { name: 'LIVE', path: `/${own}/db:live` },
    `/${own}/below/*`,
    { name: 'CREDENTIAL', credstash: own, version: 1 },
    { name: 'TOKEN', secretsManager: own },
    { name: 'KMS', kms: await keeper.encrypt(VALUE), keyArn: keeper.key },
    { name: 'FILE', kmsfile: text },
    { name: 'SOPS', sops: 'prod.yaml', field: 'db.password' },
  ];
  const files = { 'old.bin': contents, 'prod.yaml': await keeper.sopsYaml({ db: { password: ['str', VALUE] } }) };
  return { secrets, files, VersionId };
}

/**
 * The cells of each line.
 * @param {string} stdout
 */
const cells = (stdout) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));

for (const way of WAYS) {
  describe(`list, by ${way}`, () => {
    it('tells of secrets of every source where, which version, how old, under which key, and who carries them', async (t) => {
      const own = `list-${way}`;
      const { secrets, files, VersionId } = await everywhere(own);
      const functions = { web: {}, job: { secrets: ['DB', 'big'] } };
      const commands = new Commands(t, way, standIn, { secrets, functions }, files);
      await standIn.reset();
      const { code, stdout, stderr } = await commands.run(['list']);
      assert.equal(code, 0, stderr);
      const told = cells(stdout).map(([name, source, path, pinned, latest, , key, tier, carriers]) =>
        [name, source, path, pinned, latest, key, tier, carriers].join(' '),
      );
      assert.deepEqual(told, [
        `DB path /${own}/db - 3 alias/shop Standard web,job`,
        `OLD path /${own}/db:1 1 3 alias/shop Standard web`,
        `LIVE path /${own}/db:live live=2 3 alias/shop Standard web`,
        `big path /${own}/below/big - 1 alias/shop Advanced web,job`,
        `CREDENTIAL credstash credstash::${own} 1 12 - - web`,
        `TOKEN secretsManager ${own} - ${VersionId} alias/shop - web`,
        `KMS kms ${keeper.key} - - alias/shop - web`,
        'FILE kmsfile old.bin - - alias/shop - web',
        'SOPS sops prod.yaml: db.password - - alias/shop - web',
      ]);
      for (const [name, , , , , age] of cells(stdout).slice(0, 4)) assert.match(age ?? '', /^\d+ (s|min)$/, name);
      assert.ok(!(stdout + stderr).includes(VALUE));
      const calls = await standIn.calls();
      assert.deepEqual(
        calls
          .filter(
            ({ action, withDecryption }) => withDecryption || ['GetSecretValue', 'Decrypt', 'GetItem'].includes(action ?? ''),
          )
          .map(({ action }) => action),
        ['GetItem'],
        'no value is asked for; of the credential of a version its number alone',
      );
      const json = await commands.json(['list']);
      assertAsDocumented('list', json.value);
      assert.deepEqual(json.value.secrets[1].pin, { kind: 'version', value: '1' });
      assert.equal(json.value.secrets[1].baked.id, '1');
      assert.deepEqual(json.value.secrets[5].baked.labels, ['AWSCURRENT']);
    });

    it('tells the history of one by --versions NAME, newest first, and which of them is baked', async (t) => {
      const own = `versions-${way}`;
      const { secrets, files } = await everywhere(own);
      const commands = new Commands(t, way, standIn, { secrets }, files);
      await standIn.reset();
      const { code, stdout, stderr } = await commands.run(['list', '--versions', 'LIVE']);
      assert.equal(code, 0, stderr);
      assert.deepEqual(
        cells(stdout).map(([name, version, baked, labels, , key]) => [name, version, baked, labels, key].join(' ')),
        ['LIVE 3 - - alias/shop', 'LIVE 2 baked live alias/shop', 'LIVE 1 - - alias/shop'],
      );
      for (const [, , , , written] of cells(stdout)) assert.match(written ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      const histories = (await standIn.calls()).filter(({ action }) => action === 'ListSecretVersionIds');
      assert.deepEqual(histories, [], 'nobody asked for the history of others');
      const all = await commands.json(['list', '--versions']);
      assertAsDocumented('list', all.value);
      /** @type {{name: string, versions: {id: string}[] | null}[]} */
      const told = all.value.secrets;
      const versions = Object.fromEntries(told.map(({ name, versions }) => [name, versions?.map(({ id }) => id) ?? null]));
      assert.deepEqual(versions.DB, ['3', '2', '1']);
      assert.deepEqual(versions.CREDENTIAL, ['12', '1']);
      assert.equal(versions.TOKEN?.length, 1);
      assert.equal(versions.SOPS, null);
    });

    it('tells which secret was meant by a name that is none, and asks for no more', async (t) => {
      const own = `named-${way}`;
      await standIn.putSecret(`/${own}/db`, VALUE, { keyId: keeper.key });
      const commands = new Commands(t, way, standIn, { secrets: { DB_PASSWORD: `/${own}/db` } });
      const { code, stdout, stderr } = await commands.run(['list', '--versions', 'DB_PASWORD']);
      assert.match(
        stderr,
        /there is no secret `DB_PASWORD`, did you mean `DB_PASSWORD`\?\n {2}hint: see which there are: .*secret-baker list/,
      );
      assert.equal(stdout, '');
      assert.equal(code, 2);
    });

    it('lists what is there beside what a bake would refuse, in its own words', async (t) => {
      const own = `refused-${way}`;
      await standIn.putSecret(`/${own}/db`, VALUE, { keyId: keeper.key });
      await standIn.putSecret(`/${own}/plain`, VALUE, { type: 'String' });
      const secrets = { DB: `/${own}/db`, GONE: `/${own}/gone`, PLAIN: `/${own}/plain`, FILE: { sops: 'none.yaml', field: 'a' } };
      const commands = new Commands(t, way, standIn, { secrets });
      const { code, stdout, stderr } = await commands.run(['list']);
      assert.equal(code, 1);
      assert.deepEqual(
        cells(stdout).map(([name, , , , latest]) => `${name} ${latest}`),
        ['DB 1', 'GONE -', 'PLAIN 1', 'FILE -'],
      );
      assert.match(stderr, /3 problems:/);
      assert.match(stderr, new RegExp(`there is no parameter \`/${own}/gone\``));
      assert.match(stderr, new RegExp(`parameter \`/${own}/plain\` .* is a String, which is not encrypted`));
      assert.ok(!(stdout + stderr).includes(VALUE));
      const { value } = await commands.json(['list']);
      assertAsDocumented('list', value);
      assert.equal(value.secrets[1].problem.code, 'SECRET_BAKER_PARAMETER_NOT_FOUND');
    });

    it('tells what it is denied as unknown, and by which action', async (t) => {
      const own = `denied-${way}`;
      for (let version = 1; version <= 2; version += 1) await standIn.putSecret(`/${own}/db`, VALUE, { keyId: keeper.key });
      const secrets = { DB: `/${own}/db`, OLD: `/${own}/db:1` };
      const commands = new Commands(t, way, standIn, { secrets });
      const denied = ['AmazonSSM.DescribeParameters', 'AmazonSSM.GetParameterHistory'];
      await standIn.faults(denied.map((target) => ({ target, ...ACCESS_DENIED })));
      t.after(() => standIn.faults());
      const { code, stdout, stderr } = await commands.run(['list']);
      assert.equal(code, 0, stderr);
      assert.deepEqual(
        cells(stdout).map(([name, , , pinned, latest, , key, tier]) => [name, pinned, latest, key, tier].join(' ')),
        ['DB - 2 ? ?', 'OLD 1 2 ? ?'],
      );
      assert.match(stderr, /\? no answer to ssm:DescribeParameters for 2 secrets: User: me is not authorized/);
      assert.match(stderr, /\? no answer to ssm:GetParameterHistory for secret `OLD`: User: me is not authorized/);
      const { value } = await commands.json(['list']);
      assert.deepEqual(value.unknown[0], {
        action: 'ssm:DescribeParameters',
        said: ACCESS_DENIED.message,
        secrets: ['DB', 'OLD'],
      });
      assertAsDocumented('list', value);

      await standIn.faults([{ target: 'AmazonSSM.GetParameter*', ...ACCESS_DENIED }]);
      const told = await commands.run(['list']);
      assert.equal(told.code, 0, told.stderr);
      assert.deepEqual(
        cells(told.stdout).map(([name, , , , latest, , key]) => `${name} ${latest} ${key}`),
        ['DB 2 alias/shop', 'OLD 2 alias/shop'],
        'its description tells of a parameter that may not be read',
      );
      assert.match(told.stderr, /\? no answer to ssm:GetParameter for 2 secrets/);
    });

    it('refuses a config and credentials that are wrong, and prints no list', async (t) => {
      const commands = new Commands(t, way, standIn, { secrets: ['/a/b', { nme: 'A', path: '/a' }] });
      const bad = await commands.run(['list']);
      assert.match(bad.stderr, /nme/);
      assert.deepEqual([bad.code, bad.stdout], [3, '']);
      await standIn.faults([{ error: 'ExpiredTokenException', message: 'it has expired' }]);
      t.after(() => standIn.faults());
      const expired = await new Commands(t, way, standIn, { secrets: ['/a/b'] }).json(['list']);
      assert.equal(expired.code, 3);
      assert.equal(expired.value.failure.code, 'SECRET_BAKER_CREDENTIALS');
    });
  });
}

describe('list with a lock', () => {
  it('tells the version that the lock has, which a bake takes, and a lock that cannot be used', async (t) => {
    const { commands, root } = await locked(t, standIn);
    await standIn.putSecret(`${root}/a`, 'newer');
    const { stdout } = await succeed(commands, ['list']);
    assert.deepEqual(
      cells(stdout).map((row) => [row[0], row[4], row.at(-1)]),
      [
        ['A', '2', '1'],
        ['B', '1', '1'],
      ],
    );
    const { stdout: versions } = await succeed(commands, ['list', '--versions', 'A']);
    assert.deepEqual(
      cells(versions).map(([, version, baked]) => [version, baked]),
      [
        ['2', '-'],
        ['1', 'baked'],
      ],
    );
    commands.write({ [LOCK]: '{}' });
    const { code, value, stderr } = await commands.json(['list']);
    assertAsDocumented('list', value);
    assert.deepEqual(
      value.secrets.map((/** @type {any} */ { locked }) => locked),
      [null, null],
    );
    assert.match(stderr, /secret-baker\.lock\.json is damaged: its `version` is not 1/);
    assert.equal(code, 1);
  });
});

describe('list of 300 secrets', () => {
  const names = Array.from({ length: 300 }, (_, number) => `/many/s${String(number).padStart(3, '0')}`);
  const service = { secrets: Object.fromEntries(names.map((name) => [name.slice(6), name])) };
  before(async () => {
    for (const name of names) await standIn.putSecret(name, VALUE, { keyId: keeper.key });
  });

  it('asks for ten versions and fifty descriptions a call, and each key once', async (t) => {
    const commands = new Commands(t, 'program', standIn, service);
    await standIn.reset();
    const { code, stdout, stderr } = await commands.run(['list']);
    assert.equal(code, 0, stderr);
    assert.equal(cells(stdout).length, 300);
    /** @type {Record<string, number>} */
    const counts = {};
    for (const { action } of await standIn.calls()) counts[action ?? ''] = (counts[action ?? ''] ?? 0) + 1;
    assert.deepEqual(counts, { GetParameters: 30, DescribeParameters: 6, DescribeKey: 1, ListAliases: 1 });
  });

  it('lists all though calls are throttled', async (t) => {
    const commands = new Commands(t, 'program', standIn, service);
    await standIn.reset();
    await standIn.faults([{ target: 'AmazonSSM.*', rate: 20, burst: 5 }]);
    t.after(() => standIn.faults());
    const { code, stdout, stderr } = await commands.run(['list']);
    assert.equal(code, 0, stderr);
    assert.equal(cells(stdout).length, 300);
    assert.ok((await standIn.calls()).some(({ error }) => error === 'ThrottlingException'));
  });

  it('shows how far it is in a terminal, which is as before when the user stops it', async (t) => {
    const commands = new Commands(t, 'program', standIn, service);
    await standIn.faults([{ target: 'AmazonSSM.*', latency_ms: 600 }]);
    t.after(() => standIn.faults());
    const { signal, output, echoes } = await commands.inTerminal(
      ['list'],
      [{ expect: 'asking for secrets (', signal: 'SIGINT' }],
    );
    assert.deepEqual([signal, echoes], [2, true]);
    assert.doesNotMatch(output, /s000/);
  });
});

it('refuses a word that it does not know', async (t) => {
  const { code, stdout, stderr } = await new Commands(t, 'program', standIn, { secrets: ['/a/b'] }).run(['list', 'DB']);
  assert.match(stderr, /unexpected argument 'DB'/);
  assert.deepEqual([code, stdout], [2, '']);
});

it('is a table in a terminal, without columns in which there is nothing, with colours unless NO_COLOR is set', async (t) => {
  await standIn.putSecret('/table/db', VALUE, { keyId: keeper.key });
  const { VersionId } = await keeper.createSecret('table', VALUE);
  const secrets = { DB: '/table/db', TOKEN: { secretsManager: 'table' } };
  const commands = new Commands(t, 'program', standIn, { secrets, functions: { a: {}, b: {}, c: {} } });
  const coloured = await commands.inTerminal(['list'], []);
  assert.equal(coloured.code, 0, coloured.output);
  assert.ok(coloured.output.includes('\u001b[1m'), coloured.output);
  const plain = await commands.inTerminal(['list'], [], { env: { NO_COLOR: '1' } });
  assert.ok(!plain.output.includes('\u001b[1m'), plain.output);
  const lines = plain.output.split('\n').map((line) => line.trim().split(/ {2,}/));
  assert.deepEqual(lines[0], ['NAME', 'SOURCE', 'PATH', 'LATEST', 'AGE', 'KEY', 'TIER', 'FUNCTIONS']);
  const row = (/** @type {string} */ name) => lines.find(([first]) => first === name)?.filter((_, at) => at !== 4);
  assert.deepEqual(row('DB'), ['DB', 'path', '/table/db', '1', 'alias/shop', 'Standard', 'all 3']);
  assert.equal(row('TOKEN')?.[3], `${VersionId.slice(0, 8)}…`);
});
