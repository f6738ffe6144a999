// Values as they come: by a prompt, a pipe, a file, many in one; what is taken off them, what is refused, and that none is seen.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { credentials, region, startStandIn } from '../aws/stand-in.mjs';
import { Commands, PROGRAM, runInTerminal } from './ways.mjs';

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
/** @param {object} ended */
const assertUnseen = (ended) => assert.ok(!JSON.stringify(ended).includes('hunter2'), JSON.stringify(ended));

describe('the value that is set', () => {
  it('loses one line end of standard input, and none of a file', async (t) => {
    await standIn.putSecret('/values/ends', 'old');
    const commands = new Commands(t, 'program', standIn, { secrets: { DB: '/values/ends' } });
    for (const [input, kept] of /** @type {const} */ ([
      ['a b', 'a b'],
      ['a\n', 'a'],
      ['a\r\n', 'a'],
      ['a\n\n', 'a\n'],
      ['a\r', 'a\r'],
      [' a\nb \n', ' a\nb '],
    ])) {
      const ended = await commands.run(['set', 'DB'], { input });
      assert.equal(ended.code, 0, ended.stderr);
      assert.equal((await present('/values/ends')).Value, kept);
    }
    commands.write({ value: 'a\r\n' });
    const ended = await commands.run(['set', 'DB', '--from-file', 'value'], { input: 'no' });
    assert.equal(ended.code, 0, ended.stderr);
    assert.equal((await present('/values/ends')).Value, 'a\r\n');
  });

  it('may be as long as the advanced tier takes, to the byte, and Parameter Store chooses the tier', async (t) => {
    await standIn.putSecret('/values/long', 'old');
    const commands = new Commands(t, 'program', standIn, { secrets: { DB: '/values/long' } });
    const tier = async () => {
      const filters = [{ Key: 'Name', Option: 'Equals', Values: ['/values/long'] }];
      return (await standIn.ssm('DescribeParameters', { ParameterFilters: filters })).Parameters[0].Tier;
    };
    for (const [length, code, expected] of /** @type {const} */ ([
      [4096, 0, 'Standard'],
      [4097, 0, 'Advanced'],
      [8192, 0, 'Advanced'],
      [8193, 3, 'Advanced'],
    ])) {
      const ended = await commands.run(['set', 'DB'], { input: `${'x'.repeat(length)}\n` });
      assert.equal(ended.code, code, ended.stderr);
      assert.equal(await tier(), expected);
    }
    const { Value, Version } = await present('/values/long');
    assert.deepEqual([Value.length, Version], [8192, 4]);
  });

  it('is refused where it is longer than its source takes, without an end, or empty', async (t) => {
    await standIn.putSecret('/values/refused', 'old');
    const commands = new Commands(t, 'program', standIn, { secrets: { DB: '/values/refused' } });
    commands.write({ empty: '', long: 'x'.repeat(65_537) });
    for (const [words, input, said] of /** @type {const} */ ([
      [[], '\n', /the value is empty/],
      [['--from-file', 'empty'], '', /the value is empty/],
      [['--from-file', 'long'], '', /`long` has more than 65536 bytes/],
      [[], 'x'.repeat(1_000_000), /has 65539 bytes, and Parameter Store takes at most 8192/],
      [['--from-file', 'none'], '', /there is no file `none`\n {2}hint: write its path from the folder that you are in/],
      [['--from-file', '.'], '', /`\.` is a folder, and no file/],
    ])) {
      const ended = await commands.run(['set', 'DB', ...words], { input });
      assert.match(ended.stderr, said);
      assert.equal(ended.code, 3);
    }
    assert.equal((await present('/values/refused')).Version, 1);
  });

  it('may be bytes in Secrets Manager, and is a text in Parameter Store', async (t) => {
    const key = await standIn.createKey();
    const secrets = { SM: { secretsManager: 'values/bytes' }, PS: '/values/bytes' };
    await standIn.putSecret('/values/bytes', 'old');
    const commands = new Commands(t, 'program', standIn, { secrets });
    const bytes = Buffer.from([0, 255, 10, 13, 0]);
    const created = await commands.run(['set', 'SM', '--key', key], { input: bytes });
    assert.equal(created.code, 0, created.stderr);
    const { SecretBinary } = await standIn.secretsManager('GetSecretValue', { SecretId: 'values/bytes' });
    assert.deepEqual(Buffer.from(SecretBinary, 'base64'), bytes);
    const refused = await commands.run(['set', 'PS'], { input: bytes });
    assert.match(refused.stderr, /no text in UTF-8, and Parameter Store takes nothing else/);
    assert.equal(refused.code, 3);
  });

  it('is generated of 16 to 4096 characters, and nothing else', async (t) => {
    await standIn.putSecret('/values/generated', 'old');
    const commands = new Commands(t, 'program', standIn, { secrets: { DB: '/values/generated' } });
    for (const length of ['0', '1', '15', '4097', '99999999999', 'abc', '-16', '']) {
      const ended = await commands.run(['set', 'DB', `--generate=${length}`]);
      assert.equal(ended.code, 2, `${length}: ${ended.stderr}`);
    }
    for (const length of ['16', '4096']) {
      const ended = await commands.run(['set', 'DB', `--generate=${length}`]);
      assert.equal(ended.code, 0, ended.stderr);
      const { Value } = await present('/values/generated');
      assert.equal(Value.length, Number(length));
      assert.ok(!ended.stdout.includes(Value) && !ended.stderr.includes(Value));
    }
  });

  for (const way of /** @type {const} */ (['program', 'v3'])) {
    it(`is in no message where it was typed as an argument, whatever it begins with, by ${way}`, async (t) => {
      const commands = new Commands(t, way, standIn, { secrets: { DB: '/values/typed' } });
      const pem = `-----BEGIN PRIVATE KEY-----\n${VALUE}\n-----END PRIVATE KEY-----`;
      for (const typed of [pem, `---${VALUE}`, `--${VALUE}`, `--value=${VALUE}`, `DB=${VALUE}`]) {
        const ended = await commands.run(['set', 'DB', typed]);
        assertUnseen(ended);
        assert.equal(ended.code, 2, ended.stderr);
      }
    });
  }

  it('is seen by nobody who asks for more to be printed', async (t) => {
    await standIn.putSecret('/values/verbose', 'old');
    const env = {
      RUST_LOG: 'trace',
      RUST_BACKTRACE: 'full',
      DEBUG: '*',
      SLS_LOG_DEBUG: '*',
      SLS_LOG_LEVEL: 'debug',
      SLS_DEBUG: '*',
    };
    for (const way of /** @type {const} */ (['program', 'v3'])) {
      const commands = new Commands(t, way, standIn, { secrets: { DB: '/values/verbose' } });
      const ended = await commands.run(['set', 'DB'], { input: VALUE, env });
      assert.equal(ended.code, 0, ended.stderr);
      assertUnseen(ended);
    }
  });

  it('is in none of a service’s words, in whatever form the service repeats it', async (t) => {
    const key = await standIn.createKey();
    const arn = `arn:aws:kms:${region}:123456789012:key/${key}`;
    const base64 = Buffer.from(VALUE).toString('base64');
    const { CiphertextBlob } = await standIn.kms('Encrypt', { KeyId: key, Plaintext: base64 });
    await standIn.putSecret('/values/said', 'old');
    await standIn.secretsManager('CreateSecret', {
      Name: 'values/said',
      SecretString: `{"other": "${VALUE}", "password": "x"}`,
      KmsKeyId: key,
    });
    const commands = new Commands(t, 'program', standIn, {
      secrets: {
        PS: '/values/said',
        SM: { secretsManager: 'values/said', field: 'password' },
        K: { kms: CiphertextBlob, keyArn: arn },
      },
    });
    for (const [name, target, input, message] of /** @type {const} */ ([
      ['PS', 'AmazonSSM.PutParameter', VALUE, `no such thing: '${VALUE.slice(0, 12)}...'`],
      // Of another field of the same value.
      ['SM', 'secretsmanager.PutSecretValue', 'new', `Value ${VALUE} is wrong`],
      ['K', 'TrentService.Encrypt', VALUE, `Value ${base64} at 'plaintext' is wrong`],
    ])) {
      // One that is refused at once, and one that is tried again: a sentence each.
      const error = name === 'PS' ? 'InternalFailure' : 'SomethingIsWrong';
      await standIn.faults([{ target, error, message }]);
      const ended = await commands.run(['set', name], { input });
      await standIn.faults();
      assert.match(ended.stderr, /its words may repeat the value, so they are not shown/);
      assertUnseen(ended);
      assert.ok(!ended.stderr.includes(base64));
      assert.equal(ended.code, 3);
    }
  });
});

