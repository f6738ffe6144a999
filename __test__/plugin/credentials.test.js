'use strict';

const assert = require('node:assert/strict');
const { afterEach, beforeEach, test } = require('node:test');
const { fakeService, KEYS } = require('./fake-serverless.js');

/**
 * @param {string} code
 * @param {string} [message]
 */
const coded = (code, message = code) => Object.assign(new Error(message), { code });
/** @param {string} code */
const throws =
  (code, message = code) =>
  () => {
    throw coded(code, message);
  };

const removed = throws('AWS_SDK_V2_SURFACE_REMOVED', 'provider.getCredentials() is removed');
const unknownProfile = throws('UNRECOGNIZED_AWS_PROFILE', 'AWS profile "sso" doesn\'t seem to be configured');
const TEMPORARY = { ...KEYS, sessionToken: 'token' };

/** Credentials of the SDK, version 2, that are placeholders until they are asked for. */
const placeholder = (keys = KEYS) => ({
  accessKeyId: 'pending',
  secretAccessKey: 'pending',
  async getPromise() {
    Object.assign(this, keys);
  },
});

/** @param {() => Promise<any>} resolvePromise */
const sdk = (resolvePromise) => ({
  CredentialProviderChain: class {
    resolvePromise = resolvePromise;
  },
});
const emptyChain = sdk(async () => {
  throw coded('CredentialsError', 'Could not load credentials from any providers');
});

const ENVIRONMENT = ['AWS_PROFILE', 'AWS_DEV_PROFILE'];
/** @type {Record<string, string | undefined>} */
const saved = {};

beforeEach(() => {
  for (const name of ENVIRONMENT) {
    saved[name] = process.env[name];
    delete process.env[name];
  }
});

afterEach(() => {
  for (const name of ENVIRONMENT) {
    if (saved[name] === undefined) delete process.env[name];
    else process.env[name] = saved[name];
  }
});

/** @type {[string, Record<string, any>, object][]} */
const FOUND = [
  ['serverless 3: an object of the SDK', { getCredentials: () => ({ credentials: KEYS }) }, KEYS],
  ['serverless 3: one that must be asked first', { getCredentials: () => ({ credentials: placeholder() }) }, KEYS],
  ['serverless 3: an assumed role', { getCredentials: () => ({ credentials: placeholder(TEMPORARY) }) }, TEMPORARY],
  [
    "serverless 3: nothing, so the SDK's own chain",
    { getCredentials: () => ({}), sdk: sdk(async () => placeholder(TEMPORARY)) },
    TEMPORARY,
  ],
  [
    'osls 3: first as serverless 3, for one prompt of a second factor only',
    { getCredentials: () => ({ credentials: KEYS }), getAwsSdkV3Config: throws('asked twice') },
    KEYS,
  ],
  [
    'osls 3: a profile that only the newer SDK knows',
    { getCredentials: unknownProfile, getAwsSdkV3Config: async () => ({ credentials: async () => TEMPORARY }) },
    TEMPORARY,
  ],
  [
    'osls 4: the newer interface only',
    {
      getCredentials: removed,
      get sdk() {
        return removed();
      },
      getAwsSdkV3Config: async () => ({ credentials: async () => TEMPORARY }),
    },
    TEMPORARY,
  ],
  [
    'serverless 4: flat and asynchronous',
    { getCredentials: async () => ({ ...TEMPORARY, accountId: '123456789012' }) },
    TEMPORARY,
  ],
];

for (const [title, provider, expected] of FOUND) {
  test(`after:package:cleanup: credentials of ${title}`, async (t) => {
    const service = fakeService({ provider });
    t.after(service.remove);
    await service.run('after:package:cleanup');
    const [request] = service.core.requests;
    assert.deepEqual(request?.credentials, expected);
    assert(request && !('profile' in request));
  });
}

test('after:package:cleanup: asks the provider in the hook: other plugins patch it in initialize', async (t) => {
  /** @type {Record<string, any>} */
  const provider = { getCredentials: throws('asked too early') };
  const service = fakeService({ provider });
  t.after(service.remove);
  await service.run('initialize');
  provider.getCredentials = () => ({ credentials: KEYS });
  await service.run('after:package:cleanup');
  assert.deepEqual(service.core.requests[0]?.credentials, KEYS);
});

const ELSEWHERE = (/** @type {string} */ reason) =>
  `secret-baker: the framework gives no credentials (${reason}); looking for them elsewhere`;

/** @type {[string, Record<string, any> | undefined, string][]} */
const NOTHING = [
  ['no provider', undefined, 'it has none'],
  [
    'serverless 3 and an empty chain',
    { getCredentials: () => ({}), sdk: emptyChain },
    'Could not load credentials from any providers',
  ],
  ['serverless 3 and an unknown profile', { getCredentials: unknownProfile }, 'AWS profile "sso" doesn\'t seem to be configured'],
  [
    'osls 4 without any',
    {
      getCredentials: removed,
      getAwsSdkV3Config: async () => ({ credentials: throws('AWS_CREDENTIALS_NOT_FOUND', 'credentials not found') }),
    },
    'credentials not found',
  ],
  ['serverless 4 without any', { getCredentials: async () => undefined }, 'it has none'],
];

