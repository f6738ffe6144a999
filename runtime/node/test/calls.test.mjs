// How KMS is called: retries, time-outs, connections, single flight.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { python } from '../../../__test__/aws/python.mjs';
import { configure, secret, secretBytes, secrets } from '../index.mjs';
import { cut, hang, KEY, parameter, refuse, reset, say, startAws } from './fake-aws.mjs';
import { bundleOf, keys, keysAsEnv, pageOf, runFresh } from './workshop.mjs';

const names = Array.from({ length: 40 }, (_, at) => `S${at}`);
const parameters = names.map((name) => parameter(`/calls/${name}`, `plaintext of ${name}`));
const bundle = bundleOf(Object.fromEntries(names.map((name, at) => [name, parameters[at]?.entry])));

/** @type {Awaited<ReturnType<typeof startAws>>} */
let kms;
// One for each test, so that none counts the calls of another.
beforeEach(async () => {
  kms = await startAws(parameters.map(({ rule }) => rule));
  const defaults = { timeout: undefined, attemptTimeout: undefined, connectTimeout: undefined, agent: undefined };
  configure({ file: bundle, endpoint: kms.endpoint, credentials: keys, ...defaults });
});
afterEach(() => kms.stop());

/** Another implementation, which the stand-in for AWS brings along. */
const BOTOCORE = `
import json, sys
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
call = json.load(sys.stdin)
names = ("content-type", "host", "x-amz-date", "x-amz-security-token", "x-amz-target")
request = AWSRequest("POST", call["url"], {name: call["headers"][name] for name in names}, call["body"].encode())
request.context["timestamp"] = call["headers"]["x-amz-date"]
keys = Credentials(call["accessKeyId"], call["secretAccessKey"], call["sessionToken"])
auth = SigV4Auth(keys, "kms", call["region"])
print(auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request))
`;

const FULL = `
import socket, sys
server = socket.create_server(("127.0.0.1", 0), backlog=0)
taken = []
while True:
    client = socket.socket()
    client.settimeout(0.5)
    taken.append(client)
    try:
        client.connect(server.getsockname())
    except TimeoutError:
        break
print(server.getsockname()[1], flush=True)
sys.stdin.read()
`;

/**
 * @param {string} code
 * @param {RegExp} [message]
 */
const failure = (code, message = /./) => ({ name: 'SecretBakerError', code: `SECRET_BAKER_${code}`, message });

for (const [what, behaviour] of Object.entries({
  ThrottlingException: refuse('ThrottlingException', { message: 'Rate exceeded' }),
  'a namespace before ThrottlingException': refuse('com.amazonaws.kms#ThrottlingException'),
  RequestLimitExceeded: refuse('RequestLimitExceeded'),
  KMSInternalException: refuse('KMSInternalException', { status: 500 }),
  KeyUnavailableException: refuse('KeyUnavailableException', { status: 500 }),
  DependencyTimeoutException: refuse('DependencyTimeoutException', { status: 503 }),
  'an unknown error with HTTP 500': refuse('Whatever', { status: 500 }),
  'HTTP 503 with a page': say('<html>', 503),
  'HTTP 429 with nothing': say('', 429),
  'a closed connection': cut,
  'a reset connection': reset,
  'something that is no JSON': say('garbage'),
  'JSON without a plaintext': say('{"KeyId":"x"}'),
  'a plaintext that is no base64': say('{"Plaintext":"*"}'),
  'a plaintext that is a number': say('{"Plaintext":1}'),
  null: say('null'),
})) {
  test(`tries again after ${what}`, async () => {
    kms.next(behaviour, behaviour);
    assert.equal(await secret('S0'), 'plaintext of S0');
    assert.equal(kms.calls.length, 3);
  });
}

test('tries again after an answer that was cut off', async () => {
  kms.next((_call, response) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('{"Plaintext":"cGxh');
    setTimeout(() => response.socket?.destroy(), 20);
  });
  assert.equal(await secret('S0'), 'plaintext of S0');
  assert.equal(kms.calls.length, 2);
});

for (const [code, behaviour, message] of /** @type {[string, import('./fake-aws.mjs').Behaviour, RegExp][]} */ ([
  ['THROTTLED', refuse('ThrottlingException'), /ThrottlingException/],
  ['THROTTLED', say('', 429), /HTTP 429/],
  ['UNREACHABLE', cut, /127\.0\.0\.1:\d+: ECONNRESET/],
  ['UNREACHABLE', say('garbage'), /HTTP 200, not as KMS does/],
  ['UNREACHABLE', say('<html>', 502), /HTTP 502/],
  ['SERVICE_ERROR', refuse('KMSInternalException', { status: 500 }), /KMSInternalException/],
])) {
  test(`gives up after five attempts: ${code}, ${message}`, async () => {
    kms.behaviour = behaviour;
    const started = performance.now();
    await assert.rejects(secret('S0'), failure(code, message));
    assert.equal(kms.calls.length, 5);
    assert.ok(performance.now() - started < 20_000);
  });
}