describe('the prompt', { skip: process.platform === 'win32' && 'it has no such terminals' }, () => {
  /**
   * @param {import('node:test').TestContext} t
   * @param {string} path
   */
  const asked = async (t, path) => {
    await standIn.putSecret(path, 'old');
    return new Commands(t, 'program', standIn, { secrets: { DB: path } });
  };

  it('takes a value of several lines that is pasted, without its last line end', async (t) => {
    const commands = await asked(t, '/prompt/pasted');
    const send = `\u001b[200~one\ntwo\r\n${VALUE}\n\u001b[201~\r`;
    const ended = await commands.inTerminal(
      ['set', 'DB'],
      [
        { expect: 'Value of DB', send },
        { expect: 'Once more', send },
      ],
    );
    assert.equal(ended.code, 0, ended.output);
    assert.equal((await present('/prompt/pasted')).Value, `one\ntwo\n${VALUE}`);
    assertUnseen(ended);
  });

  it('leaves nothing of what was pasted to the shell', async (t) => {
    const commands = await asked(t, '/prompt/rest');
    const shell = `"${PROGRAM}" set DB; echo shell; timeout 2 cat; echo end`;
    const ended = await runInTerminal(['sh', '-c', shell], [{ expect: 'Value of DB', send: `a\ra\r${VALUE}\rhunter2\r` }], {
      cwd: commands.dir,
      env: {
        PATH: process.env.PATH,
        TERM: 'xterm',
        AWS_ENDPOINT_URL: standIn.endpoint,
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_REGION: region,
      },
    });
    assert.match(ended.output, /shell[\s\S]*end/);
    assertUnseen(ended);
    assert.equal((await present('/prompt/rest')).Value, 'a');
  });

  it('asks again where the two are not the same, or nothing was typed', async (t) => {
    const commands = await asked(t, '/prompt/again');
    const ended = await commands.inTerminal(
      ['set', 'DB'],
      [
        { expect: 'Value of DB', send: '\r' },
        { expect: 'The value is empty', send: `${VALUE}\r` },
        { expect: 'Once more', send: 'another\r' },
        { expect: 'The two are not the same', send: `${VALUE}\r` },
        { expect: 'Once more', signal: 'SIGWINCH' },
        { expect: '', send: `${VALUE}\r` },
      ],
    );
    assert.deepEqual({ code: ended.code, echoes: ended.echoes }, { code: 0, echoes: true }, ended.output);
    assertUnseen(ended);
    assert.equal((await present('/prompt/again')).Value, VALUE);
  });

  for (const [what, send] of /** @type {const} */ ([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])) {
    it(`stops at ${what}, at the first question, the second, and that of many`, async (t) => {
      const path = `/prompt/${what}`;
      const commands = await asked(t, path);
      commands.write({ '.env': `DB=${VALUE}\n` });
      for (const [words, steps] of /** @type {[string[], import('./ways.mjs').Step[]][]} */ ([
        [['DB'], [{ expect: 'Value of DB', send }]],
        [
          ['DB'],
          [
            { expect: 'Value of DB', send: `${VALUE}\r` },
            // Ctrl-D goes back to the first question.
            { expect: 'Once more', send: what === 'Ctrl-D' ? `${send}${send}` : send },
          ],
        ],
        [['--env-file', '.env'], [{ expect: 'Write 1 of them', send }]],
      ])) {
        const ended = await commands.inTerminal(['set', ...words], steps);
        assert.deepEqual({ code: ended.code, echoes: ended.echoes }, { code: 3, echoes: true }, ended.output);
        assert.match(ended.output, /stopped: nothing was changed/);
        assertUnseen(ended);
      }
      assert.equal((await present(path)).Value, 'old');
    });
  }

  it('writes nothing of many where the answer is no', async (t) => {
    const commands = await asked(t, '/prompt/no');
    commands.write({ '.env': `DB=${VALUE}\n` });
    for (const send of ['n\r', '\r']) {
      const ended = await commands.inTerminal(['set', '--env-file', '.env'], [{ expect: 'Write 1 of them', send }]);
      assert.match(ended.output, /stopped: nothing was changed/);
      assert.equal(ended.code, 3);
    }
    assert.equal((await present('/prompt/no')).Value, 'old');
  });
});

