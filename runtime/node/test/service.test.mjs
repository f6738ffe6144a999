// A call of another service than KMS: one line in the contract's table, and all else is the same.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { afterEach, beforeEach, test } from 'node:test';
import { configure } from '../index.mjs';
import { contract } from '../scripts/contract.mjs';
import { cut, parameter, refuse, say, startAws } from './fake-aws.mjs';
import { keys, pageOf } from './workshop.mjs';

const require = createRequire(import.meta.url);
const { aws } = require('../lib/aws/call.js');
const { DECRYPT } = require('../lib/aws/kms.js');
const { endpointOf } = require('../lib/aws/endpoint.js');
const { trouble } = require('../lib/error.js');
const { Patience } = require('../lib/patience.js');
const { allOf, errorOf } = require('../lib/sentences.js');
const { parse } = require('../lib/source/registry.js');
const { codes } = require('../lib/wording.js');

/** @type {import('../lib/aws/call.js').Action} */
const action = { service: 'secretsmanager', target: 'secretsmanager.GetSecretValue' };
const place = { partition: 'aws', region: 'eu-west-1' };
const body = { SecretId: 'app', VersionId: 'v1' };
const answer = { ARN: 'app', SecretString: 'plaintext of app' };
const call = { ...action, ...place, body, read: (/** @type {any} */ content) => content.SecretString };
const entry = { place: 'secret app, region eu-west-1', context: '', action };

/** @type {Awaited<ReturnType<typeof startAws>>} */
let fake;
beforeEach(async () => {
  fake = await startAws([{ ...action, region: place.region, request: body, answer }], 'ResourceNotFoundException');
  configure({ endpoint: fake.endpoint, credentials: keys });
});
afterEach(() => fake.stop());

/** Asks as a source does. @param {object} [changes] */
async function ask(changes) {
  const patience = new Patience(10_000);
  try {
    return await aws({ ...call, ...changes }, patience);
  } finally {
    patience.stop();
  }
}

/** What the trouble becomes. @param {object} [changes] */
const told = (changes) =>
  ask(changes).then(
    () => assert.fail('it answered'),
    (found) => errorOf(found, 'A', entry),
  );

test('it is signed for its own service, and answers what was asked', async () => {
  assert.equal(await ask(), 'plaintext of app');
  const { service, target, region, body: asked } = fake.calls[0] ?? assert.fail();
  assert.deepEqual({ service, target, region, asked }, { ...action, region: 'eu-west-1', asked: body });
});

test('it has its own host, and its own variable before the one of all services', (t) => {
  configure({ endpoint: undefined });
  t.after(() => {
    for (const name of ['AWS_ENDPOINT_URL_SECRETS_MANAGER', 'AWS_ENDPOINT_URL_KMS', 'AWS_ENDPOINT_URL']) delete process.env[name];
  });
  const url = () => endpointOf(call).href;
  process.env.AWS_ENDPOINT_URL_KMS = 'https://kms.example/';
  assert.equal(url(), 'https://secretsmanager.eu-west-1.amazonaws.com/');
  process.env.AWS_ENDPOINT_URL = 'https://all.example/';
  assert.equal(url(), 'https://all.example/');
  process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER = 'https://own.example/';
  assert.equal(url(), 'https://own.example/');
});

for (const [partition, region, fips, host] of /** @type {[string, string, string, string][]} */ ([
  ['aws', 'eu-west-1', '', 'secretsmanager.eu-west-1.amazonaws.com'],
  ['aws', 'eu-west-1', 'true', 'secretsmanager-fips.eu-west-1.amazonaws.com'],
  ['aws-us-gov', 'us-gov-west-1', '', 'secretsmanager.us-gov-west-1.amazonaws.com'],
  ['aws-us-gov', 'us-gov-west-1', 'true', 'secretsmanager-fips.us-gov-west-1.amazonaws.com'],
  ['aws-cn', 'cn-north-1', '', 'secretsmanager.cn-north-1.amazonaws.com.cn'],
  ['aws-cn', 'cn-north-1', 'true', 'secretsmanager-fips.cn-north-1.api.amazonwebservices.com.cn'],
  ['aws-iso', 'us-iso-east-1', '', 'secretsmanager.us-iso-east-1.api.aws.ic.gov'],
  ['aws-iso', 'us-iso-east-1', 'true', 'secretsmanager-fips.us-iso-east-1.api.aws.ic.gov'],
])) {
  test(`both stacks${fips && ' and FIPS'} in ${partition} are asked for at ${host}, as by the AWS SDKs`, (t) => {
    configure({ endpoint: undefined });
    t.after(() => {
      for (const name of ['AWS_USE_DUALSTACK_ENDPOINT', 'AWS_USE_FIPS_ENDPOINT']) delete process.env[name];
    });
    process.env.AWS_USE_DUALSTACK_ENDPOINT = 'true';
    process.env.AWS_USE_FIPS_ENDPOINT = fips;
    assert.equal(endpointOf({ ...call, partition, region }).host, host);
  });
}

test('an answer without what was asked is no answer of it, and is asked for again', async () => {
  fake.next(say('{"ARN":"app"}'), cut);
  assert.equal(await ask(), 'plaintext of app');
  assert.equal(fake.calls.length, 3);
  fake.behaviour = say('{"ARN":"app"}');
  const { code, message } = await told();
  assert.equal(code, 'SECRET_BAKER_UNREACHABLE');
  assert.match(
    message,
    /^secret `A`: Secrets Manager cannot be reached \(secret app, region eu-west-1\): 127\.0\.0\.1:\d+ answered HTTP 200, /,
  );
  assert.match(message, /not as Secrets Manager does\n {2}hint: something other than Secrets Manager answers there/);
  assert.equal(fake.calls.length, 8);
});

