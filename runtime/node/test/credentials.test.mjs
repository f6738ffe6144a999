// Where credentials come from, in fresh processes, and that they are read when a call is made.

import assert from 'node:assert/strict';
import http from 'node:http';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { parameter, refuse, startAws } from './fake-aws.mjs';
import { FILE, folderWith, keys, keysAsEnv, runFresh, script, start } from './workshop.mjs';

const one = parameter('/keys/one', 'plaintext of one');
const two = parameter('/keys/two', 'plaintext of two');
const folder = folderWith({ [FILE]: { A: one.entry, B: two.entry } });

/** @type {Awaited<ReturnType<typeof startAws>>} */
let kms;
/** @type {http.Server} */
let container;
/** @type {{url: string, token: string | undefined}[]} */
let asked = [];
let lifetime = 3_600_000;
/** @type {{is: unknown} | undefined} what stands in place of the end of that lifetime */
let expiration;
/** @param {number} ms @param {string} rest */
function inTime(ms, rest) {
  return new Date(Date.now() + ms).toISOString().slice(0, 19) + rest;
}
let failures = 0;

before(async () => {
  container = http.createServer(({ url = '', headers }, response) => {
    asked.push({ url, token: headers.authorization });
    if (asked.length <= failures) return response.writeHead(500).end();
    const Expiration = expiration ? expiration.is : new Date(Date.now() + lifetime).toISOString();
    const AccessKeyId = `CONTAINER${asked.length}`;
    return response.end(JSON.stringify({ AccessKeyId, SecretAccessKey: 'hidden-key', Token: 'hidden-token', Expiration }));
  });
  await new Promise((resolve) => container.listen(0, '127.0.0.1', () => resolve(undefined)));
});
// One for each test, so that none counts the calls of another.
beforeEach(async () => {
  kms = await startAws([one.rule, two.rule]);
  asked = [];
  lifetime = 3_600_000;
  expiration = undefined;
  failures = 0;
});
afterEach(() => kms.stop());
after(() => {
  container.close();
  container.closeAllConnections();
});

/**
 * @param {string} body
 * @param {Record<string, string>} [env]
 * @param {string} [cwd]
 */