describe('many values of a file', () => {
  it('are read as dotenv reads them, after a mark of byte order and with line ends of Windows too', async (t) => {
    const names = ['PLAIN', 'EXPORTED', 'HASH', 'QUOTED', 'LINES', 'RAW'];
    const secrets = Object.fromEntries(names.map((name) => [name, `/many/read/${name}`]));
    await Promise.all(Object.values(secrets).map((path) => standIn.putSecret(path, 'old')));
    const text = [
      '\ufeff# all of them',
      'PLAIN = a b # c',
      'export EXPORTED=x=y',
      '',
      "HASH='a # b' # c",
      'QUOTED="it\'s \\"so\\" \\$HOME"',
      'LINES="-----BEGIN',
      'two',
      '-----END"',
      'RAW=`$HOME \\n`',
    ].join('\r\n');
    const commands = new Commands(t, 'program', standIn, { secrets }, { '.env': text });
    const ended = await commands.run(['set', '--env-file', '.env', '--yes']);
    assert.equal(ended.code, 0, ended.stderr);
    const values = await Promise.all(names.map(async (name) => (await present(`/many/read/${name}`)).Value));
    assert.deepEqual(values, ['a b', 'x=y', 'a # b', 'it\'s "so" $HOME', '-----BEGIN\ntwo\n-----END', '$HOME \\n']);
  });

  it('are refused together, with all that is wrong of them, before any is written', async (t) => {
    await standIn.putSecret('/many/wrong', 'old');
    const commands = new Commands(t, 'program', standIn, { secrets: { DB: '/many/wrong', OTHER: '/many/other' } });
    commands.write({ names: `DB=${VALUE}\nDBB=${VALUE}\nNONE=x\nOTHER=\n`, twice: `DB=${VALUE}\nDB=x\n`, none: '# only\n' });
    const wrong = await commands.run(['set', '--env-file', 'names', '--yes']);
    assert.match(wrong.stderr, /no secret `DBB`.*`DB`/);
    assert.match(wrong.stderr, /no secret `NONE`/);
    assert.match(wrong.stderr, /secret `OTHER`: the value is empty/);
    const twice = await commands.run(['set', '--env-file', 'twice', '--yes']);
    assert.match(twice.stderr, /the name of line 2 stands on a line above already/);
    const none = await commands.run(['set', '--env-file', 'none', '--yes']);
    assert.match(none.stderr, /the file has no `NAME=value`/);
    assert.deepEqual([wrong.code, twice.code, none.code], [3, 3, 2]);
    for (const ended of [wrong, twice, none]) assertUnseen(ended);
    assert.equal((await present('/many/wrong')).Version, 1);
  });

  it('ask nothing where all are the same already', async (t) => {
    await standIn.putSecret('/many/same', VALUE);
    const commands = new Commands(t, 'program', standIn, { secrets: { DB: '/many/same' } }, { '.env': `DB=${VALUE}\n` });
    const ended = await commands.run(['set', '--env-file', '.env', '--skip-unchanged']);
    assert.equal(ended.code, 0, ended.stderr);
    assert.match(ended.stdout, /^DB\tunchanged\t/);
  });
});