test('whoever asked judges the answer', async () => {
  const read = () => {
    throw trouble('WRONG_CONTEXT', 'it is another one');
  };
  assert.match((await told({ read })).message, /\(secret app, region eu-west-1\): it is another one\n/);
  assert.equal(fake.calls.length, 1);
});

test('its refusals name it and its action', async () => {
  fake.behaviour = refuse('AccessDeniedException');
  const { code, message } = await told();
  assert.equal(code, 'SECRET_BAKER_ACCESS_DENIED');
  assert.match(message, /^secret `A`: Secrets Manager denies secretsmanager:GetSecretValue \(/);
  assert.match(
    message,
    /\n {2}hint: allow secretsmanager:GetSecretValue to the function's role on the secret, in the role's policy/,
  );
  fake.next();
  const { code: gone, message: words } = await told({ body: {} });
  assert.equal(gone, 'SECRET_BAKER_SECRET_GONE');
  assert.match(words, /: Secrets Manager does not have it any more \(.*\): ResourceNotFoundException\n/);
});

test('no sentence and no hint leaves a place open', () => {
  const filled = [
    'Secrets Manager',
    'secretsmanager:GetSecretValue',
    'https://secretsmanager.eu',
    'AWS_ENDPOINT_URL_SECRETS_MANAGER',
  ];
  const texts = Object.entries(/** @type {Record<string, any>} */ (codes)).flatMap(([kind, { hints = {} }]) =>
    [undefined, ...Object.keys(hints)].map((hint) => errorOf(trouble(kind, 'x', { hint, variable: 'V' }), 'A', entry).message),
  );
  for (const text of texts) assert.doesNotMatch(text, /[{}]|undefined/);
  for (const words of filled)
    assert.ok(
      texts.some((text) => text.includes(words)),
      words,
    );
});

test('where a service has words of its own for a code, they are told, and only of that service', () => {
  const ofKms = { ...entry, place: '', action: DECRYPT };
  for (const [kind, own, usual] of /** @type {[string, RegExp, RegExp][]} */ ([
    [
      'WRONG_CONTEXT',
      /Secrets Manager answers with another secret or version .*\n {2}hint: check the endpoint, then/,
      /does not fit its encryption context/,
    ],
    [
      'KEY_UNUSABLE',
      /Secrets Manager cannot use its KMS key .*\n {2}hint: enable the secret's key/,
      /its KMS key cannot be used.*\n {2}hint: enable the key or/,
    ],
    [
      'ACCESS_DENIED',
      /Secrets Manager denies .*on the secret's key where that is a customer managed one\n/,
      /KMS denies .*serves no function\n/s,
    ],
    ['TAMPERED', /its ciphertext is damaged/, /its ciphertext is damaged/],
  ])) {
    assert.match(errorOf(trouble(kind, 'x'), 'A', entry).message, new RegExp(own, 's'));
    assert.match(errorOf(trouble(kind, 'x'), 'A', ofKms).message, new RegExp(usual, 's'));
  }
});

test('a hint of a cause comes before the words of a service', () => {
  const { message } = errorOf(trouble('CREDENTIALS', 'x', { hint: 'expired' }), 'A', entry);
  assert.match(message, /no credentials that Secrets Manager accepts .*\n {2}hint: they have expired/);
});

test('an entry without an encryption context names an empty one', () => {
  const { message } = errorOf(trouble('ACCESS_DENIED', 'x'), 'A', { ...entry, action: DECRYPT });
  assert.match(message, /for the encryption context \{\};/);
});

test('a key that the place names already is not named twice', () => {
  const key = 'arn:aws:kms:eu-central-1:123456789012:key/1';
  const message = (/** @type {string} */ place) =>
    errorOf(trouble('ACCESS_DENIED', 'x', { key }), 'A', { ...entry, place }).message;
  assert.match(message(`key ${key}, region R`), /\(key arn:aws:kms:eu-central-1:123456789012:key\/1, region R\)/);
  assert.match(message('parameter P, region R'), /\(parameter P, region R, key arn:aws:kms:eu-central-1:123456789012:key\/1\)/);
});

test('a refusal of KMS names the context that the entry opens under', () => {
  const { entry } = parameter('/app/db', '');
  const { message } = errorOf(trouble('ACCESS_DENIED', 'x'), 'A', parse(entry).describe());
  assert.match(
    message,
    /^secret `A`: KMS denies kms:Decrypt \(parameter arn:aws:ssm:.*:parameter\/app\/db, region eu-central-1\): x\n/,
  );
  assert.match(message, /for the encryption context PARAMETER_ARN=arn:aws:ssm:eu-central-1:123456789012:parameter\/app\/db;/);
});

test('what a name holds is not taken for a place to fill', () => {
  const names = ['{variable}', '{service}', '$&'];
  assert.match(
    errorOf(trouble('NOT_IN_BUNDLE', 'x', { names })).message,
    /the bundle holds `\{variable\}`, `\{service\}`, `\$&`\n/,
  );
});

test('of one code the page is named once, of many codes the whole page', () => {
  const ends = (/** @type {string[]} */ ...kinds) =>
    allOf(
      kinds.map((kind) => errorOf(trouble(kind, 'x'), 'A', entry)),
      kinds.length,
    )
      .message.split(/(?=\n {2}more: )/)
      .slice(1);
  assert.deepEqual(ends('TAMPERED', 'TAMPERED', 'TAMPERED', 'TAMPERED'), [pageOf('SECRET_BAKER_TAMPERED')]);
  assert.deepEqual(ends('THROTTLED', 'ACCESS_DENIED', 'CREDENTIALS', 'TAMPERED'), [`\n  more: ${contract.page}`]);
});
