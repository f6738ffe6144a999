// Files that `set` edits: the config, and files of local values. Each keeps what is not the value, or is as it was.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { region, startStandIn } from '../aws/stand-in.mjs';
import { Commands, PROGRAM } from './ways.mjs';

/** @import { StandIn } from '../aws/stand-in.mjs' */
/** @import { TestContext } from 'node:test' */

const VALUE = 'hunter2-not-to-be-seen';
const windows = process.platform === 'win32';
/** @type {StandIn} */
let standIn;
/** @type {string} */
let arn;
/** @type {string} */
let old;
before(async () => {
  standIn = await startStandIn();
  arn = `arn:aws:kms:${region}:123456789012:key/${await standIn.createKey()}`;
  old = (await standIn.kms('Encrypt', { KeyId: arn, Plaintext: 'b2xk' })).CiphertextBlob;
});
after(() => standIn.stop());

/** @param {string | undefined} blob */
const opened = async (blob) =>
  Buffer.from((await standIn.kms('Decrypt', { CiphertextBlob: blob })).Plaintext, 'base64').toString();

/** What no editing may leave. @param {string} dir */
const leftIn = (dir) => readdirSync(dir).filter((name) => name.startsWith('.secret-baker-secrets.json.'));

/**
 * Ways to write it; `OLD` is the ciphertext, and what is behind the arrow stands there afterwards.
 * @returns {[what: string, text: string, after: string][]}
 */
const spellings = () => [
  ['plain, with comments', `secrets: # all\n  # ours\n  K:  { kms: ${old}, keyArn: "${arn}" }   # kept\n  Z: /z\n`, 'NEW'],
  ['single quotes, in a list', `secrets:\n- name: K\n  kms: '${old}' # kept\n  keyArn: ${arn}\n- /z\n`, "'NEW'"],
  ['double quotes', `secrets:\n  K:\n    keyArn: ${arn}\n    kms: "${old}"\n`, '"NEW"'],
  ['no line end at the end', `secrets:\n  K:\n    keyArn: ${arn}\n    kms: ${old}`, 'NEW'],
  ['line ends of Windows', `# c\r\nsecrets:\r\n  K:\r\n    kms: ${old} # kept\r\n    keyArn: ${arn}\r\n`, 'NEW'],
  ['a mark of byte order', `\ufeffsecrets:\n  K: {keyArn: "${arn}", kms: ${old}}\n`, 'NEW'],
  [
    'a key merged from an anchor',
    `secrets:\n  K: &k {keyArn: &a "${arn}", kms: '${old}'}\n  L: {keyArn: *a, kms: '${old}'}\n`,
    "'NEW'",
  ],
  ['JSON', JSON.stringify({ secrets: { K: { kms: old, keyArn: arn } }, options: {} }, undefined, 3), '"NEW"'],
];

