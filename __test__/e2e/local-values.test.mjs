// Local values through the real frameworks, on a machine without AWS: no account, no credentials, no stand-in.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { sealForAge } from '../../scripts/sops-file.mjs';
import { root } from '../aws/python.mjs';
import { FILE, frameworks, plainWith } from './harness.mjs';
import { namedPython } from './named-python.mjs';
import { startOffline } from './offline.mjs';

/** @import { Framework, Service } from './harness.mjs' */

const VALUES = { DB_PASSWORD: 'the lócal password', TOKEN: 'the local token' };
/** @type {string} */
let identity;
/** @type {string} */
let sealed;
before(async () => {
  identity = await generateX25519Identity();
  sealed = await sealForAge(VALUES, [await identityToRecipient(identity)]);
});

const PACKAGE = `const { secret } = require('secret-baker');
exports.hello = async () => ({ secret: await secret('DB_PASSWORD') });
`;

/** As it was written for 2.1.0, and for any bundle since. */
const SDK3 = `const { readFileSync } = require('node:fs');
const { KMSClient, DecryptCommand } = require('@aws-sdk/client-kms');
exports.hello = async () => {
  const file = process.env.LAMBDA_TASK_ROOT + '/secret-baker-secrets.json';
  const { ciphertext, arn } = JSON.parse(readFileSync(file, 'utf8')).DB_PASSWORD;
  const kms = new KMSClient({ region: arn.split(':')[3] });
  const { Plaintext } = await kms.send(new DecryptCommand({
    CiphertextBlob: Buffer.from(ciphertext, 'base64'),
    EncryptionContext: { PARAMETER_ARN: arn },
  }));
  return { secret: Buffer.from(Plaintext).toString('utf8') };
};
`;

const BOTO3 = `import base64, json, os
import boto3

def hello(event, context):
    with open(os.environ["LAMBDA_TASK_ROOT"] + "/secret-baker-secrets.json") as file:
        entry = json.load(file)["DB_PASSWORD"]
    kms = boto3.client("kms", region_name=entry["arn"].split(":")[3])
    opened = kms.decrypt(
        CiphertextBlob=base64.b64decode(entry["ciphertext"]),
        EncryptionContext={"PARAMETER_ARN": entry["arn"]},
    )
    return {"secret": opened["Plaintext"].decode("utf-8")}
`;

/**
 * A service whose values are local by its settings.
 * @param {import('node:test').TestContext} t
 * @param {Framework} framework
 * @param {{custom?: object, provider?: object, functions?: object}} [keys]
 * @param {Record<string, string>} [files]
 */
function localService(t, framework, { provider, ...keys } = {}, files = {}) {
  const service = plainWith(
    t,
    framework,
    {
      provider: { name: 'aws', runtime: 'nodejs20.x', region: 'eu-central-1', ...provider },
      plugins: ['serverless-secret-baker', 'serverless-offline'],
      custom: { secretBaker: { DB_PASSWORD: '/db', TOKEN: '/token' }, secretBakerOptions: { local: 'secrets.yaml' } },
      functions: { hello: { handler: 'handler.hello', events: [{ httpApi: 'GET /hello' }] } },
      ...keys,
    },
    { 'handler.js': PACKAGE, 'secrets.yaml': sealed, ...files },
  );
  mkdirSync(join(service.dir, 'node_modules'));
  symlinkSync(join(root, 'runtime/node'), join(service.dir, 'node_modules/secret-baker'), 'dir');
  return service;
}

/**
 * A machine that has never heard of AWS, and whose only identity is that of the test.
 * @param {Service} service
 * @param {Record<string, string | undefined>} [own]
 */
function machine(service, own = {}) {
  const home = join(service.parent, 'home');
  mkdirSync(home, { recursive: true });
  const none = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, AWS_REGION: undefined };
  return { ...none, HOME: home, SOPS_AGE_KEY: identity, ...own };
}

/** @param {Service} service */
const left = (service) =>
  service
    .names()
    .filter((name) => name !== 'node_modules')
    .sort();

