// Opening one secret, by the caller's own rights.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { credentials, region, startStandIn } from '../aws/stand-in.mjs';
import { fail, locked, succeed } from './locked-service.mjs';
import { assertAsDocumented } from './pages.mjs';
import { Commands, PROGRAM } from './ways.mjs';

/** @import { StandIn } from '../aws/stand-in.mjs' */

/** @type {StandIn} */
let standIn;
before(async () => {
  standIn = await startStandIn();
});
after(() => standIn.stop());

let count = 0;

/**
 * @param {import('node:test').TestContext} t
 * @param {import('./ways.mjs').Way} way
 */
async function shop(t, way) {
  const folder = `/open-${process.pid}-${way}-${++count}`;
  await standIn.putSecret(`${folder}/db`, 'a value of the shop');
  await standIn.putSecret(`${folder}/other`, 'another');
  const commands = new Commands(t, way, standIn, { secrets: { DB_PASSWORD: `${folder}/db`, OTHER: `${folder}/other` } });
  return { commands, folder };
}

for (const way of /** @type {const} */ (['program', 'v3'])) {
  describe(`open, by ${way}`, () => {
    it('writes just the bytes into a pipe, and a line end in a terminal', async (t) => {
      const { commands } = await shop(t, way);
      const { code, stdout, stderr } = await commands.run(['open', 'DB_PASSWORD', '--reveal']);
      assert.equal(stdout, 'a value of the shop', stderr);
      assert.equal(code, 0);
      const shown = await commands.inTerminal(['open', 'DB_PASSWORD', '--reveal'], []);
      assert.match(shown.output, /a value of the shop\r\n/);
      assert.equal(shown.code, 0);
    });

    it('shows nothing without --reveal, and says what it would show', async (t) => {
      const { commands } = await shop(t, way);
      const { code, stdout, stderr } = await commands.run(['open', 'DB_PASSWORD']);
      assert.equal(stdout, '');
      assert.match(
        stderr,
        /this would write the value of one secret, in plain text, into a pipe or a file\n {2}hint: add --reveal/,
      );
      assert.equal(code, 2);
      const { output, code: ended } = await commands.inTerminal(['open', 'DB_PASSWORD'], []);
      assert.match(output, /in plain text, on this terminal/);
      assert.doesNotMatch(output, /a value/);
      assert.equal(ended, 2);
    });

    it('tells as JSON whether it opens, and the value only with --reveal', async (t) => {
      const { commands, folder } = await shop(t, way);
      const { value, code } = await commands.json(['open', 'DB_PASSWORD']);
      assertAsDocumented('open', value);
      assert.deepEqual(value, { name: 'DB_PASSWORD', version: '1', from: `${folder}/db`, lock: null });
      assert.equal(code, 0);
      const revealed = await commands.json(['open', 'DB_PASSWORD', '--reveal']);
      assert.equal(revealed.value.value, 'a value of the shop');
    });
  });
}

for (const way of /** @type {const} */ (['program', 'v3'])) {
  describe(`open with a lock, by ${way}`, () => {
    const lock = way === 'program' ? 'secret-baker.lock.json' : 'secret-baker.lock.dev.json';

    it('opens the version that is locked without a call to Parameter Store, and says so', async (t) => {
      const { commands, root } = await locked(t, standIn, { way });
      await standIn.putSecret(`${root}/a`, 'newer');
      const before = (await standIn.calls()).length;
      const { stdout, stderr } = await succeed(commands, ['open', 'A', '--reveal']);
      assert.equal(stdout, 'a ☃');
      assert.match(stderr, new RegExp(`1 secret is taken from ${lock.replaceAll('.', '\\.')}: A 1\n`));
      const { value } = await commands.json(['open', 'A']);
      assertAsDocumented('open', value);
      assert.deepEqual(value, { name: 'A', version: '1', from: `${root}/a`, lock });
      const services = (await standIn.calls()).slice(before).map(({ service }) => service);
      assert.deepEqual([...new Set(services)], ['kms']);
    });
  });
}