for (const error of [
  'AccessDeniedException',
  'DisabledException',
  'InvalidCiphertextException',
  'ExpiredTokenException',
  'Strange',
]) {
  test(`does not repeat a call after ${error}`, async () => {
    kms.behaviour = refuse(error);
    await assert.rejects(secret('S0'));
    assert.equal(kms.calls.length, 1);
  });
}

for (const [name, code, calls] of /** @type {[string, string, number][]} */ ([
  ['ThrottlingFoo', 'SERVICE_ERROR', 1],
  ['AccessDeniedFoo', 'SERVICE_ERROR', 1],
  ['xAccessDeniedException', 'SERVICE_ERROR', 1],
  ['constructor', 'SERVICE_ERROR', 1],
  ['SlowDown', 'THROTTLED', 5],
  ['ServiceUnavailableException', 'SERVICE_ERROR', 5],
  ['a#b#DisabledException:http://x', 'KEY_UNUSABLE', 1],
  ['Disabled Exception', 'UNREACHABLE', 5],
  ['x'.repeat(65), 'UNREACHABLE', 5],
  ['', 'UNREACHABLE', 5],
])) {
  test(`the error ${name} is ${code}, after ${calls} calls`, async () => {
    kms.behaviour = refuse(name);
    await assert.rejects(secret('S0'), failure(code));
    assert.equal(kms.calls.length, calls);
  });
}

test('the name of an error may stand in a header, and the body goes before it', async () => {
  kms.behaviour = (_call, response) => response.writeHead(400, { 'x-amzn-errortype': 'DisabledException:' }).end('not JSON');
  await assert.rejects(secret('S0'), failure('KEY_UNUSABLE'));
  kms.behaviour = (_call, response) =>
    response.writeHead(400, { 'x-amzn-errortype': 'DisabledException' }).end('{"__type":"AccessDeniedException"}');
  await assert.rejects(secret('S0'), failure('ACCESS_DENIED'));
});

test('an empty plaintext is one, and an answer with a name twice is none', async () => {
  kms.behaviour = say('{"Plaintext":""}');
  assert.equal(await secret('S0'), '');
  kms.behaviour = say('{"Plaintext":"eA==","Plaintext":"eA=="}');
  await assert.rejects(secret('S0', { fresh: true }), failure('UNREACHABLE', /answered HTTP 200, not as KMS does/));
});

test('what KMS says of credentials is not repeated, nor what holds a part of them', async () => {
  const sessionToken = 'a-token-of-the-session';
  configure({ credentials: { ...keys, sessionToken } });
  const message = `The canonical request should have been: x-amz-security-token:${sessionToken}`;
  for (const name of [
    'InvalidSignatureException',
    'SignatureDoesNotMatch',
    'UnrecognizedClientException',
    'SomethingNew',
    'AccessDeniedException',
  ]) {
    kms.behaviour = refuse(name, { message });
    await assert.rejects(secret('S0'), (/** @type {any} */ error) => {
      assert.match(error.message, new RegExp(`: ${name}\\n`));
      assert.doesNotMatch(error.message, /canonical|a-token/);
      return true;
    });
  }
});