for (const [title, provider, reason] of NOTHING) {
  test(`after:package:cleanup: ${title}: the core looks for itself, told with --verbose when it succeeds`, async (t) => {
    const service = fakeService({ provider, serverless: { getProvider: () => provider } });
    t.after(service.remove);
    await service.run('after:package:cleanup');
    assert.equal(service.core.requests[0]?.credentials, undefined);
    assert(service.log.lines.includes(`verbose: ${ELSEWHERE(reason)}`), service.log.lines.join('\n'));
  });

  test(`after:package:cleanup: ${title}: always told when the bake fails`, async (t) => {
    const failure = { code: 'SECRET_BAKER_CREDENTIALS', message: 'no credentials' };
    const service = fakeService({ serverless: { getProvider: () => provider }, core: { outcome: { failure } } });
    t.after(service.remove);
    await assert.rejects(service.run('after:package:cleanup'), { ...failure });
    assert(service.log.lines.includes(`notice: ${ELSEWHERE(reason)}`), service.log.lines.join('\n'));
  });
}

/** @type {[string, Record<string, any>][]} */
const UNUSABLE = [
  [
    'an expired session',
    { getCredentials: () => ({ credentials: { getPromise: async () => throws('Expired', 'the session has expired')() } }) },
  ],
  [
    'a refused role',
    {
      getCredentials: removed,
      getAwsSdkV3Config: async () => ({ credentials: throws('AccessDenied', 'the session has expired') }),
    },
  ],
  ['a failure of serverless 4', { getCredentials: async () => throws('X', 'the session has expired')() }],
];

const HINT = 'mend the profile, role or session that the framework is told to use, then try again';

for (const [title, provider] of UNUSABLE) {
  test(`after:package:cleanup: ${title} is told by the core where it needs credentials, which looks for no other identity`, async (t) => {
    const service = fakeService({ provider });
    t.after(service.remove);
    await service.run('after:package:cleanup');
    const [request] = service.core.requests;
    assert.deepEqual(request?.lack, {
      message: "the framework's credentials cannot be used: the session has expired",
      hint: HINT,
    });
    assert(request && !('credentials' in request) && !('profile' in request));
  });
}

/** @type {[string, () => never, string][]} */
const TOLD = [
  [
    'what STS says of a signature by its name only: it repeats the request',
    throws('IncompleteSignature', "'TOKENTOKEN' not a valid key=value pair in 'AWS4-HMAC-SHA256 Credential=AKIA'"),
    'IncompleteSignature',
  ],
  [
    'an address without its password, on one line',
    throws('ECONNREFUSED', 'connect ECONNREFUSED\n  via http://user:hunter2@proxy.test:8080/\u001b[2J'),
    'connect ECONNREFUSED via http://proxy.test:8080/\\u{1b}[2J',
  ],
  [
    'an address without a password that is not escaped',
    throws('ECONNREFUSED', 'via http://user:hunter/2@x?y#z@proxy.test:8080, see https://docs.test/@scope/page'),
    'via http://proxy.test:8080, see https://docs.test/@scope/page',
  ],
  ['no more than a thousand characters', throws('X', 'x'.repeat(5000)), `${'x'.repeat(1000)}...`],
];

for (const [title, getCredentials, told] of TOLD) {
  test(`after:package:cleanup: tells ${title}`, async (t) => {
    const service = fakeService({ provider: { getCredentials } });
    t.after(service.remove);
    await service.run('after:package:cleanup');
    const message = `the framework's credentials cannot be used: ${told}`;
    assert.deepEqual(service.core.requests[0]?.lack, { message, hint: HINT });
  });
}

test("after:package:cleanup: the core looks in the profile of the framework's choice", async (t) => {
  const getProfile = () => 'of-the-service';
  const provider = { getCredentials: unknownProfile, getStage: () => 'dev', getProfile };
  /** @param {Record<string, any>} [options] */
  const profile = async (options = {}) => {
    const service = fakeService({ provider, options });
    t.after(service.remove);
    await service.run('after:package:cleanup');
    return service.core.requests[0]?.profile;
  };
  assert.equal(await profile(), 'of-the-service');
  process.env.AWS_PROFILE = 'of-the-shell';
  assert.equal(await profile(), 'of-the-shell');
  process.env.AWS_DEV_PROFILE = 'of-the-stage';
  assert.equal(await profile(), 'of-the-stage');
  assert.equal(await profile({ 'aws-profile': 'of-the-command' }), 'of-the-command');
});