describe('open', () => {
  it('takes one of a prefix from the lock, and asks for what is not locked unless it is frozen', async (t) => {
    const secrets = (/** @type {string} */ root) => [{ path: `${root}/p/*` }, { name: 'X', path: `${root}/x` }];
    const { commands, root, read, asked } = await locked(t, standIn, { secrets, keys: ['p/a', 'p/b', 'x', 'y'] });
    await standIn.putSecret(`${root}/p/new`, 'later');
    commands.write({
      'secret-baker.yml': JSON.stringify({ secrets: [{ path: `${root}/p/*` }, { name: 'X', path: `${root}/y` }] }),
    });
    const [bytes, before] = [read(), (await asked()).length];
    assert.equal((await succeed(commands, ['open', 'b', '--reveal', '--frozen'])).stdout, 'p/b ☃');
    await fail(commands, ['open', 'new', '--reveal'], /there is no secret `new` in secrets/);
    await fail(commands, ['open', 'X', '--reveal', '--frozen'], /`X` is configured otherwise than it is locked, and/);
    assert.equal((await asked()).length, before);
    const { stdout, stderr } = await succeed(commands, ['open', 'X', '--reveal']);
    assert.equal(stdout, 'y ☃');
    assert.equal(stderr, '');
    assert.deepEqual((await asked()).slice(before), [`${root}/y`]);
    assert.equal(read(), bytes);
  });

  it('tells a name that the config does not have, and which was meant', async (t) => {
    const { commands } = await shop(t, 'program');
    const { code, stderr } = await commands.run(['open', 'DB_PASWORD', '--reveal']);
    assert.match(stderr, /there is no secret `DB_PASWORD` in secrets.*DB_PASSWORD/);
    assert.equal(code, 3);
  });

  it('fetches that secret alone', async (t) => {
    const { commands, folder } = await shop(t, 'program');
    await standIn.faults([{ names: [`${folder}/other`], error: 'AccessDeniedException' }]);
    t.after(() => standIn.faults([]));
    const { code, stderr } = await commands.run(['open', 'DB_PASSWORD', '--reveal']);
    assert.equal(code, 0, stderr);
  });

  it('opens what a folder carries, and tells what it does not carry', async (t) => {
    const { commands, folder } = await shop(t, 'program');
    const { Parameter } = await standIn.ssm('GetParameter', { Name: `${folder}/other` });
    const bundle = { OTHER: { ciphertext: Parameter.Value, arn: Parameter.ARN } };
    commands.write({ 'built/secret-baker-secrets.json': JSON.stringify(bundle) });
    const opened = await commands.run(['open', 'OTHER', '--from', 'built', '--reveal']);
    assert.equal(opened.stdout, 'another', opened.stderr);
    const { code, stderr } = await commands.run(['open', 'OTHERS', '--from', 'built', '--reveal']);
    assert.match(stderr, /there is no secret `OTHERS` in built.*OTHER/);
    assert.equal(code, 3);
    const none = await commands.run(['open', 'OTHER', '--from', 'nothing.zip', '--reveal']);
    assert.match(none.stderr, /nothing\.zip does not exist/);
    assert.equal(none.code, 3);
  });

  it('tells with the opener’s sentence and code that KMS denies it', async (t) => {
    const { commands } = await shop(t, 'program');
    await standIn.faults([{ target: 'TrentService.Decrypt', error: 'AccessDeniedException' }]);
    t.after(() => standIn.faults([]));
    const { code, stdout, stderr } = await commands.run(['open', 'DB_PASSWORD', '--reveal']);
    assert.equal(stdout, '');
    assert.match(stderr, /secret `DB_PASSWORD` .*KMS denies kms:Decrypt.*\[SECRET_BAKER_ACCESS_DENIED\]/);
    assert.equal(code, 3);
  });
});