test('a clock that is wrong is corrected from the answer, for all that come after', async (t) => {
  const real = Date.now;
  const isRight = (/** @type {import('./fake-aws.mjs').Call} */ { headers }) => {
    const [, y, mo, d, h, mi, s] = /^(....)(..)(..)T(..)(..)(..)Z$/.exec(String(headers['x-amz-date'])) ?? [];
    return Math.abs(Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`) - real()) < 120_000;
  };
  kms.behaviour = (call, response, ordinary) => {
    response.setHeader('date', new Date(real()).toUTCString());
    if (isRight(call)) ordinary();
    else refuse('InvalidSignatureException', { message: 'Signature expired' })(call, response);
  };
  t.mock.method(Date, 'now', () => real() - 3_600_000);
  t.after(() => configure({ file: bundle }));
  assert.deepEqual(
    await Promise.all(['S0', 'S1', 'S2'].map((name) => secret(name))),
    ['S0', 'S1', 'S2'].map((name) => `plaintext of ${name}`),
  );
  assert.equal(kms.calls.length, 6);
  assert.equal(await secret('S3'), 'plaintext of S3');
  assert.equal(kms.calls.length, 7);
  // Set right since.
  t.mock.restoreAll();
  assert.equal(await secret('S4'), 'plaintext of S4');
  assert.equal(kms.calls.length, 9);
});

test('a clock that cannot be corrected is told', async () => {
  kms.behaviour = (call, response) => {
    response.setHeader('date', new Date(Date.now() + 7_200_000).toUTCString());
    refuse('InvalidSignatureException')(call, response);
  };
  await assert.rejects(
    secret('S0'),
    failure('CREDENTIALS', /InvalidSignatureException; the clock of this machine is 120 minutes behind\n {2}hint: set the clock/),
  );
  assert.equal(kms.calls.length, 2);
  // The next refusal, by a clock that is right, takes the correction back.
  kms.behaviour = (call, response, ordinary) =>
    kms.calls.length === 3 ? refuse('InvalidSignatureException')(call, response) : ordinary();
  assert.equal(await secret('S0'), 'plaintext of S0');
});

test('an error tells secret, parameter, region, the key that KMS names, and what KMS said', async () => {
  const message = `User: arn:aws:sts::1:x is not authorized to perform: kms:Decrypt on resource: ${KEY}`;
  kms.behaviour = refuse('AccessDeniedException', { message });
  await assert.rejects(secret('S0'), (/** @type {any} */ error) => {
    for (const part of ['`S0`', parameters[0]?.entry.arn, 'region eu-central-1', `key ${KEY})`, message]) {
      assert.ok(error.message.includes(part), part);
    }
    return true;
  });
});

test('the message of KMS gets no line end into a log', async () => {
  kms.behaviour = refuse('AccessDeniedException', { message: 'one\n2026 ERROR forged' });
  await assert.rejects(secret('S0'), failure('ACCESS_DENIED', /AccessDeniedException: one\\n2026 ERROR forged\n {2}hint/));
});

test('nobody listens: unreachable', async () => {
  configure({ endpoint: 'http://127.0.0.1:1' });
  await assert.rejects(secret('S0'), failure('UNREACHABLE', /ECONNREFUSED/));
});

test('an endpoint that is not a URL', async () => {
  configure({ endpoint: 'kms.example' });
  await assert.rejects(secret('S0'), failure('UNREACHABLE', /configure\(\{ endpoint \}\) is no http or https URL/));
});

test('a call that hangs is tried again after the time for one attempt', async () => {
  configure({ attemptTimeout: 150 });
  kms.next(hang);
  const started = performance.now();
  assert.equal(await secret('S0'), 'plaintext of S0');
  assert.ok(performance.now() - started < 20_000);
});

test('a call that always hangs ends after the time for all attempts', async () => {
  configure({ attemptTimeout: 200, timeout: 500 });
  kms.behaviour = hang;
  const started = performance.now();
  await assert.rejects(secret('S0'), failure('UNREACHABLE', /no answer within \d+ ms/));
  const took = performance.now() - started;
  assert.ok(took > 400 && took < 20_000, `${took}`);
});

test('an answer that drips does not outlast the attempt', async () => {
  configure({ attemptTimeout: 150, timeout: 400 });
  kms.behaviour = (_call, response) => {
    const dripping = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(dripping));
  };
  await assert.rejects(secret('S0'), failure('UNREACHABLE', /no answer/));
});

test('a connection that does not stand is given up before the attempt', async () => {
  // As with a security group that drops packets: the system accepts no more for a program that does not take them.
  const full = spawn(python, ['-c', FULL], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [port] = await once(full.stdout, 'data');
  configure({ endpoint: `http://127.0.0.1:${Number(port)}`, connectTimeout: 100, attemptTimeout: 10_000, timeout: 20_000 });
  await assert.rejects(secret('S0'), failure('UNREACHABLE', /no connection within 100 ms/));
  full.kill();
});

test('what blocks the event loop is not taken for an outage', async () => {
  configure({ connectTimeout: 250, attemptTimeout: 400, timeout: 1_000 });
  const opening = secret('S0');
  await sleep(1);
  const until = performance.now() + 1_500;
  while (performance.now() < until);
  assert.equal(await opening, 'plaintext of S0');
  assert.equal(kms.calls.length, 1);
});

test('keeps the connection', async () => {
  const before = kms.connections;
  for (const name of names.slice(0, 5)) await secret(name);
  assert.equal(kms.connections - before, 1);
});

test('does not use a connection that was idle for long', async (t) => {
  await secret('S0');
  const later = Date.now() + 21_000;
  t.mock.method(Date, 'now', () => later);
  const before = kms.connections;
  await secret('S1');
  assert.equal(kms.connections - before, 1);
});

test('a kept connection that turns out dead is not counted as an attempt', async () => {
  await secret('S0');
  kms.reset();
  const throttled = refuse('ThrottlingException');
  kms.next(throttled, throttled, throttled, throttled, cut);
  assert.equal(await secret('S1'), 'plaintext of S1');
  assert.equal(kms.calls.length, 6);
});

test('a new connection that dies is counted', async () => {
  kms.next(cut, cut, cut, cut, cut);
  await assert.rejects(secret('S0'), failure('UNREACHABLE'));
  assert.equal(kms.calls.length, 5);
});

test('a signature that grew old on its way is made anew', async () => {
  kms.next((call, response) => {
    const later = Date.now() + 120_000;
    mock.method(Date, 'now', () => later);
    refuse('InvalidSignatureException', { message: 'Signature expired' })(call, response);
  });
  try {
    assert.equal(await secret('S0'), 'plaintext of S0');
  } finally {
    mock.restoreAll();
  }
  assert.equal(kms.calls.length, 2);
});

test('a hundred callers at once are one call, whether they want text or bytes', async () => {
  const opened = await Promise.all(names.concat(names, names).map((_, at) => (at % 2 ? secret('S0') : secretBytes('S0'))));
  assert.deepEqual([...new Set(opened.map(String))], ['plaintext of S0']);
  assert.equal(kms.calls.length, 1);
  assert.equal(String(await secretBytes('S0')), await secret('S0'));
  assert.equal(kms.calls.length, 1);
});

test('all callers of a failed call get its error, and the next one asks again', async () => {
  kms.next(refuse('AccessDeniedException'));
  const outcomes = await Promise.allSettled([secret('S0'), secret('S0'), secretBytes('S0')]);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['rejected', 'rejected', 'rejected'],
  );
  assert.equal(kms.calls.length, 1);
  assert.equal(await secret('S0'), 'plaintext of S0');
  assert.equal(kms.calls.length, 2);
});

