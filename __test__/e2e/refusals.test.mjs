// Every failure as a user sees it: the framework's own error, exit code 1, no stack, nothing left behind.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { startStandIn } from '../aws/stand-in.mjs';
import { FILE, plainWith } from './harness.mjs';

/** @import { Framework } from './harness.mjs' */

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;
const HERE = 'region eu-central-1, account 123456789012';
const PLAINTEXTS = ['opened-one', 'opened-two', 'visible-value'];

before(async () => {
  standIn = await startStandIn();
  await standIn.putSecret('/r/one', 'opened-one');
  await standIn.putSecret('/r/two', 'opened-two');
  await standIn.putSecret('/r/string', 'visible-value', { type: 'String' });
  await standIn.putSecret('/r/list', 'visible-value,b', { type: 'StringList' });
});
beforeEach(() => standIn.reset());
after(() => standIn.stop());

/**
 * @typedef {object} Refusal
 * @property {string} title
 * @property {unknown} secretBaker
 * @property {object} [keys] more of `serverless.yml`
 * @property {Record<string, unknown>[]} [faults]
 * @property {Record<string, string | undefined>} [env]
 * @property {Framework[]} [on]
 * @property {(string | RegExp)[]} says
 */

/** @type {Refusal[]} */
const refusals = [
  {
    title: 'parameters that are not there, all at once',
    secretBaker: { ONE: '/r/one', GONE: '/r/gone', OLD: '/r/one:9', LABEL: '/r/one:none' },
    on: ['v3', 'osls3', 'osls4'],
    says: [
      '3 problems:',
      `custom.secretBaker.GONE: secret \`GONE\`: there is no parameter \`/r/gone\` in ${HERE}`,
      'hint: check the path, the region and the account, or create it: aws ssm put-parameter --name /r/gone --type SecureString --key-id alias/YOUR-KEY --value file://secret.txt --region eu-central-1',
      `custom.secretBaker.OLD: secret \`OLD\`: parameter \`/r/one\` has no version or label \`9\` in ${HERE}`,
      `custom.secretBaker.LABEL: secret \`LABEL\`: parameter \`/r/one\` has no version or label \`none\` in ${HERE}`,
      'hint: list what there is: aws ssm get-parameter-history --name /r/one --no-with-decryption --region eu-central-1',
    ],
  },
  {
    title: 'parameters that are plaintext',
    secretBaker: ['/r/one', '/r/string', '/r/list'],
    says: [
      '2 problems:',
      `custom.secretBaker[1]: secret \`/r/string\`: parameter \`/r/string\` in ${HERE} is a String, which is not encrypted`,
      "hint: a parameter's type cannot be changed, so store the value under another name, under a customer managed key, and write that name here: aws ssm put-parameter --name /r/string-secure --type SecureString",
      `custom.secretBaker[2]: secret \`/r/list\`: parameter \`/r/list\` in ${HERE} is a StringList, which is not encrypted`,
    ],
  },
  {
    title: 'one denied parameter of a batch, told apart from a missing one',
    secretBaker: ['/r/one', '/r/two', '/r/gone'],
    faults: [{ target: 'AmazonSSM.GetParameter*', names: ['/r/two'], error: 'AccessDeniedException' }],
    says: [
      '2 problems:',
      `custom.secretBaker[1]: secret \`/r/two\`: reading \`/r/two\` in ${HERE} is denied: User: arn:aws:sts::123456789012:assumed-role/deploy/session is not authorized to perform: ssm:GetParameter on resource: arn:aws:ssm:eu-central-1:123456789012:parameter/r/two because no identity-based policy allows the ssm:GetParameter action`,
      'hint: allow `ssm:GetParameter` on this parameter to the role that deploys; kms:Decrypt is not needed',
      `custom.secretBaker[2]: secret \`/r/gone\`: there is no parameter \`/r/gone\` in ${HERE}`,
    ],
  },
  {
    title: 'a denied prefix',
    secretBaker: [{ path: '/r/*' }],
    faults: [{ target: 'AmazonSSM.GetParametersByPath', error: 'AccessDeniedException' }],
    says: [
      `custom.secretBaker[0]: the secrets below it: reading \`/r/*\` in ${HERE} is denied:`,
      'hint: allow `ssm:GetParametersByPath` on this parameter to the role that deploys; kms:Decrypt is not needed',
    ],
  },
  {
    title: 'a prefix with nothing encrypted below it',
    secretBaker: [{ path: '/empty/*' }],
    says: [`custom.secretBaker[0]: there is no SecureString parameter below \`/empty/*\` in ${HERE}`],
  },
  {
    title: 'every mistake of the config',
    secretBaker: [5, { name: 'A', pth: '/a' }, 'a/b', 'X', 'X', '/aws/reference/secretsmanager/s'],
    on: ['v3', 'osls4'],
    says: [
      '5 problems:',
      "custom.secretBaker[0]: must be a parameter's name or an object with `name` and `path`, not a number",
      'custom.secretBaker[1]: unknown key `pth`, did you mean `path`?',
      'custom.secretBaker[2]: Parameter Store has no parameter named `a/b`: a name with levels begins with `/`',
      'custom.secretBaker[5]: `/aws/reference/secretsmanager/s` is a secret of Secrets Manager: Parameter Store shows it only decrypted, so there is no ciphertext to bake',
      'custom.secretBaker[4]: the name `X` is already used by custom.secretBaker[3]',
    ],
  },
  {
    title: 'an option that does not exist, where the framework only warns',
    secretBaker: ['/r/one'],
    keys: { configValidationMode: 'warn', custom: { secretBaker: ['/r/one'], secretBakerOptions: { enbled: true } } },
    says: ['custom.secretBakerOptions.enbled: unknown key', 'hint: secretBakerOptions takes enabled, region, endpoint'],
  },
  {
    title: 'an option that does not exist, whatever the framework validates',
    secretBaker: ['/r/one'],
    keys: {
      custom: { secretBaker: ['/r/one'], secretBakerOptions: { enbled: true, region: 5 } },
      configValidationMode: 'error',
    },
    on: ['v3', 'osls3', 'osls4'],
    says: [
      'custom.secretBakerOptions.enbled: unknown key',
      'hint: secretBakerOptions takes enabled, region, endpoint, allowInsecureEndpoint, env, default, local, check, iam, frozen',
      'custom.secretBakerOptions.region: expected the name of a region',
    ],
  },
  {
    title: 'a key that looks like ours',
    secretBaker: [],
    keys: { custom: { secretbaker: ['/r/one'] } },
    on: ['v3', 'osls3', 'osls4'],
    says: ['custom.secretbaker: unknown key', 'hint: did you mean secretBaker?'],
  },
  ...[true, 5, 'a text'].map((secretBaker) => ({
    title: `a config that is ${JSON.stringify(secretBaker)}`,
    secretBaker,
    on: /** @type {Framework[]} */ (['v3', 'osls3', 'osls4']),
    says: [/custom\.secretBaker: must be a list or a map of secrets, not a (boolean|number|string)/],
  })),
  {
    title: 'expired credentials',
    secretBaker: ['/r/one'],
    faults: [{ error: 'ExpiredTokenException', message: 'The security token included in the request is expired' }],
    on: ['v3', 'osls4'],
    says: [
      'AWS does not accept the credentials: ExpiredTokenException: they have expired',
      'hint: sign in again, or check the profile',
    ],
  },
  {
    title: 'no credentials at all',
    secretBaker: ['/r/one'],
    env: { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, HOME: '/nonexistent' },
    on: ['v3', 'osls4'],
    says: [
      'secret-baker: the framework gives no credentials (',
      'there are no AWS credentials that can be used: no credentials found in chain',
      'hint: sign in again, or check the profile and the AWS_* variables that this command sees',
    ],
  },
  {
    title: 'connections that are dropped each time',
    secretBaker: ['/r/one'],
    faults: [{ target: 'AmazonSSM.*', drop: true }],
    says: [
      /no answer from Parameter Store at http:\/\/127\.0\.0\.1:\d+: /,
      'hint: check the network, the proxy variables and the endpoint',
    ],
  },
  {
    title: 'server errors each time',
    secretBaker: ['/r/one'],
    faults: [{ target: 'AmazonSSM.*', error: 'InternalServerError', status: 500, message: 'oh' }],
    says: [/no answer from Parameter Store at http:\/\/127\.0\.0\.1:\d+: HTTP 500 InternalServerError: oh/],
  },
  {
    title: 'answers that are none of AWS',
    secretBaker: ['/r/one'],
    faults: [{ target: 'AmazonSSM.*', garbage: true }],
    says: [/no answer from Parameter Store at http:\/\/127\.0\.0\.1:\d+: what came back is no answer of AWS/],
  },
  {
    title: 'nobody at the endpoint',
    secretBaker: ['/r/one'],
    env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' },
    says: ['no answer from Parameter Store at http://127.0.0.1:9: Connection refused'],
  },
  {
    title: 'an error of AWS that nobody expects',
    secretBaker: ['/r/one'],
    faults: [{ target: 'AmazonSSM.*', error: 'OddException', message: 'odd' }],
    says: [
      'custom.secretBaker[0]: Parameter Store in region eu-central-1, account 123456789012 refused parameter `/r/one` (secret `/r/one`): OddException: odd',
    ],
  },
];

