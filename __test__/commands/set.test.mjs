// What `set` writes, read back through the stand-in; and what of a value is seen: nothing.

import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { account, region, startStandIn } from '../aws/stand-in.mjs';
import { assertAsDocumented } from './pages.mjs';
import { Commands } from './ways.mjs';

/** @import { StandIn } from '../aws/stand-in.mjs' */

const VALUE = 'hunter2-not-to-be-seen';
/** @type {StandIn} */
let standIn;
before(async () => {
  standIn = await startStandIn();
});
after(() => standIn.stop());

/** @param {string} name */
const present = (name) => standIn.parameter(name);

/** @param {{stdout?: string, stderr?: string, output?: string}} ended */
const assertUnseen = ({ stdout = '', stderr = '', output = '' }) => assert.ok(!(stdout + stderr + output).includes(VALUE));

for (const way of /** @type {const} */ (['program', 'npm', 'v3'])) {
  describe(`set, by ${way}`, () => {
    it('writes a new version of a parameter under its key, and tells which pins still mean the old one', async (t) => {
      const path = `/set/${way}/db`;
      await standIn.putSecret(path, 'old');
      const commands = new Commands(t, way, standIn, { secrets: { DB: path, PINNED: `${path}:1` } });
      const { code, value, stderr } = await commands.json(['set', 'DB'], { input: `${VALUE}\n` });
      assert.equal(code, 0, stderr);
      const [{ done, version, stillPinned }] = value.secrets;
      assert.deepEqual({ done, version, pin: stillPinned[0].pin }, { done: 'changed', version: '2', pin: '1' });
      assert.match(stillPinned[0].place, /PINNED/);
      assertAsDocumented('set', value);
      assertUnseen({ stdout: JSON.stringify(value), stderr });
      const { Value, Type, Version } = await present(path);
      assert.deepEqual({ Value, Type, Version }, { Value: VALUE, Type: 'SecureString', Version: 2 });
    });

    it('asks twice in a terminal, and shows nothing', async (t) => {
      const path = `/set/${way}/asked`;
      await standIn.putSecret(path, 'old');
      const commands = new Commands(t, way, standIn, { secrets: { DB: path } });
      const ended = await commands.inTerminal(
        ['set', 'DB'],
        [
          { expect: 'Value of DB', send: `${VALUE}\r` },
          { expect: 'Once more', send: `${VALUE}\r` },
        ],
      );
      assert.deepEqual({ code: ended.code, echoes: ended.echoes }, { code: 0, echoes: true }, ended.output);
      assertUnseen(ended);
      assert.equal((await present(path)).Value, VALUE);
    });

    for (const [what, step] of /** @type {const} */ ([
      ['Ctrl-C', { send: '\u0003' }],
      ['SIGTERM', { signal: 'SIGTERM' }],
      ['SIGHUP', { signal: 'SIGHUP' }],
    ])) {
      it(`restores the terminal after ${what}, and writes nothing`, async (t) => {
        const path = `/set/${way}/${what}`;
        await standIn.putSecret(path, 'old');
        const commands = new Commands(t, way, standIn, { secrets: { DB: path } });
        const ended = await commands.inTerminal(['set', 'DB'], [{ expect: 'Value of DB', ...step }]);
        assert.deepEqual({ code: ended.code, echoes: ended.echoes }, { code: 3, echoes: true }, ended.output);
        assert.match(ended.output, /stopped: nothing was changed/);
        assert.equal((await present(path)).Value, 'old');
      });
    }
  });
}