test('returns the same promise again', async () => {
  const first = secret('S0');
  assert.equal(secret('S0'), first);
  await first;
  assert.equal(secret('S0', {}), first);
});

test('bytes are a copy each time, in memory of their own', async () => {
  const first = await secretBytes('S0');
  first.fill(0);
  const second = await secretBytes('S0');
  assert.equal(second.toString(), 'plaintext of S0');
  assert.equal(second.buffer.byteLength, second.length);
});

test('fresh asks again and replaces what was kept', async () => {
  const first = await secret('S0');
  kms.next((_call, response) => say(JSON.stringify({ Plaintext: Buffer.from('other').toString('base64') }))(_call, response));
  const [fresh, also, kept] = await Promise.all([
    secret('S0', { fresh: true }),
    secretBytes('S0', { fresh: true }),
    secret('S0'),
  ]);
  assert.deepEqual([first, fresh, String(also), kept], ['plaintext of S0', 'other', 'other', 'plaintext of S0']);
  assert.equal(await secret('S0'), 'other');
  assert.equal(kms.calls.length, 2);
});

test('a fresh call that fails leaves what was kept', async () => {
  await secret('S0');
  kms.next(refuse('AccessDeniedException'));
  await assert.rejects(secret('S0', { fresh: true }), failure('ACCESS_DENIED'));
  assert.equal(await secret('S0'), 'plaintext of S0');
});

test('opens side by side, sixteen at a time', async () => {
  kms.behaviour = (_call, _response, ordinary) => setTimeout(ordinary, 30);
  const all = await secrets();
  assert.equal(all.S39, 'plaintext of S39');
  assert.equal(kms.most, 16);
  assert.equal(kms.calls.length, 40);
});

test('who waits for a place does so no longer than its time', async () => {
  configure({ timeout: 20_000, attemptTimeout: 20_000 });
  kms.behaviour = (_call, _response, ordinary) => {
    if (kms.calls.length === 16) configure({ timeout: 300 });
    if (kms.calls.length <= 16) setTimeout(ordinary, 4_000);
    else ordinary();
  };
  const first = names.slice(0, 16).map((name) => secret(name));
  while (kms.calls.length < 16) await sleep(5);
  await assert.rejects(secret('S20'), failure('UNREACHABLE', /the calls before it took all the time that there was/));
  await Promise.all(first);
  assert.equal(kms.calls.length, 16);
  // No place was lost.
  configure({ timeout: 20_000 });
  await Promise.all(names.slice(16).map((name) => secret(name)));
});

test('when KMS is away, many secrets wait no longer than one', async () => {
  configure({ attemptTimeout: 200, timeout: 400 });
  kms.behaviour = hang;
  const started = performance.now();
  await assert.rejects(secrets(), failure('UNREACHABLE', /^40 of 40 secrets cannot be opened\n/));
  assert.ok(performance.now() - started < 20_000);
});