for (const framework of frameworks) {
  describe(`local values on ${framework}`, () => {
    it('invoke local opens one without AWS, says which are local, and leaves nothing', async (t) => {
      const service = localService(t, framework);
      const { code, stdout, output } = await service.run(['invoke', 'local', '-f', 'hello', '--verbose'], {
        env: machine(service),
      });
      assert.equal(code, 0, output);
      assert.match(stdout, /the lócal password/);
      for (const name of Object.keys(VALUES)) assert.match(output, new RegExp(`${name} is local, from secrets\\.yaml`));
      assert.ok(!output.includes(VALUES.TOKEN), output);
      assert.deepEqual(left(service), ['handler.js', 'secrets.yaml', 'serverless.yml']);
    });

    it('offline serves one, and leaves nothing on Ctrl-C', async (t) => {
      const service = localService(t, framework);
      const offline = await startOffline(service, ['offline'], { env: machine(service) });
      assert.deepEqual(await offline.get('/hello'), { secret: VALUES.DB_PASSWORD });
      assert.equal(service.has(FILE), true);
      await offline.stop('SIGINT');
      assert.deepEqual(left(service), ['handler.js', 'secrets.yaml', 'serverless.yml']);
    });

    it('package and deploy refuse the option and the variable with one sentence, and pass over the settings', async (t) => {
      const service = localService(t, framework);
      for (const command of [['package'], ['deploy'], ['deploy', 'function', '-f', 'hello']]) {
        const option = await service.run([...command, '--secret-baker-local', 'secrets.yaml'], { env: machine(service) });
        assert.equal(option.code, 1, option.output);
        const said = '--secret-baker-local asks for local values, which are never packaged or deployed';
        assert.ok(option.output.includes(`${said}\n`), option.output);
        assert.match(option.output, /hint: leave it out: what is packaged takes its secrets from where/);
      }
      const variable = await service.run(['package'], { env: machine(service, { SECRET_BAKER_LOCAL: 'secrets.yaml' }) });
      assert.equal(variable.code, 1, variable.output);
      assert.match(variable.output, /SECRET_BAKER_LOCAL asks for local values/);
      // Without them it wants AWS, which is not there.
      const plain = await service.run(['package'], { env: machine(service) });
      assert.equal(plain.code, 1, plain.output);
      assert.match(plain.output, /there are no AWS credentials that can be used/);
    });
  });
}

describe('local values', () => {
  it('open with the snippet of 2.1.0 and the AWS SDK v3', async (t) => {
    const service = localService(t, 'v3', {}, { 'handler.js': SDK3 });
    symlinkSync(join(root, 'bench/node_modules/@aws-sdk'), join(service.dir, 'node_modules/@aws-sdk'), 'dir');
    const { code, stdout, output } = await service.run(['invoke', 'local', '-f', 'hello'], { env: machine(service) });
    assert.equal(code, 0, output);
    assert.match(stdout, /the lócal password/);
  });

  it('open with the snippet of 2.1.0 and boto3', async (t) => {
    const service = localService(t, 'v3', { provider: { runtime: 'python3.11' } }, { 'handler.py': BOTO3 });
    const env = machine(service, { PATH: namedPython(service) });
    const { code, stdout, output } = await service.run(['invoke', 'local', '-f', 'hello'], { env });
    assert.equal(code, 0, output);
    assert.match(stdout, /the l(ó|\\u00f3)cal password/);
  });

  it('come from a plain file that git ignores, by the command line', async (t) => {
    const files = { '.env.local': 'DB_PASSWORD="from a plain file"\nTOKEN=x\n', '.gitignore': '.env.*\n' };
    const service = localService(t, 'v3', {}, files);
    execFileSync('git', ['init', '--quiet'], { cwd: service.dir });
    const command = ['invoke', 'local', '-f', 'hello', '--secret-baker-local', '.env.local'];
    const { code, stdout, output } = await service.run(command, { env: machine(service) });
    assert.equal(code, 0, output);
    assert.match(stdout, /from a plain file/);
  });

  it('come from AWS again with --no-secret-baker-local', async (t) => {
    const service = localService(t, 'v3');
    const command = ['invoke', 'local', '-f', 'hello', '--no-secret-baker-local'];
    const { code, output } = await service.run(command, { env: machine(service) });
    assert.equal(code, 1, output);
    assert.match(output, /there are no AWS credentials that can be used/);
  });
});

/** @typedef {{identity?: () => Promise<string> | string | undefined, args?: string[], files?: Record<string, string>, git?: boolean, says: (RegExp | string)[]}} Mistake */