const run = (body, env = {}, cwd = folder) => runFresh(body, { env: { AWS_ENDPOINT_URL: kms.endpoint, ...env }, cwd });
const containerEnv = () => {
  const address = container.address();
  const port = typeof address === 'object' && address?.port;
  return { AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/creds`, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'its-token' };
};
const outcome = "await baker.secret('A').then(print, ({ code, message }) => print({ code, message }));";
const used = () => kms.calls.map(({ accessKeyId }) => accessKeyId);

test('those of the environment, with the token of the session', async () => {
  assert.equal(await run(outcome, { ...keysAsEnv, AWS_SESSION_TOKEN: 'session' }), 'plaintext of one');
  assert.equal(kms.calls[0]?.headers['x-amz-security-token'], 'session');
  assert.deepEqual(used(), [keys.accessKeyId]);
});

test('AWS_ENDPOINT_URL_KMS goes before AWS_ENDPOINT_URL', async () => {
  const env = { ...keysAsEnv, AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_ENDPOINT_URL_KMS: kms.endpoint };
  assert.equal(await run(outcome, env), 'plaintext of one');
});

test('those of the environment are read at each call, and between two attempts', async () => {
  kms.next((_call, _response, ordinary) => ordinary(), refuse('ThrottlingException'));
  const body = `
    await baker.secret('A');
    process.env.AWS_ACCESS_KEY_ID = 'SECOND';
    const opening = baker.secret('B');
    const rotated = setInterval(() => { if (process.env.AWS_ACCESS_KEY_ID === 'SECOND') process.env.AWS_ACCESS_KEY_ID = 'THIRD'; }, 1);
    await new Promise((resolve) => setImmediate(resolve));
    await opening;
    clearInterval(rotated);
    print('done');`;
  await run(body, keysAsEnv);
  assert.deepEqual(used(), [keys.accessKeyId, 'SECOND', 'THIRD']);
});

test('expired ones are told, and a later call uses the new ones', async () => {
  kms.next(refuse('ExpiredTokenException', { message: 'The security token included in the request is expired' }));
  const body = `
    const error = await baker.secret('A').catch((error) => error);
    process.env.AWS_ACCESS_KEY_ID = 'RENEWED';
    print([error.code, error.message, await baker.secret('A')]);`;
  const [code, message, text] = await run(body, keysAsEnv);
  assert.equal(code, 'SECRET_BAKER_CREDENTIALS');
  assert.match(message, /: ExpiredTokenException\n {2}hint: they have expired: renew them\n {2}more: /);
  assert.equal(text, 'plaintext of one');
  assert.deepEqual(used(), [keys.accessKeyId, 'RENEWED']);
});

test('those of the container, as a function restored from a snapshot has them; fetched once', async () => {
  assert.equal(
    await run("await baker.secrets(); await baker.secret('A', { fresh: true }); print('done')", containerEnv()),
    'done',
  );
  assert.deepEqual(asked, [{ url: '/creds', token: 'its-token' }]);
  assert.deepEqual(used(), ['CONTAINER1', 'CONTAINER1', 'CONTAINER1']);
  assert.equal(kms.calls[0]?.headers['x-amz-security-token'], 'hidden-token');
});

test('the environment goes before the container', async () => {
  await run(outcome, { ...containerEnv(), ...keysAsEnv });
  assert.equal(asked.length, 0);
});

test('a relative URI of the container is that of the fixed address, and goes before a full one', async () => {
  const { AWS_CONTAINER_CREDENTIALS_FULL_URI: full, ...env } = containerEnv();
  const body = `
    const { prototype } = require('node:http').Agent;
    const connect = prototype.createConnection;
    prototype.createConnection = function (to, ...rest) {
      const isFixed = to.host === '169.254.170.2' && to.port === 80;
      return connect.call(this, isFixed ? { host: '127.0.0.1', port: ${new URL(full).port} } : to, ...rest);
    };
    print(await baker.secret('A').then(() => 'opened', ({ message }) => message));`;
  const uris = {
    AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/creds?of=role',
    AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://localhost:1/',
  };
  assert.equal(await run(body, { ...env, ...uris }), 'opened');
  assert.deepEqual(asked, [{ url: '/creds?of=role', token: 'its-token' }]);
});

test("the container's token may lie in a file", async () => {
  const token = folderWith({ token: 'token-of-file\n', lines: 'a\nb: c' });
  await run(outcome, { ...containerEnv(), AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: `${token}/token` });
  assert.equal(asked[0]?.token, 'token-of-file');
  const { code, message } = await run(outcome, { ...containerEnv(), AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: `${token}/none` });
  assert.equal(code, 'SECRET_BAKER_CREDENTIALS');
  assert.match(message, /TOKEN_FILE: ENOENT/);
  const endless = await run(outcome, { ...containerEnv(), AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/dev/zero' });
  assert.match(endless.message, /TOKEN_FILE: it is no file/);
  const lines = await run(outcome, { ...containerEnv(), AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: `${token}/lines` });
  assert.match(lines.message, /AWS_CONTAINER_AUTHORIZATION_TOKEN holds a line end/);
});

test("the container's credentials are renewed before they end", async () => {
  lifetime = 50_000;
  await run("await baker.secret('A'); await baker.secret('B'); print('done')", containerEnv());
  assert.deepEqual(used(), ['CONTAINER1', 'CONTAINER2']);
});

test('the container is asked again when KMS calls its credentials expired, but not for ever', async () => {
  kms.next(refuse('ExpiredTokenException'));
  assert.equal(await run(outcome, containerEnv()), 'plaintext of one');
  assert.deepEqual(used(), ['CONTAINER1', 'CONTAINER2']);
  kms.behaviour = refuse('ExpiredTokenException');
  kms.calls = [];
  assert.equal((await run(outcome, containerEnv())).code, 'SECRET_BAKER_CREDENTIALS');
  assert.ok(kms.calls.length > 1 && kms.calls.length < 8);
});

test('a container that fails is asked again, and told', async () => {
  failures = 2;
  assert.equal(await run(outcome, containerEnv()), 'plaintext of one');
  failures = 99;
  const { code, message } = await run(outcome, containerEnv());
  assert.equal(code, 'SECRET_BAKER_CREDENTIALS');
  assert.match(message, /127\.0\.0\.1:\d+ answered 500 without credentials\n {2}hint: check AWS_CONTAINER_CREDENTIALS_FULL_URI/);
  assert.doesNotMatch(message, /its-token/);
});

test('no token goes to another host without TLS', async () => {
  const { code, message } = await run(outcome, { ...containerEnv(), AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://evil.example/' });
  assert.equal(code, 'SECRET_BAKER_CREDENTIALS');
  assert.match(message, /must be https or local, not evil\.example/);
});

test('a line end in a key is told before anything is sent', async () => {
  const { code, message } = await run(outcome, { ...keysAsEnv, AWS_SECRET_ACCESS_KEY: 'hidden-key\n' });
  assert.equal(code, 'SECRET_BAKER_CREDENTIALS');
  assert.match(message, /the secret access key of the environment holds white space .*\n {2}hint: set it anew/);
  assert.doesNotMatch(message, /hidden-key/);
  assert.equal(kms.calls.length, 0);
});

for (const half of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) {
  test(`${half} alone is refused, and the container is not asked`, async () => {
    const { code, message } = await run(outcome, { ...containerEnv(), [half]: 'x' });
    assert.equal(code, 'SECRET_BAKER_CREDENTIALS');
    assert.match(message, /hint: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY both/);
    assert.equal(asked.length, 0);
  });
}

for (const [what, end, fetched] of /** @type {[string, unknown, number][]} */ ([
  ['without an end are used for five minutes', undefined, 1],
  ['whose end cannot be read are used for five minutes', 'tomorrow', 1],
  ['whose end is a number are used for five minutes', 5, 1],
  ['whose end has nine digits of a second', inTime(3_600_000, '.123456789Z'), 1],
  ['whose end is written in small letters', inTime(3_600_000, 'z').toLowerCase(), 1],
  ['whose end has an offset', inTime(3_600_000 + 7_200_000, '+02:00'), 1],
  ['whose end is near, with an offset', inTime(30_000 + 7_200_000, '+02:00'), 2],
  ['that are over are fetched for each call', inTime(-1_000, 'Z'), 2],
])) {
  test(`credentials of a container ${what}`, async () => {
    expiration = { is: end };
    await run("await baker.secret('A'); await baker.secret('B'); print('done')", containerEnv());
    assert.equal(asked.length, fetched);
  });
}

test('credentials of a container without an end are not kept for ever', async () => {
  expiration = { is: undefined };
  const body = `
    await baker.secret('A');
    const now = Date.now;
    Date.now = () => now() + 5 * 60_000;
    await baker.secret('B');
    print('done');`;
  await run(body, containerEnv());
  assert.deepEqual(used(), ['CONTAINER1', 'CONTAINER2']);
});

test('a container that nobody reaches is no outage of KMS', async () => {
  const { code, message } = await run(outcome, { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:1/' });
  assert.equal(code, 'SECRET_BAKER_CREDENTIALS');
  assert.match(message, /127\.0\.0\.1:1: ECONNREFUSED\n {2}hint: check AWS_CONTAINER_CREDENTIALS_FULL_URI/);
});

test('a relative URI leads to no other host', async () => {
  const { code } = await run(outcome, { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '@evil.example/' });
  assert.equal(code, 'SECRET_BAKER_CREDENTIALS');
});

test('in Lambda without any: says so and asks no SDK', async () => {
  const { code, message } = await run(outcome, { AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9001' });
  assert.equal(code, 'SECRET_BAKER_CREDENTIALS');
  assert.match(message, /the environment has none/);
});

test('configured ones, and a function that is asked at each attempt', async () => {
  kms.next(refuse('ThrottlingException'));
  const body = `
    let asked = 0;
    baker.configure({ credentials: async () => ({ accessKeyId: 'ASKED' + ++asked, secretAccessKey: 'x' }) });
    await baker.secret('A');
    baker.configure({ credentials: { accessKeyId: 'FIXED', secretAccessKey: 'x' } });
    await baker.secret('B');
    print('done');`;
  await run(body, keysAsEnv);
  assert.deepEqual(used(), ['ASKED1', 'ASKED2', 'FIXED']);
});

test('a function that fails, hangs or gives nothing is told', async () => {
  for (const [provider, message] of /** @type {[string, RegExp][]} */ ([
    ["() => { throw new Error('no session') }", /configure\(\): no session/],
    ["async () => { throw new Error('no session') }", /configure\(\): no session/],
    ['() => new Promise(() => {})', /configure\(\): no answer in time/],
    ['() => undefined', /configure\(\) gives no access key ID and no secret access key\n {2}hint: set .* both/],
    ['async () => ({ accessKeyId: 5 })', /gives no secret access key/],
    ["() => ({ accessKeyId: 5, secretAccessKey: 'x' })", /the access key ID of configure\(\) holds .*no printable ASCII/],
    [
      "() => ({ accessKeyId: 'A', secretAccessKey: 'x', sessionToken: 'a b' })",
      /the session token of configure\(\) holds white space/,
    ],
    ["() => { throw new Error('one\\ntwo') }", /configure\(\): one\\ntwo\n/],
    ['() => { throw undefined }', /configure\(\): undefined/],
  ])) {
    const told = await run(`baker.configure({ timeout: 200, credentials: ${provider} }); ${outcome}`);
    assert.equal(told.code, 'SECRET_BAKER_CREDENTIALS', provider);
    assert.match(told.message, message);
  }
});

const sdk = (/** @type {string} */ name, /** @type {string} */ maker, /** @type {string} */ code) =>
  folderWith({
    [FILE]: { A: one.entry, B: two.entry },
    [`node_modules/${name}/package.json`]: { name, main: 'main.js' },
    [`node_modules/${name}/main.js`]: `exports.${maker} = (init) => { ${code} };`,
  });

test('the chain of an installed SDK, looked for beside the program and in the working folder', async () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: code of the installed SDK
  const code = 'let n = 0; return async () => ({ accessKeyId: `SDK-${init.clientConfig.region}-${++n}`, secretAccessKey: "x" });';
  const installed = sdk('@aws-sdk/credential-providers', 'fromNodeProviderChain', code);
  assert.equal(await runElsewhere(outcome, installed), 'plaintext of one');
  assert.deepEqual(used(), ['SDK-eu-central-1-1']);
  kms.reset();
  await runElsewhere("await baker.secrets(); print('done')", sdk('@aws-sdk/credential-provider-node', 'defaultProvider', code));
  assert.deepEqual(used().sort(), ['SDK-eu-central-1-1', 'SDK-eu-central-1-2']);
});

test('an SDK that finds nothing, and one that cannot be loaded, are told', async () => {
  const code = 'return async () => { throw new Error("Could not load credentials from any providers"); };';
  const empty = await runElsewhere(outcome, sdk('@aws-sdk/credential-providers', 'fromNodeProviderChain', code));
  assert.equal(empty.code, 'SECRET_BAKER_CREDENTIALS');
  assert.match(empty.message, /the AWS SDK's chain: Could not load credentials from any providers/);
  const broken = folderWith({
    [FILE]: { A: one.entry },
    'node_modules/@aws-sdk/credential-providers/index.js': 'throw new Error("broken install");',
  });
  assert.match((await runElsewhere(outcome, broken)).message, /credential-providers cannot be loaded: broken install/);
});

test('an SDK of another shape is told, not thrown', async () => {
  const strange = sdk('@aws-sdk/credential-providers', 'somethingElse', '');
  const { code, message } = await runElsewhere(outcome, strange);
  assert.equal(code, 'SECRET_BAKER_CREDENTIALS');
  assert.match(message, /the AWS SDK's chain: .*fromNodeProviderChain is not a function/);
});

test('without any SDK the error says what to install', async () => {
  const { code, message } = await runElsewhere(outcome, folderWith({ [FILE]: { A: one.entry } }));
  assert.equal(code, 'SECRET_BAKER_CREDENTIALS');
  assert.match(
    message,
    /@aws-sdk\/credential-providers, which looks for profiles and roles, is not installed\n {2}hint: .*set AWS_ACCESS_KEY_ID/,
  );
});

/**
 * From a copy of the package: beside the original lies an SDK.
 * @param {string} body
 * @param {string} cwd
 */
async function runElsewhere(body, cwd) {
  const { cpSync } = await import('node:fs');
  const { packageFolder } = await import('./workshop.mjs');
  const copy = folderWith();
  for (const part of ['package.json', 'index.js', 'lib'])
    cpSync(`${packageFolder}/${part}`, `${copy}/${part}`, { recursive: true });
  const text = script(body).replace(JSON.stringify(packageFolder), JSON.stringify(copy));
  const { code, stdout, stderr } = await start(['-e', text], { cwd, env: { AWS_ENDPOINT_URL: kms.endpoint } }).ended;
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}