describe('a ciphertext in the config', () => {
  it('is put in place of the old one, and every other byte stays, however it is written', async (t) => {
    for (const [what, text, kept] of spellings()) {
      const commands = new Commands(t, 'program', standIn, { secrets: {} }, { 'secret-baker.yml': text });
      const { code, stderr } = await commands.run(['set', 'K'], { input: VALUE });
      assert.equal(code, 0, `${what}: ${stderr}`);
      assert.match(stderr, /K: secret-baker\.yml was written/);
      const written = readFileSync(join(commands.dir, 'secret-baker.yml'), 'utf8');
      const at = text.indexOf(old);
      const blob = written.slice(at, written.length - (text.length - at - old.length));
      assert.equal(written, text.slice(0, at) + blob + text.slice(at + old.length), what);
      assert.ok(written.includes(kept.replace('NEW', blob)), what);
      assert.equal(await opened(blob), VALUE, what);
      assert.deepEqual(leftIn(commands.dir), []);
    }
  });

  it('takes one line where it stood in a block', async (t) => {
    const text = `secrets:\n  K:\n    kms: >-\n      ${old}\n    keyArn: ${arn} # kept\n`;
    const commands = new Commands(t, 'program', standIn, { secrets: {} }, { 'secret-baker.yml': text });
    const { code, stderr } = await commands.run(['set', 'K'], { input: VALUE });
    assert.equal(code, 0, stderr);
    const written = readFileSync(join(commands.dir, 'secret-baker.yml'), 'utf8');
    const [, blob] = /kms: "([^"]+)"/.exec(written) ?? [];
    assert.equal(written, `secrets:\n  K:\n    kms: "${blob}"\n    keyArn: ${arn} # kept\n`);
    assert.equal(await opened(blob), VALUE);
  });

  it('is put nowhere where another entry has come to stand there meanwhile', async (t) => {
    const text = `secrets:\n- { name: K, keyArn: "${arn}", kms: '${old}' }\n`;
    const others = text.replace('- {', `- { name: FIRST, keyArn: "${arn}", kms: '${old.replace(/.{4}$/, 'AAAA')}' }\n- {`);
    const commands = new Commands(t, 'program', standIn, { secrets: {} }, { 'secret-baker.yml': text });
    await standIn.reset();
    await standIn.faults([{ target: 'TrentService.Encrypt', latency_ms: 1500 }]);
    t.after(() => standIn.faults());
    const meanwhile = async () => {
      const isAsked = async () => (await standIn.calls()).some(({ action }) => action === 'Encrypt');
      for (let tries = 0; tries < 600 && !(await isAsked()); tries++) await new Promise((resolve) => setTimeout(resolve, 50));
      commands.write({ 'secret-baker.yml': others });
    };
    const { code, stderr } = await commands.run(['set', 'K'], { input: VALUE, started: meanwhile });
    assert.match(
      stderr,
      /secret-baker\.yml` is not what it was when this began: another value stands there\n {2}hint: run it again/,
    );
    assert.equal(code, 3);
    assert.equal(commands.read('secret-baker.yml'), others);
  });

  it('is printed where another value hangs on its anchor', async (t) => {
    const text = `secrets:\n  K: {keyArn: "${arn}", kms: &x '${old}'}\n  L: {keyArn: "${arn}", kms: *x}\n`;
    const commands = new Commands(t, 'program', standIn, { secrets: {} }, { 'secret-baker.yml': text });
    for (const name of ['K', 'L']) {
      const { code, stdout, stderr } = await commands.run(['set', name], { input: VALUE });
      assert.equal(code, 0, stderr);
      assert.match(
        stderr,
        new RegExp(`${name}: put the ciphertext into the config by hand: secret-baker.yml cannot be changed there`),
      );
      assert.equal(await opened(stdout.trim()), VALUE);
    }
    assert.equal(readFileSync(join(commands.dir, 'secret-baker.yml'), 'utf8'), text);
  });

  for (const way of /** @type {const} */ (['v3', 'osls4'])) {
    it(`is put into serverless.yml, and printed where a variable stands there, by ${way}`, async (t) => {
      const text = [
        '# ours',
        'service: shop',
        "frameworkVersion: '*'",
        'provider: { name: aws, runtime: nodejs20.x, region: eu-central-1 }',
        'plugins: [./.point-at-stand-in.js, serverless-secret-baker] # all',
        'custom:',
        '  # in order',
        '  secretBaker:',
        '    - /first',
        `    - { name: K, keyArn: "${arn}", kms: '${old}' } # kept`,
        `    - { name: V, keyArn: '\${self:custom.arn}', kms: '\${file(secrets.yml):v}' }`,
        `  arn: ${arn}`,
        'functions: { hello: { handler: handler.hello } }',
      ].join('\r\n');
      const files = { 'serverless.yml': text, 'secrets.yml': `v: ${old}\n` };
      const commands = new Commands(t, way, standIn, { secrets: [] }, files);
      const put = await commands.run(['set', 'K'], { input: VALUE });
      assert.equal(put.code, 0, put.stderr + put.stdout);
      const written = commands.read('serverless.yml');
      const [, blob] = /kms: '([^'$]+)'/.exec(written) ?? [];
      assert.equal(written, text.replace(old, `${blob}`));
      assert.equal(await opened(blob), VALUE);
      const printed = await commands.run(['set', 'V'], { input: VALUE });
      assert.match(printed.stderr, /V: put the ciphertext into the config by hand: a variable stands there in serverless\.yml/);
      assert.equal(await opened(printed.stdout.trim()), VALUE);
      assert.deepEqual([commands.read('serverless.yml'), commands.read('secrets.yml')], [written, `v: ${old}\n`]);
    });
  }
});

/**
 * A service with a file of local values that git ignores.
 * @param {TestContext} t
 * @param {string} file
 * @param {string} [text]
 * @param {string[]} [names]
 */
function local(t, file, text, names = ['DB', 'OTHER']) {
  const secrets = Object.fromEntries(names.map((name) => [name, `/files/${name}`]));
  const service = { secrets, options: { local: file } };
  const files = { '.gitignore': `${file}\nreal\n`, ...(text !== undefined && { [file]: text }) };
  const commands = new Commands(t, 'program', undefined, service, files);
  execFileSync('git', ['init', '-q'], { cwd: commands.dir });
  return commands;
}