/** @type {Record<string, Mistake>} */
const mistakes = {
  'no identity': {
    identity: () => undefined,
    says: [
      '`secrets.yaml` is encrypted for age identities, and this machine has none\n',
      'hint: put yours where SOPS looks for it: SOPS_AGE_KEY, SOPS_AGE_KEY_FILE, SOPS_AGE_KEY_CMD or ',
    ],
  },
  'the identity of another': {
    identity: () => generateX25519Identity(),
    says: [
      /no age identity of this machine opens `secrets\.yaml`, which is encrypted for age1/,
      /hint: let somebody who can open it add your recipient, .*: sops rotate --in-place --add-age RECIPIENT secrets\.yaml/,
    ],
  },
  'a plain file that git sees': {
    args: ['--secret-baker-local', 'my.env'],
    files: { 'my.env': 'DB_PASSWORD=hunter2\nTOKEN=hunter2\n' },
    git: true,
    says: [
      '`my.env` has secrets in plain text, and git does not ignore it\n',
      'hint: add the line `/my.env` to `.gitignore` in ',
    ],
  },
  'a plain file outside of any repository': {
    args: ['--secret-baker-local', 'my.env'],
    files: { 'my.env': 'DB_PASSWORD=hunter2\nTOKEN=hunter2\n' },
    says: [
      'and git does not say that it ignores it: fatal: not a git repository',
      'hint: keep the file in a git repository that ignores it',
    ],
  },
  'names that the file does not have': {
    args: ['--secret-baker-local', 'my.env'],
    files: { 'my.env': 'DB_PASWORD=hunter2\n', '.gitignore': '*.env\n' },
    git: true,
    says: [
      'custom.secretBaker.DB_PASSWORD: `my.env` has no local value for `DB_PASSWORD`, did you mean `DB_PASWORD`?\n',
      'custom.secretBaker.TOKEN: `my.env` has no local value for `TOKEN`\n',
      'hint: add it to my.env',
    ],
  },
  'no such file': {
    args: ['--secret-baker-local', 'nowhere.yaml'],
    says: ['there is no file `nowhere.yaml`', 'hint: '],
  },
  'a malformed file': {
    args: ['--secret-baker-local', 'my.yaml'],
    files: { 'my.yaml': 'DB_PASSWORD: [hunter2\n' },
    says: ['`my.yaml` is not written as its format wants it', 'hint: '],
  },
  'an option that names no file': {
    args: ['--secret-baker-local'],
    files: { 'serverless.yml': '' },
    says: ['--secret-baker-local names no file\n', 'hint: write --secret-baker-local FILE'],
  },
};

describe('a mistake on purpose, local', () => {
  for (const [title, { identity: own = () => identity, args = [], files = {}, git, says }] of Object.entries(mistakes)) {
    it(`${title}: ends with 1, a sentence and what to do, and shows no value`, async (t) => {
      const { 'serverless.yml': bare, ...more } = files;
      const custom = { secretBaker: { DB_PASSWORD: '/db', TOKEN: '/token' } };
      const service = localService(t, 'v3', bare === undefined ? {} : { custom }, more);
      if (git) execFileSync('git', ['init', '--quiet'], { cwd: service.dir });
      const env = machine(service, { SOPS_AGE_KEY: await own() });
      const { code, output } = await service.run(['invoke', 'local', '-f', 'hello', ...args], { env });
      assert.equal(code, 1, output);
      for (const text of says) {
        assert.ok(typeof text === 'string' ? output.includes(text) : text.test(output), `${text} is not in ${output}`);
      }
      assert.doesNotMatch(output, /hunter2|^\s+at .*:\d+:\d+\)?$/m);
      assert.equal(service.has(FILE), false);
    });
  }
});

describe('local values of entries that name a SOPS file of their own', () => {
  it('come from that file where it has an age recipient and the local file has none', async (t) => {
    const recipients = [await identityToRecipient(identity)];
    const files = {
      'secrets.yaml': await sealForAge({ TOKEN: 'the local token' }, recipients),
      'own.yaml': await sealForAge({ password: 'the password of its own file' }, recipients),
    };
    const custom = {
      secretBaker: { DB_PASSWORD: { sops: 'own.yaml', field: 'password' }, TOKEN: '/token' },
      secretBakerOptions: { local: 'secrets.yaml' },
    };
    const service = localService(t, 'v3', { custom }, files);
    const { code, stdout, output } = await service.run(['invoke', 'local', '-f', 'hello', '--verbose'], {
      env: machine(service),
    });
    assert.equal(code, 0, output);
    assert.match(stdout, /the password of its own file/);
    assert.match(output, /DB_PASSWORD is local, from own\.yaml/);
    assert.match(output, /TOKEN is local, from secrets\.yaml/);
  });

  it('are opened by variables, too, and the option that was given last counts', async (t) => {
    const handler = `const { secretFromEnv } = require('secret-baker');
exports.hello = async () => ({ secret: await secretFromEnv('DB') });
`;
    const service = localService(
      t,
      'v3',
      {
        custom: { secretBaker: { DB_PASSWORD: '/db', TOKEN: '/token' } },
        // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the framework
        functions: { hello: { handler: 'handler.hello', environment: { DB: '${secretBaker:DB_PASSWORD}' } } },
      },
      { 'handler.js': handler },
    );
    const options = ['--secret-baker-local', 'there-is-none.yaml', '--secret-baker-local', 'secrets.yaml'];
    const { code, stdout, output } = await service.run(['invoke', 'local', '-f', 'hello', ...options], {
      env: machine(service),
    });
    assert.equal(code, 0, output);
    assert.match(stdout, /the lócal password/);
  });
});