describe('a failure stops the command, in words, and leaves nothing behind', () => {
  for (const { title, secretBaker, keys, faults, env, on = /** @type {Framework[]} */ (['v3']), says } of refusals) {
    for (const framework of on) {
      it(`${title}, on ${framework}`, async (t) => {
        const service = plainWith(t, framework, { custom: { secretBaker }, ...keys });
        const files = service.names();
        await standIn.faults(faults);
        const { code, output } = await service.run(['package', '--verbose'], {
          env: { AWS_ENDPOINT_URL: standIn.endpoint, ...env },
        });
        assert.equal(code, 1, output);
        for (const text of says) {
          if (typeof text === 'string') assert.ok(output.includes(text), `«${text}» is not in:\n${output}`);
          else assert.match(output, text);
        }
        assert.doesNotMatch(output, /^\s+at .*:\d+:\d+\)?$/m, 'a stack');
        assert.deepEqual(service.names(), files);
        assert.equal(existsSync(join(service.dir, '.serverless/plain.zip')), false, 'a zip without its secrets');
        assert.equal((await standIn.calls()).filter((call) => call.withDecryption).length, 0);
        for (const plaintext of PLAINTEXTS) assert.ok(!output.includes(plaintext), plaintext);
      });
    }
  }
});

describe('a bake survives', () => {
  /** @type {Record<string, Record<string, unknown>[]>} */
  const faults = {
    'throttling for a while': [{ target: 'AmazonSSM.*', times: 5, error: 'ThrottlingException', message: 'Rate exceeded' }],
    'a connection that breaks': [{ target: 'AmazonSSM.*', times: 2, drop: true }],
    'an answer that is cut off': [{ target: 'AmazonSSM.*', times: 1, truncate: true }],
    'a server error': [{ target: 'AmazonSSM.*', times: 2, error: 'InternalServerError', status: 500 }],
    'a server that once does not answer': [{ target: 'AmazonSSM.*', times: 1, hang: true }],
  };
  for (const [title, rules] of Object.entries(faults)) {
    it(title, async (t) => {
      const service = plainWith(t, 'v3', { custom: { secretBaker: ['/r/one'] } });
      await standIn.faults(rules);
      const { code, output } = await service.run(['package'], { env: { AWS_ENDPOINT_URL: standIn.endpoint } });
      assert.equal(code, 0, output);
      assert.ok((await service.zip('.serverless/plain.zip')).has(FILE));
    });
  }

  it('a role that may not call GetParameters, and says so once', async (t) => {
    const names = Array.from({ length: 12 }, (_, n) => `/r/many${n}`);
    for (const name of names) await standIn.putSecret(name, 'v');
    const service = plainWith(t, 'v3', { custom: { secretBaker: names } });
    await standIn.faults([{ target: 'AmazonSSM.GetParameters', error: 'AccessDeniedException' }]);
    const { code, output } = await service.run(['package'], { env: { AWS_ENDPOINT_URL: standIn.endpoint } });
    assert.equal(code, 0, output);
    const notice =
      'secret-baker: ssm:GetParameters is denied to this role, so each parameter took a call of its own: allow it beside ssm:GetParameter, and ten are fetched at a time';
    assert.equal(output.split(notice).length, 2, output);
  });
});