describe('set', () => {
  it('creates a parameter under --key, labels it, and names --key where it is missing', async (t) => {
    const key = await standIn.createKey();
    const commands = new Commands(t, 'program', standIn, { secrets: { NEW: '/set/new' } });
    const refused = await commands.run(['set', 'NEW'], { input: VALUE });
    assert.equal(refused.code, 3);
    assert.match(refused.stderr, /nothing says under which KMS key[\s\S]*--key/);
    const { code, stderr } = await commands.run(['set', 'NEW', '--key', key, '--label', 'live'], { input: VALUE });
    assert.equal(code, 0, stderr);
    assert.equal((await present('/set/new:live')).Value, VALUE);
  });

  it('refuses keys of AWS, parameters in plain and values that are too long', async (t) => {
    await standIn.putSecret('/set/plain', 'x', { type: 'String' });
    const commands = new Commands(t, 'program', standIn, { secrets: { A: '/set/aws', P: '/set/plain' } });
    const aws = await commands.run(['set', 'A', '--key', 'alias/aws/ssm'], { input: VALUE });
    assert.match(aws.stderr, /`alias\/aws\/ssm` is managed by AWS/);
    const plain = await commands.run(['set', 'P'], { input: VALUE });
    assert.match(plain.stderr, /is a String, and its type is never changed/);
    const long = await commands.run(['set', 'A'], { input: 'x'.repeat(8193) });
    assert.match(long.stderr, /has 8193 bytes, and Parameter Store takes at most 8192/);
    assert.deepEqual([aws.code, plain.code, long.code], [3, 3, 3]);
  });

  it('takes no value from the command line, and does not repeat it', async (t) => {
    const commands = new Commands(t, 'program', standIn, { secrets: { DB: '/set/typed' } });
    for (const words of [['DB', VALUE], [`DB=${VALUE}`]]) {
      const ended = await commands.run(['set', ...words]);
      assert.equal(ended.code, 2);
      assert.match(ended.stderr, /never taken from the command line/);
      assertUnseen(ended);
    }
  });

  it('tells a name that there is not, a prefix, and an empty value', async (t) => {
    const commands = new Commands(t, 'program', standIn, { secrets: [{ name: 'DB_PASSWORD', path: '/set/x' }, '/set/all/*'] });
    const unknown = await commands.run(['set', 'DB_PASWORD'], { input: VALUE });
    assert.match(unknown.stderr, /no secret `DB_PASWORD`.*`DB_PASSWORD`/);
    const prefix = await commands.run(['set', '/set/all/*'], { input: VALUE });
    assert.match(prefix.stderr, /stands for all parameters below it/);
    const empty = await commands.run(['set', 'DB_PASSWORD']);
    assert.match(empty.stderr, /the value is empty/);
    assert.deepEqual([unknown.code, prefix.code, empty.code], [3, 3, 3]);
  });

  it('waits where it is throttled, and says what is denied without the words that repeat the value', async (t) => {
    await standIn.putSecret('/set/faults', 'old');
    const commands = new Commands(t, 'program', standIn, { secrets: { DB: '/set/faults' } });
    const rule = { target: 'AmazonSSM.PutParameter', names: ['/set/faults'] };
    await standIn.faults([{ ...rule, error: 'ThrottlingException', times: 2 }]);
    const throttled = await commands.run(['set', 'DB', '--generate'], {});
    assert.equal(throttled.code, 0, throttled.stderr);
    assert.match((await present('/set/faults')).Value, /^[\w-]{32}$/);
    await standIn.faults([{ ...rule, error: 'AccessDeniedException', message: `not ${VALUE}` }]);
    const denied = await commands.run(['set', 'DB'], { input: VALUE });
    await standIn.faults();
    assert.equal(denied.code, 3);
    assert.match(denied.stderr, /is denied[\s\S]*allow `ssm:PutParameter`/);
    assertUnseen(denied);
  });

  it('leaves what is the same, and fails where it may not look', async (t) => {
    await standIn.putSecret('/set/same', VALUE);
    const commands = new Commands(t, 'program', standIn, { secrets: { DB: '/set/same' } });
    const { value } = await commands.json(['set', 'DB', '--skip-unchanged'], { input: VALUE });
    assert.equal(value.secrets[0].done, 'unchanged');
    assert.equal((await present('/set/same')).Version, 1);
    await standIn.faults([{ target: 'AmazonSSM.GetParameter', names: ['/set/same'], error: 'AccessDeniedException' }]);
    const denied = await commands.run(['set', 'DB', '--skip-unchanged'], { input: 'new' });
    await standIn.faults();
    assert.equal(denied.code, 3);
    assert.match(denied.stderr, /whether the value is the same cannot be told/);
    assert.equal((await present('/set/same')).Version, 1);
  });

  it('creates a secret of Secrets Manager, and changes one field alone', async (t) => {
    const key = await standIn.createKey();
    const commands = new Commands(t, 'program', standIn, {
      secrets: { NEW: { secretsManager: 'set/new' }, FIELD: { secretsManager: 'set/json', field: 'password' } },
    });
    const created = await commands.run(['set', 'NEW', '--key', key], { input: VALUE });
    assert.equal(created.code, 0, created.stderr);
    assert.equal((await standIn.secretsManager('GetSecretValue', { SecretId: 'set/new' })).SecretString, VALUE);
    await standIn.secretsManager('CreateSecret', {
      Name: 'set/json',
      SecretString: '{"n": 1.10, "password":"old"}',
      KmsKeyId: key,
    });
    const changed = await commands.run(['set', 'FIELD'], { input: VALUE });
    assert.equal(changed.code, 0, changed.stderr);
    const { SecretString } = await standIn.secretsManager('GetSecretValue', { SecretId: 'set/json' });
    assert.equal(SecretString, `{"n": 1.10, "password":"${VALUE}"}`);
  });

  it('puts a new ciphertext into the config, comments and order kept', async (t) => {
    const key = await standIn.createKey();
    const arn = `arn:aws:kms:${region}:${account}:key/${key}`;
    const { CiphertextBlob: old } = await standIn.kms('Encrypt', {
      KeyId: key,
      Plaintext: Buffer.from('old').toString('base64'),
    });
    const text = `# ours\nsecrets:\n  # the token\n  TOKEN: { keyArn: "${arn}", kms: '${old}' } # kept\n`;
    const commands = new Commands(t, 'program', standIn, { secrets: {} }, { 'secret-baker.yml': text });
    const { code, stderr } = await commands.run(['set', 'TOKEN'], { input: VALUE });
    assert.equal(code, 0, stderr);
    const written = readFileSync(join(commands.dir, 'secret-baker.yml'), 'utf8');
    const [, blob] = /kms: '([^']+)'/.exec(written) ?? [];
    assert.equal(written, text.replace(old, blob ?? ''));
    const { Plaintext } = await standIn.kms('Decrypt', { CiphertextBlob: blob });
    assert.equal(Buffer.from(Plaintext, 'base64').toString(), VALUE);
  });

  it('sets many after a question, and is refused where nobody can be asked', async (t) => {
    await standIn.putSecret('/set/many/a', 'old');
    await standIn.putSecret('/set/many/b', 'old');
    const commands = new Commands(
      t,
      'program',
      standIn,
      { secrets: { A: '/set/many/a', B: '/set/many/b' } },
      { '.env': `A='${VALUE}'\nB=b\n` },
    );
    const refused = await commands.run(['set', '--env-file', '.env']);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /--yes/);
    assert.equal((await present('/set/many/a')).Value, 'old');
    await standIn.faults([{ target: 'AmazonSSM.PutParameter', names: ['/set/many/b'], error: 'AccessDeniedException' }]);
    const partly = await commands.run(['set', '--env-file', '.env', '--yes']);
    await standIn.faults();
    assert.equal(partly.code, 3);
    assert.match(partly.stderr, /written: A; not written: B/);
    assertUnseen(partly);
    const ended = await commands.inTerminal(['set', '--env-file', '.env'], [{ expect: 'Write 2 of them', send: 'y\r' }]);
    assert.equal(ended.code, 0, ended.output);
    assertUnseen(ended);
    assert.equal((await present('/set/many/b')).Value, 'b');
  });

  it('writes into a local file that git ignores, its comments and mode kept', async (t) => {
    const service = { secrets: { DB: '/set/local' }, options: { local: '.env' } };
    const commands = new Commands(t, 'program', undefined, service, {
      '.env': '# mine\nDB=old # this\n',
      '.gitignore': '.env\n',
    });
    const seen = await commands.run(['set', 'DB', '--local'], { input: VALUE });
    assert.equal(seen.code, 3);
    assert.match(seen.stderr, /git/);
    const { execFileSync } = await import('node:child_process');
    execFileSync('git', ['init', '-q'], { cwd: commands.dir });
    const { mode } = statSync(join(commands.dir, '.env'));
    const { code, stderr } = await commands.run(['set', 'DB', '--local'], { input: VALUE });
    assert.equal(code, 0, stderr);
    assert.equal(readFileSync(join(commands.dir, '.env'), 'utf8'), `# mine\nDB=${VALUE} # this\n`);
    assert.equal(statSync(join(commands.dir, '.env')).mode, mode);
  });
});