test('tells all that fails in one error', async () => {
  kms.behaviour = (call, response, ordinary) => {
    const { PARAMETER_ARN: arn } = call.body.EncryptionContext;
    if (arn.endsWith('/S3')) refuse('AccessDeniedException')(call, response);
    else if (arn.endsWith('/S5')) refuse('DisabledException')(call, response);
    else ordinary();
  };
  await assert.rejects(secrets({ only: ['S1', 'S3', 'S5', 'NONE'] }), (/** @type {any} */ error) => {
    assert.equal(error.code, 'SECRET_BAKER_ACCESS_DENIED');
    assert.equal(error.secret, undefined);
    const problems = error.problems.map((/** @type {any} */ { code, secret }) => [secret, code]);
    assert.deepEqual(problems, [
      ['S3', 'SECRET_BAKER_ACCESS_DENIED'],
      ['S5', 'SECRET_BAKER_KEY_UNUSABLE'],
      ['NONE', 'SECRET_BAKER_NOT_IN_BUNDLE'],
    ]);
    assert.match(error.message, /^3 of 4 secrets cannot be opened\nsecret `S3`[\s\S]*\nsecret `S5`[\s\S]*\nsecret `NONE`/);
    const [told, ...pages] = error.message.split(/(?=\n {2}more: )/);
    assert.equal(told.split('\n').length, 1 + 3 * 2, told);
    assert.deepEqual(
      pages,
      ['ACCESS_DENIED', 'KEY_UNUSABLE', 'NOT_IN_BUNDLE'].map((code) => pageOf(`SECRET_BAKER_${code}`)),
    );
    return true;
  });
  assert.equal(await secret('S1'), 'plaintext of S1');
  assert.equal(kms.calls.length, 3);
});

const plain = () => ({ A: parameters[0]?.entry });

/** Where a request of HTTPS would go; the fake answers it. */
class Spy extends https.Agent {
  /** @type {any[]} */
  asked = [];

  /** @param {any} to */
  createConnection(to) {
    this.asked.push(to);
    return net.connect(Number(new URL(kms.endpoint).port));
  }
}

/** @type {[string, string, Record<string, string>?][]} */
const addresses = [
  ['aws:ssm:eu-central-1', 'kms.eu-central-1.amazonaws.com'],
  ['aws-us-gov:ssm:us-gov-west-1', 'kms.us-gov-west-1.amazonaws.com'],
  ['aws-cn:ssm:cn-north-1', 'kms.cn-north-1.amazonaws.com.cn'],
  ['aws-eusc:ssm:eusc-de-east-1', 'kms.eusc-de-east-1.amazonaws.eu'],
  ['aws-iso:ssm:us-iso-east-1', 'kms.us-iso-east-1.c2s.ic.gov'],
  ['aws-iso-b:ssm:us-isob-east-1', 'kms.us-isob-east-1.sc2s.sgov.gov'],
  ['aws-iso-e:ssm:eu-isoe-west-1', 'kms.eu-isoe-west-1.cloud.adc-e.uk'],
  ['aws-iso-f:ssm:us-isof-south-1', 'kms.us-isof-south-1.csp.hci.ic.gov'],
  [
    'aws:ssm:us-east-1',
    'kms-fips.us-east-1.amazonaws.com',
    { AWS_USE_FIPS_ENDPOINT: 'TRUE', AWS_USE_DUALSTACK_ENDPOINT: 'false' },
  ],
  ['aws:ssm:eu-west-1', 'kms.eu-west-1.api.aws', { AWS_USE_DUALSTACK_ENDPOINT: 'true', AWS_USE_FIPS_ENDPOINT: '' }],
  [
    'aws-cn:ssm:cn-north-1',
    'kms-fips.cn-north-1.api.amazonwebservices.com.cn',
    { AWS_USE_DUALSTACK_ENDPOINT: 'true', AWS_USE_FIPS_ENDPOINT: 'true' },
  ],
  [
    'aws:ssm:eu-west-1',
    'kms.eu-west-1.amazonaws.com',
    { AWS_ENDPOINT_URL_KMS: 'http://127.0.0.1:1', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'True' },
  ],
];
for (const [place, host, env = {}] of addresses) {
  test(`asks ${host}, over TLS${Object.keys(env).map((name) => `, by ${name}`)}`, async (t) => {
    withVariables(t, env);
    const agent = new Spy();
    const arn = `arn:${place}:123456789012:parameter/x`;
    configure({ file: bundleOf({ A: { ...parameters[0]?.entry, arn } }), endpoint: undefined, agent });
    kms.behaviour = say(JSON.stringify({ Plaintext: 'eA==' }));
    assert.equal(await secret('A'), 'x');
    assert.deepEqual([agent.asked[0]?.host, agent.asked[0]?.port, agent.asked[0]?.servername], [host, 443, host]);
    assert.equal(kms.calls[0]?.headers.host, host);
  });
}