describe('nothing that the bake handles is printed', () => {
  it('neither a plaintext nor a ciphertext, with --verbose and --debug', async (t) => {
    const service = plainWith(t, 'v3', { custom: { secretBaker: { ONE: '/r/one', TWO: '/r/two:1' } } });
    const env = { AWS_ENDPOINT_URL: standIn.endpoint, SLS_DEBUG: '*' };
    const { code, output } = await service.run(['package', '--verbose', '--debug=*'], { env });
    assert.equal(code, 0, output);
    assert.match(output, /secret-baker: baked ONE from \/r\/one, version 1\n/);
    assert.match(output, /secret-baker: baked TWO from \/r\/two:1, version 1\n/);
    for (const plaintext of PLAINTEXTS) assert.ok(!output.includes(plaintext), plaintext);
    assert.doesNotMatch(output, /AQICA/);
  });
});

describe("the file's place", () => {
  it('is taken by a folder: an error, and the folder stays', async (t) => {
    const service = plainWith(t, 'v3', { custom: { secretBaker: ['/r/one'] } });
    mkdirSync(join(service.dir, FILE));
    const { code, output } = await service.run(['package'], { env: { AWS_ENDPOINT_URL: standIn.endpoint } });
    assert.equal(code, 1, output);
    assert.ok(output.includes(`cannot write ${join(service.dir, FILE)}: Is a directory`), output);
    assert.deepEqual(service.names().sort(), ['handler.js', FILE, 'serverless.yml'].sort());
  });

  it('is taken by a symbolic link: it is replaced, and its target is untouched', async (t) => {
    const service = plainWith(t, 'v3', { custom: { secretBaker: ['/r/one'] } });
    const target = join(service.parent, 'precious');
    writeFileSync(target, 'precious');
    symlinkSync(target, join(service.dir, FILE));
    const { code, output } = await service.run(['package'], { env: { AWS_ENDPOINT_URL: standIn.endpoint } });
    assert.equal(code, 0, output);
    assert.equal(readFileSync(target, 'utf8'), 'precious');
    assert.equal(service.has(FILE), false);
  });
});