describe('a file of local values', () => {
  it('keeps its comments, order, quotes and line ends, whatever it is written in', async (t) => {
    for (const [file, text, expected] of /** @type {const} */ ([
      ['.env', '# c\r\nexport DB=old # d\r\nOTHER=x\r\n', `# c\r\nexport DB=${VALUE} # d\r\nOTHER=x\r\n`],
      ['.env', '\ufeffOTHER=x', `\ufeffOTHER=x\nDB=${VALUE}\n`],
      ['.env', '# c\r\nOTHER=x\r\n', `# c\r\nOTHER=x\r\nDB=${VALUE}\r\n`],
      ['l.yml', "# c\nDB: 'old' # d\nOTHER: |\n  x\n", `# c\nDB: '${VALUE}' # d\nOTHER: |\n  x\n`],
      ['l.json', '{\n\t"OTHER": "x"\n}\n', `{\n\t"OTHER": "x",\n\t"DB": "${VALUE}"\n}\n`],
      ['.env', undefined, `DB=${VALUE}\n`],
    ])) {
      const commands = local(t, file, text);
      const ended = await commands.run(['set', 'DB', '--local'], { input: VALUE });
      assert.equal(ended.code, 0, ended.stderr);
      assert.equal(commands.read(file), expected);
      assert.ok(!(ended.stdout + ended.stderr).includes(VALUE));
      const again = await commands.run(['set', 'DB', '--local', '--skip-unchanged'], { input: VALUE });
      assert.match(again.stdout, /^DB\tunchanged\t/, again.stderr);
      assert.deepEqual(leftIn(commands.dir), []);
    }
  });

  it('is its owner’s alone where it is new, and keeps its mode, and the link that leads to it', { skip: windows }, async (t) => {
    const commands = local(t, '.env');
    await commands.run(['set', 'DB', '--local'], { input: VALUE });
    assert.equal(statSync(join(commands.dir, '.env')).mode & 0o777, 0o600);
    chmodSync(join(commands.dir, '.env'), 0o640);
    await commands.run(['set', 'DB', '--local'], { input: 'new' });
    assert.equal(statSync(join(commands.dir, '.env')).mode & 0o777, 0o640);

    const linked = local(t, '.env');
    linked.write({ 'real/values': 'DB=old\n' });
    symlinkSync('real/values', join(linked.dir, '.env'));
    const ended = await linked.run(['set', 'DB', '--local'], { input: VALUE });
    assert.equal(ended.code, 0, ended.stderr);
    assert.ok(lstatSync(join(linked.dir, '.env')).isSymbolicLink());
    assert.equal(linked.read('real/values'), `DB=${VALUE}\n`);
    assert.deepEqual([...leftIn(linked.dir), ...leftIn(join(linked.dir, 'real'))], []);
  });

  it('stays with its owner, whoever edits it', {
    skip: process.getuid?.() !== 0 && 'only root can give a file to another',
  }, async (t) => {
    const commands = local(t, '.env', 'DB=old\n');
    chownSync(join(commands.dir, '.env'), 12_345, 54_321);
    const ended = await commands.run(['set', 'DB', '--local'], { input: VALUE });
    assert.equal(ended.code, 0, ended.stderr);
    const { uid, gid } = statSync(join(commands.dir, '.env'));
    assert.deepEqual({ uid, gid }, { uid: 12_345, gid: 54_321 });
  });

  it('has all values where several set theirs at once', async (t) => {
    const names = Array.from({ length: 8 }, (_, index) => `K${index}`);
    const commands = local(t, '.env', '# c\n', names);
    const ended = await Promise.all(names.map((name) => commands.run(['set', name, '--local'], { input: name })));
    assert.deepEqual(
      ended.map(({ code, stderr }) => `${code}${stderr.replace(/^.*was written\n/, '')}`),
      names.map(() => '0'),
    );
    const lines = commands.read('.env').split('\n');
    assert.deepEqual([lines[0], ...lines.slice(1, -1).sort()], ['# c', ...names.map((name) => `${name}=${name}`)]);
  });

  it('is as it was where it cannot be written, and nothing is left', { skip: windows }, async (t) => {
    const text = `OTHER=${'x'.repeat(4000)}\n`;
    const commands = local(t, '.env', text);
    // A disk that takes no more than 1 KB, as far as this process can see.
    const full = spawnSync('sh', ['-c', `trap '' XFSZ; ulimit -f 1; exec "${PROGRAM}" set DB --local`], {
      cwd: commands.dir,
      input: VALUE,
      encoding: 'utf8',
    });
    assert.match(full.stderr, /cannot write .*\.env: /);
    assert.equal(full.status, 3);
    assert.ok(!full.stderr.includes(VALUE));
    assert.equal(commands.read('.env'), text);
    assert.deepEqual(leftIn(commands.dir), []);
  });

  it('is refused where it is no file, or nothing that values are taken from', { skip: windows }, async (t) => {
    for (const [file, make, said] of /** @type {[string, (dir: string) => void, RegExp][]} */ ([
      ['.env', (dir) => mkdirSync(join(dir, '.env')), /`\.env` is a folder, and no file/],
      ['.env', (dir) => execFileSync('mkfifo', [join(dir, '.env')]), /`\.env` is a device or a pipe, and no file/],
      ['values.txt', () => {}, /values\.txt/],
      ['none/.env', () => {}, /none/],
    ])) {
      const commands = local(t, file);
      make(commands.dir);
      const ended = await commands.run(['set', 'DB', '--local'], { input: VALUE });
      assert.match(ended.stderr, said);
      assert.equal(ended.code, 3);
    }
  });

  it('is refused in a folder that cannot be written', {
    skip: (windows || process.getuid?.() === 0) && 'root may write anywhere',
  }, async (t) => {
    const commands = local(t, '.env', 'DB=old\n');
    chmodSync(commands.dir, 0o555);
    t.after(() => chmodSync(commands.dir, 0o755));
    const ended = await commands.run(['set', 'DB', '--local'], { input: VALUE });
    assert.match(ended.stderr, /cannot write .*\.env: /);
    assert.equal(ended.code, 3);
    assert.equal(commands.read('.env'), 'DB=old\n');
  });
});