for (const [what, env, message] of /** @type {[string, Record<string, string>, RegExp][]} */ ([
  [
    'plain HTTP to another host',
    { AWS_ENDPOINT_URL_KMS: 'http://kms.example' },
    /is plain HTTP to kms\.example\n {2}hint: .*loopback only/,
  ],
  ['plain HTTP to what only looks like loopback', { AWS_ENDPOINT_URL: 'http://127.0.0.1.example' }, /is plain HTTP/],
  [
    'FIPS with an endpoint',
    { AWS_USE_FIPS_ENDPOINT: 'true', AWS_ENDPOINT_URL: 'https://x.example' },
    /hint: .*or unset AWS_ENDPOINT_URL so/,
  ],
  [
    'a flag that is none',
    { AWS_USE_FIPS_ENDPOINT: 'yes' },
    /AWS_USE_FIPS_ENDPOINT is neither true nor false\n {2}hint: set AWS_USE_FIPS/,
  ],
  ['a flag that is none, of the others', { AWS_USE_DUALSTACK_ENDPOINT: '1' }, /AWS_USE_DUALSTACK_ENDPOINT is neither/],
  [
    'a flag that is none, of the third',
    { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'no' },
    /AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is neither/,
  ],
  [
    'no URL',
    { AWS_ENDPOINT_URL_KMS: 'kms.example' },
    /AWS_ENDPOINT_URL_KMS is no http.*\n {2}hint: set AWS_ENDPOINT_URL_KMS to a URL such as/,
  ],
  ['a user and a password', { AWS_ENDPOINT_URL_KMS: 'https://user:hunter2@kms.example' }, /without user/],
  ['a password and plain HTTP', { AWS_ENDPOINT_URL_KMS: 'http://:hunter2@127.0.0.1' }, /without user/],
  ['a query', { AWS_ENDPOINT_URL_KMS: 'https://kms.example/?hunter2' }, /query/],
  ['a fragment', { AWS_ENDPOINT_URL_KMS: 'https://kms.example/#hunter2' }, /fragment/],
  ['a line end', { AWS_ENDPOINT_URL_KMS: 'https://kms.exa\nmple/' }, /is no http or https URL/],
  ['another protocol', { AWS_ENDPOINT_URL_KMS: 'ftp://kms.example/' }, /is no http or https URL/],
])) {
  test(`an address with ${what} is refused without an attempt`, async (t) => {
    withVariables(t, env);
    configure({ file: bundleOf(plain()), endpoint: undefined });
    await assert.rejects(secret('A'), failure('UNREACHABLE', message));
    await assert.rejects(secret('A'), (/** @type {any} */ error) => !/hunter2/.test(error.message));
  });
}

test('an unknown partition needs an endpoint', async () => {
  const { entry } = parameter('/calls/new', 'x');
  const arn = entry.arn.replace('arn:aws:', 'arn:aws-moon:');
  configure({ file: bundleOf({ A: { ...entry, arn } }), endpoint: undefined });
  await assert.rejects(
    secret('A'),
    failure('UNREACHABLE', /partition aws-moon is not known.*\n {2}hint: set AWS_ENDPOINT_URL_KMS/),
  );
  configure({ endpoint: kms.endpoint });
  kms.behaviour = say(JSON.stringify({ Plaintext: 'eA==' }));
  assert.equal(await secret('A'), 'x');
});

test('plain HTTP goes to other hosts where the program or a variable says so', async (t) => {
  const agent = new http.Agent();
  Object.assign(agent, { createConnection: () => net.connect(Number(new URL(kms.endpoint).port)) });
  configure({ file: bundleOf(plain()), endpoint: 'http://kms.example', agent, allowInsecureEndpoint: true });
  assert.equal(await secret('A'), 'plaintext of S0');
  configure({ file: bundleOf(plain()), allowInsecureEndpoint: undefined });
  await assert.rejects(secret('A'), failure('UNREACHABLE', /plain HTTP/));
  withVariables(t, { SECRET_BAKER_ALLOW_INSECURE_ENDPOINT: 'true' });
  assert.equal(await secret('A'), 'plaintext of S0');
  configure({ file: bundleOf(plain()), allowInsecureEndpoint: false });
  await assert.rejects(secret('A'), failure('UNREACHABLE', /plain HTTP/));
});