describe('open, of what it cannot take', () => {
  it('tells what an artefact is that carries nothing, and waits for none', async (t) => {
    const { commands } = await shop(t, 'program');
    commands.write({
      'broken.zip': 'no zip',
      'text/secret-baker-secrets.json': '{',
      'list/secret-baker-secrets.json': '[]',
      'large/secret-baker-secrets.json': Buffer.alloc(20_000_000, 0x20),
      'strange/secret-baker-secrets.json': '{"DB_PASSWORD":{"source":"a\\u001b[31mb"}}',
      'empty/x': '',
    });
    const refused = async (/** @type {string} */ from, /** @type {RegExp} */ said) => {
      const { code, stdout, stderr } = await commands.run(['open', 'DB_PASSWORD', '--from', from, '--reveal']);
      assert.match(stderr, said);
      assert.ok(!stderr.includes('\u001b'), from);
      assert.deepEqual({ code, stdout }, { code: 3, stdout: '' }, from);
    };
    await refused('broken.zip', /broken\.zip cannot be used: it is no zip archive/);
    for (const from of ['text', 'list']) await refused(from, /what lies in it as secret-baker-secrets\.json is no bundle/);
    await refused('large', /its secret-baker-secrets\.json is longer than any bundle/);
    await refused('strange', /its source is not known to this version.*\[SECRET_BAKER_UNKNOWN_SOURCE\]/);
    await refused('empty', /there is no secret `DB_PASSWORD` in empty/);
    if (process.platform === 'win32') return;
    await refused('/dev/zero', /it is neither a file nor a folder/);
    mkdirSync(join(commands.dir, 'pipe'));
    for (const path of ['pipe.zip', 'pipe/secret-baker-secrets.json']) execFileSync('mkfifo', [join(commands.dir, path)]);
    await refused('pipe.zip', /it is neither a file nor a folder/);
    await refused('pipe', /is no bundle/);
  });

  it('tells what KMS has against it, each by its code, and a ciphertext that was changed', async (t) => {
    const { commands, folder } = await shop(t, 'program');
    t.after(() => standIn.faults());
    for (const [error, code] of [
      ['DisabledException', 'KEY_UNUSABLE'],
      ['KMSInvalidStateException', 'KEY_UNUSABLE'],
      ['NotFoundException', 'KEY_UNUSABLE'],
      ['IncorrectKeyException', 'KEY_UNUSABLE'],
      ['InvalidCiphertextException', 'WRONG_CONTEXT'],
      ['ThrottlingException', 'THROTTLED'],
    ]) {
      await standIn.faults([{ target: 'TrentService.Decrypt', error }]);
      const told = await commands.json(['open', 'DB_PASSWORD', '--reveal']);
      assert.equal(told.value.failure.code, `SECRET_BAKER_${code}`);
      assert.match(told.stderr, new RegExp(`secret \`DB_PASSWORD\` .*KMS answered ${error}.*\\[SECRET_BAKER_${code}\\]`));
      assert.equal(told.code, 3);
    }
    await standIn.faults();
    const { Parameter } = await standIn.ssm('GetParameter', { Name: `${folder}/other` });
    const bytes = Buffer.from(Parameter.Value, 'base64');
    bytes[bytes.length - 1] = /** @type {number} */ (bytes.at(-1)) ^ 1;
    const bundle = { OTHER: { ciphertext: bytes.toString('base64'), arn: Parameter.ARN } };
    commands.write({ 'changed/secret-baker-secrets.json': JSON.stringify(bundle) });
    const { code, stdout, stderr } = await commands.run(['open', 'OTHER', '--from', 'changed', '--reveal']);
    assert.match(stderr, /\[SECRET_BAKER_WRONG_CONTEXT\]/);
    assert.deepEqual({ code, stdout }, { code: 3, stdout: '' });
  });

  it('writes bytes as they are, and as base64 where JSON has no text for them', async (t) => {
    const key = await standIn.createKey();
    const name = `open-bytes-${process.pid}`;
    const bytes = Buffer.from([0, 255, 254, 10, 13, 10]);
    await standIn.secretsManager('CreateSecret', { Name: name, SecretBinary: bytes.toString('base64'), KmsKeyId: key });
    const path = `/open-lines-${process.pid}`;
    await standIn.putSecret(path, 'two\nlines\n');
    const commands = new Commands(t, 'program', standIn, { secrets: { BYTES: { secretsManager: name }, LINES: path } });
    const { value } = await commands.json(['open', 'BYTES', '--reveal']);
    assert.equal(value.base64, bytes.toString('base64'));
    assert.equal('value' in value, false);
    const raw = execFileSync(PROGRAM, ['open', 'BYTES', '--reveal'], {
      cwd: commands.dir,
      env: {
        PATH: process.env.PATH,
        AWS_ENDPOINT_URL: standIn.endpoint,
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_REGION: region,
      },
    });
    assert.deepEqual(raw, bytes);
    assert.equal((await commands.run(['open', 'LINES', '--reveal'])).stdout, 'two\nlines\n');
    assert.equal((await commands.json(['open', 'LINES', '--reveal'])).value.value, 'two\nlines\n');
  });

  it('names what is wrong with the words that were typed, and shows none that it does not know', async (t) => {
    const { commands } = await shop(t, 'program');
    for (const [words, said] of /** @type {const} */ ([
      [[], /required arguments were not provided/],
      [['DB_PASSWORD', 'OTHER'], /unexpected argument 'OTHER' found/],
      [['DB_PASSWORD', '--revael'], /unexpected argument '--revael' found[\s\S]*--reveal/],
      [['DB_PASSWORD', '--from='], /a value is required for '--from/],
    ])) {
      const { code, stderr } = await commands.run(['open', ...words]);
      assert.match(stderr, said);
      assert.equal(code, 2);
    }
    const { code, stderr } = await commands.run(['open', '', '--reveal']);
    assert.match(stderr, /there is no secret `` in secrets/);
    assert.equal(code, 3);
  });
});