describe('a key that is named', () => {
  it('is told where it is another than the present one, by whatever name', async (t) => {
    const [first, second] = [await standIn.createKey(), await standIn.createKey()];
    await standIn.kms('CreateAlias', { AliasName: 'alias/named-first', TargetKeyId: first });
    await standIn.ssm('PutParameter', { Name: '/named', Value: 'old', Type: 'SecureString', KeyId: first });
    const commands = new Commands(t, 'program', standIn, { secrets: { DB: '/named' } });
    const same = await commands.run(['set', 'DB', '--key', 'alias/named-first'], { input: VALUE });
    assert.equal(same.code, 0, same.stderr);
    assert.doesNotMatch(same.stderr, /its key so far/);
    const other = await commands.run(['set', 'DB', '--key', second, '--skip-unchanged'], { input: VALUE });
    assert.equal(other.code, 0, other.stderr);
    assert.match(other.stderr, new RegExp(`its key so far is \`.*\`, and the new version is encrypted under \`${second}\``));
    assert.equal((await present('/named')).Version, 3);
  });

  it('is refused, as a label is, where there are none', async (t) => {
    const key = await standIn.createKey();
    const arn = `arn:aws:kms:${region}:123456789012:key/${key}`;
    const { CiphertextBlob } = await standIn.kms('Encrypt', { KeyId: key, Plaintext: 'b2xk' });
    await standIn.secretsManager('CreateSecret', { Name: 'named', SecretString: 'old', KmsKeyId: key });
    const secrets = {
      K: { kms: CiphertextBlob, keyArn: arn },
      SM: { secretsManager: 'named' },
      C: { credstash: 'x' },
    };
    const commands = new Commands(t, 'program', standIn, { secrets, options: { local: '.env' } });
    for (const [words, said] of /** @type {const} */ ([
      [['K', '--key', 'alias/x'], /the entry names its key itself, so that --key cannot change it/],
      [['K', '--label', 'live'], /a ciphertext of the config has no labels/],
      [['SM', '--key', 'alias/x'], /the secret has a key of its own/],
      [['SM', '--label', 'AWSPENDING'], /`AWSPENDING` is no label/],
      [['C'], /credstash is not written to from here/],
      [['K', '--local', '--label', 'live'], /a file of local values has no labels/],
    ])) {
      const ended = await commands.run(['set', ...words], { input: VALUE });
      assert.match(ended.stderr, said);
      assert.equal(ended.code, 3);
    }
    const labelled = await commands.run(['set', 'SM', '--label', 'live'], { input: VALUE });
    assert.equal(labelled.code, 0, labelled.stderr);
    const staged = await standIn.secretsManager('GetSecretValue', { SecretId: 'named', VersionStage: 'live' });
    assert.equal(staged.SecretString, VALUE);
  });
});