test('asks through the agent that was configured, and keeps to it', async () => {
  let requests = 0;
  class Counting extends http.Agent {
    /** @param {[any, any]} args */
    addRequest(...args) {
      requests++;
      // @ts-expect-error Node's types leave it out
      super.addRequest(...args);
    }
  }
  configure({ agent: new Counting() });
  assert.equal(await secret('S0'), 'plaintext of S0');
  assert.equal(requests, 1);
});

test('an agent that never gives a connection does not outlast the time for one', async () => {
  class Silent extends http.Agent {
    createConnection() {
      return /** @type {any} */ (undefined);
    }
  }
  configure({ agent: new Silent(), connectTimeout: 100, attemptTimeout: 60_000, timeout: 60_000 });
  const started = performance.now();
  await assert.rejects(secret('S0'), failure('UNREACHABLE', /no connection within 100 ms/));
  assert.ok(performance.now() - started < 30_000);
});

/**
 * Sets these environment variables for one test.
 * @param {import('node:test').TestContext} t
 * @param {Record<string, string>} variables
 */
function withVariables(t, variables) {
  const before = Object.keys(variables).map((name) => [name, process.env[name]]);
  Object.assign(process.env, variables);
  t.after(() => {
    for (const [name = '', value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
}

for (const [what, variable, hint] of /** @type {[string, string, RegExp][]} */ ([
  ['is told when KMS is not reached', 'https_proxy', /hint: .*the proxy that https_proxy names/],
  ['is not, where its exceptions name the host', 'no_proxy', /hint: nothing listens there/],
])) {
  // In a process of its own: from Node.js 24.5 on the agent keeps the proxy that it has found first.
  test(`a proxy that is set ${what}`, async () => {
    const body = `baker.configure({ file: ${JSON.stringify(bundleOf(plain()))}, endpoint: 'https://127.0.0.1:1' });
      await baker.secret('A').catch(({ code, message }) => print([code, message]));`;
    const env = {
      ...keysAsEnv,
      https_proxy: 'http://user:hunter2@127.0.0.1:1',
      [variable]: variable === 'no_proxy' ? 'x.example, 127.0.0.1' : 'http://127.0.0.1:1',
    };
    const [code, message] = await runFresh(body, { env });
    assert.equal(code, 'SECRET_BAKER_UNREACHABLE');
    assert.match(message, hint);
  });
}

test('plain HTTP to this machine does not leave it through a proxy', async () => {
  const body = `const seen = [];
    for (const module of ['http', 'https']) {
      const client = require(module);
      const { Agent } = client;
      client.Agent = function (options) {
        seen.push([module, options.proxyEnv !== undefined]);
        return new Agent(options);
      };
      baker.configure({ file: ${JSON.stringify(bundleOf(plain()))}, endpoint: module + '://127.0.0.1:1' });
      await baker.secret('A').catch(({ message }) => seen.push(/proxy that/.test(message)));
    }
    print(seen);`;
  const env = { ...keysAsEnv, http_proxy: 'http://127.0.0.1:1', https_proxy: 'http://127.0.0.1:1' };
  assert.deepEqual(await runFresh(body, { env }), [['http', false], false, ['https', true], true]);
});

for (const [what, endpoint, hint] of [
  ['a name that is not known', 'https://kms.invalid', /hint: check the region and the endpoint; in a VPC/],
  ['a port where nobody listens', 'http://127.0.0.1:1', /ECONNREFUSED\n {2}hint: nothing listens there/],
]) {
  test(`${what} has its own hint`, async () => {
    configure({ endpoint: String(endpoint) });
    await assert.rejects(secret('S0'), failure('UNREACHABLE', /** @type {RegExp} */ (hint)));
  });
}

test('TLS to what speaks none has its own hint', async () => {
  configure({ endpoint: kms.endpoint.replace('http:', 'https:') });
  await assert.rejects(secret('S0'), failure('UNREACHABLE', /hint: something other than KMS answers there/));
});

test('pauses longer after each failure, by chance', async (t) => {
  const random = t.mock.method(Math, 'random', () => 0.5);
  kms.behaviour = refuse('ThrottlingException');
  await assert.rejects(secret('S0'), failure('THROTTLED'));
  const pauses = kms.calls.slice(1).map(({ at }, index) => at - Number(kms.calls[index]?.at));
  assert.equal(random.mock.callCount(), 4);
  for (const [index, least] of [25, 50, 100, 200].entries()) assert.ok(Number(pauses[index]) >= least - 2, `${pauses}`);
});

// What stands before KMS may answer in each way that HTTP/1.1 has.
const plaintext = JSON.stringify({ Plaintext: Buffer.from('plaintext of S0').toString('base64') });
const length = `Content-Length: ${plaintext.length}`;
for (const [what, answer, kept] of /** @type {[string, string[], boolean?][]} */ ([
  ['in one piece', [`HTTP/1.1 200 OK\r\n${length}\r\n\r\n${plaintext}`], true],
  ['byte by byte', [...`HTTP/1.1 200 OK\r\n${length}\r\n\r\n${plaintext}`], true],
  ['without a reason', [`HTTP/1.1 200\r\n${length}\r\n\r\n${plaintext}`], true],
  ['after an announcement', ['HTTP/1.1 100 Continue\r\n\r\n', `HTTP/1.1 200 OK\r\n${length}\r\n\r\n${plaintext}`], true],
  ['in chunks', ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', ...chunked(plaintext), '0\r\n', '\r\n'], true],
  [
    'in chunks with a trailer',
    ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n', ...chunked(plaintext), '0\r\nX: y\r\n\r\n'],
    true,
  ],
  ['and closes', [`HTTP/1.1 200 OK\r\nConnection: close\r\n${length}\r\n\r\n${plaintext}`]],
  ['as HTTP/1.0', [`HTTP/1.0 200 OK\r\n${length}\r\n\r\n${plaintext}`]],
  ['with more than it announced', [`HTTP/1.1 200 OK\r\n${length}\r\n\r\n${plaintext}x`]],
  ['with the end of the connection as its end', [`HTTP/1.1 200 OK\r\n\r\n${plaintext}`, '']],
])) {
  test(`reads an answer that comes ${what}, and ${kept ? 'keeps' : 'gives up'} the connection`, async (t) => {
    const front = await startFront(t, answer);
    configure({ endpoint: front.endpoint });
    assert.equal(await secret('S0'), 'plaintext of S0');
    assert.equal(await secret('S0', { fresh: true }), 'plaintext of S0');
    assert.equal(front.connections(), kept ? 1 : 2);
  });
}

for (const [what, answer] of /** @type {[string, string[]][]} */ ([
  ['the half', [`HTTP/1.1 200 OK\r\n${length}\r\n\r\n${plaintext.slice(0, 9)}`, '']],
  ['the half of its chunks', ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', '30\r\n{"Plain', '']],
  ['nothing', ['']],
  ['something else', ['220 mail.example ESMTP\r\n\r\n']],
])) {
  test(`an answer that is ${what} opens nothing`, async (t) => {
    const front = await startFront(t, answer);
    configure({ endpoint: front.endpoint });
    await assert.rejects(secret('S0'), failure('UNREACHABLE', what === 'something else' ? /not HTTP/ : /ECONNRESET/));
    assert.equal(front.connections(), 5);
  });
}

/** @param {string} text */
function chunked(text) {
  return [text.slice(0, 5), text.slice(5)].map((part) => `${part.length.toString(16).toUpperCase()};x=y\r\n${part}\r\n`);
}

/**
 * Answers each request by these pieces; an empty one ends the connection.
 * @param {import('node:test').TestContext} t
 * @param {string[]} pieces
 */
async function startFront(t, pieces) {
  let connections = 0;
  const server = net.createServer((socket) => {
    connections++;
    socket.setNoDelay(true).on('error', () => {});
    socket.on('data', async () => {
      for (const piece of pieces) {
        if (piece) socket.write(piece);
        else socket.end();
        await sleep(1);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return {
    endpoint: `http://127.0.0.1:${/** @type {net.AddressInfo} */ (server.address()).port}`,
    connections: () => connections,
  };
}

test('signs as botocore does', async () => {
  const credentials = { ...keys, sessionToken: 'token/with+signs==' };
  configure({ credentials });
  await secret('S0');
  const { headers, raw, region } = kms.calls[0] ?? assert.fail();
  const input = JSON.stringify({ ...credentials, region, url: `${kms.endpoint}/`, body: raw, headers });
  const { stdout, stderr } = spawnSync(python, ['-c', BOTOCORE], { input, encoding: 'utf8' });
  assert.match(String(headers.authorization), /^AWS4-HMAC-SHA256 Credential=.*, SignedHeaders=.*, Signature=[0-9a-f]{64}$/);
  assert.equal(String(headers.authorization).slice(-64), stdout.trim(), stderr);
  assert.equal(headers['x-amz-security-token'], credentials.sessionToken);
});

test('what is open already is handed out, and nothing is made anew', async () => {
  await secret('S0');
  assert.equal(secret('S0'), secret('S0'));
  assert.equal(kms.calls.length, 1);
});