for (const way of /** @type {const} */ (['program', 'npm', 'v3'])) {
  describe(`a signal while something is written, by ${way}`, { skip: process.platform === 'win32' && 'there are none' }, () => {
    /**
     * Sends it as soon as the parameter is being written.
     * @param {string} path
     * @param {NodeJS.Signals} signal
     */
    const atWriting = (path, signal) => async (/** @type {number} */ pid) => {
      const isWriting = async () =>
        (await standIn.calls()).some(({ action, names }) => action === 'PutParameter' && names.includes(path));
      for (let tries = 0; tries < 600 && !(await isWriting()); tries++) await new Promise((resolve) => setTimeout(resolve, 50));
      process.kill(pid, signal);
    };

    it('lets it be finished, and tells which were written and which were not', async (t) => {
      const paths = ['a', 'b', 'c'].map((name) => `/signal/${way}/${name}`);
      await Promise.all(paths.map((path) => standIn.putSecret(path, 'old')));
      const [a = '', b = '', c = ''] = paths;
      const commands = new Commands(t, way, standIn, { secrets: { A: a, B: b, C: c } }, { '.env': 'A=1\nB=2\nC=3\n' });
      for (const signal of /** @type {const} */ (['SIGTERM', 'SIGINT'])) {
        await standIn.reset();
        await standIn.faults([{ target: 'AmazonSSM.PutParameter', names: [b], latency_ms: 2000 }]);
        const started = atWriting(b, signal);
        const ended = await commands.run(['set', '--env-file', '.env', '--yes'], { started });
        await standIn.faults();
        assert.match(ended.stderr, /stopping: what is being written is finished first[\s\S]*written: A, B; not written: C/);
        assert.equal(ended.code, 3);
      }
      assert.deepEqual(await Promise.all(paths.map(async (path) => (await present(path)).Value)), ['1', '2', 'old']);
    });

    it('is no failure where nothing is left to write', async (t) => {
      const path = `/signal/${way}/last`;
      await standIn.putSecret(path, 'old');
      const commands = new Commands(t, way, standIn, { secrets: { DB: path } });
      await standIn.reset();
      await standIn.faults([{ target: 'AmazonSSM.PutParameter', names: [path], latency_ms: 1500 }]);
      const ended = await commands.run(['set', 'DB'], { input: 'new', started: atWriting(path, 'SIGTERM') });
      await standIn.faults();
      assert.match(ended.stdout, /^DB\tchanged\t2\t/, ended.stderr);
      assert.equal(ended.code, 0);
      assert.equal((await present(path)).Value, 'new');
    });
  });
}
