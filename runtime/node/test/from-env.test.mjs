// secretFromEnv() and secretBytesFromEnv(). What may stand in a variable is in __test__/vectors/variables.json.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { inspect } from 'node:util';
import { configure, SecretBakerError, secretBytesFromEnv, secretFromEnv } from '../index.mjs';
import { opens, parameter, refuse, startAws } from './fake-aws.mjs';
import { blob, kms, secretsManager } from './seal.mjs';
import { keys, keysAsEnv, runFresh, setEnvironment } from './workshop.mjs';

const one = parameter('/variable/one', 'plaintext of one');
const two = kms('plaintext of two', { app: 'shop' });
const bare = blob('encrypted by hand');
const inConsole = blob('encrypted in the console');
const sealed = (/** @type {object} */ entry) => `secret-baker:${JSON.stringify(entry)}`;
const rules = [
  one.rule,
  two.rule,
  opens(bare, {}, 'by hand'),
  opens(inConsole, { LambdaFunctionName: 'shop-prod' }, 'in the console'),
];

/** @type {Awaited<ReturnType<typeof startAws>>} */
let aws;
// One for each test, so that none counts the calls of another.
beforeEach(async () => {
  aws = await startAws(rules);
  configure({ file: undefined, endpoint: aws.endpoint, credentials: keys });
  setEnvironment();
});
afterEach(() => {
  aws.stop();
  delete process.env.DB;
  delete process.env.OTHER;
});

test('the three ways in which a variable may look', async () => {
  setEnvironment({ AWS_REGION: 'eu-central-1', AWS_LAMBDA_FUNCTION_NAME: 'shop-prod' });
  for (const [value, plaintext] of [
    [sealed(one.entry), 'plaintext of one'],
    [inConsole, 'in the console'],
    [bare, 'by hand'],
  ]) {
    process.env.DB = value;
    assert.equal(await secretFromEnv('DB'), plaintext);
  }
  assert.equal(aws.calls.length, 4);
});

test('it is opened once however many ask, as text and as bytes, until the variable has another value', async () => {
  process.env.DB = sealed(one.entry);
  const promise = secretFromEnv('DB');
  assert.equal(secretFromEnv('DB'), promise);
  const [first, last, bytes] = await Promise.all([promise, secretFromEnv('DB'), secretBytesFromEnv('DB')]);
  assert.deepEqual([first, last, bytes.toString()], Array(3).fill('plaintext of one'));
  assert.equal(aws.calls.length, 1);
  process.env.DB = sealed(two.entry);
  assert.equal(await secretFromEnv('DB'), 'plaintext of two');
  process.env.DB = sealed(one.entry);
  assert.equal(await secretFromEnv('DB'), 'plaintext of one');
  assert.equal(aws.calls.length, 2);
});

test('fresh asks again, and keeps the answer', async () => {
  process.env.DB = bare;
  await secretFromEnv('DB');
  assert.equal(await secretFromEnv('DB', { fresh: true }), 'by hand');
  assert.equal((await secretBytesFromEnv('DB', { fresh: true })).toString(), 'by hand');
  await secretFromEnv('DB');
  assert.equal(aws.calls.length, 3);
});

test('a failure names the variable, and is not kept', async () => {
  process.env.DB = sealed(two.entry);
  aws.next(refuse('AccessDeniedException'));
  const failing = secretFromEnv('DB');
  const error = await failing.then(
    () => assert.fail('it opened'),
    (reason) => reason,
  );
  assert.ok(error instanceof SecretBakerError);
  assert.equal(error.code, 'SECRET_BAKER_ACCESS_DENIED');
  assert.equal(error.secret, undefined);
  assert.match(
    error.message,
    /^environment variable `DB`: KMS denies kms:Decrypt \(KMS ciphertext, key arn:aws:kms:.*, region eu-central-1\): AccessDenied/,
  );
  assert.match(error.message, /for the encryption context app=shop;/);
  assert.equal(await secretFromEnv('DB'), 'plaintext of two');
});

test('two variables of one value share a call, and each is told its own name', async () => {
  process.env.DB = process.env.OTHER = sealed(two.entry);
  aws.next(refuse('AccessDeniedException'));
  const outcomes = await Promise.allSettled([secretFromEnv('DB'), secretBytesFromEnv('OTHER'), secretFromEnv('OTHER')]);
  const told = outcomes.map((outcome) => ('reason' in outcome ? outcome.reason.message.split(':')[0] : assert.fail()));
  assert.deepEqual(told, ['environment variable `DB`', ...Array(2).fill('environment variable `OTHER`')]);
  assert.equal(aws.calls.length, 1);
  assert.deepEqual(await Promise.all([secretFromEnv('DB'), secretFromEnv('OTHER')]), Array(2).fill('plaintext of two'));
  assert.equal(aws.calls.length, 2);
});

test('an entry that is malformed is told as that of the variable', async () => {
  process.env.DB = sealed({ source: 'kms' });
  await assert.rejects(secretFromEnv('DB'), {
    code: 'SECRET_BAKER_VARIABLE_INVALID',
    message: /^environment variable `DB`: the environment variable holds no sealed secret: its `ciphertext` is no text\n/,
  });
});

test('where a function has a name, both contexts are told', async () => {
  setEnvironment({ AWS_REGION: 'eu-central-1', AWS_LAMBDA_FUNCTION_NAME: 'shop-prod' });
  process.env.DB = blob('of nobody');
  const wrong =
    /\(KMS ciphertext, region eu-central-1\): .*\n.*under the encryption context LambdaFunctionName=shop-prod or \{\} only/;
  await assert.rejects(secretFromEnv('DB'), { code: 'SECRET_BAKER_WRONG_CONTEXT', message: wrong });
  assert.deepEqual(
    aws.calls.map(({ body }) => body.EncryptionContext),
    [{ LambdaFunctionName: 'shop-prod' }, {}],
  );
});

test('without a context the hint says so', async () => {
  process.env.DB = bare;
  aws.next(refuse('AccessDeniedException'));
  await assert.rejects(secretFromEnv('DB'), { message: /for the encryption context \{\};/ });
});

test('what stands in a variable that holds no ciphertext is not shown', async () => {
  for (const plaintext of ['hunter2', 'aHVudGVyMg==', 'secret-baker:hunter2', 'secret-baker:{"source":"hunter2', ' ']) {
    process.env.DB = plaintext;
    const error = await secretFromEnv('DB').then(
      () => assert.fail('it opened'),
      (reason) => reason,
    );
    assert.match(error.code, /^SECRET_BAKER_(VARIABLE_INVALID|UNKNOWN_CIPHERTEXT)$/);
    const printed = `${error.stack} ${inspect(error, { showHidden: true, depth: 9 })} ${JSON.stringify(error.problems)}`;
    for (const word of ['hunter2', 'aHVudGVyMg']) assert.ok(!printed.includes(word), printed);
  }
  assert.equal(aws.calls.length, 0);
});

test('a variable that is not set is told to be set', async () => {
  for (const open of [secretFromEnv, secretBytesFromEnv]) {
    await assert.rejects(open('DB'), {
      code: 'SECRET_BAKER_VARIABLE_INVALID',
      message: /^environment variable `DB`: .*\n {2}hint: it is not set: set it where the function is configured/,
    });
  }
});

test('a name that is no text is a mistake of the program', async () => {
  for (const name of /** @type {any[]} */ ([undefined, null, 5, {}, Symbol('DB')])) {
    await assert.rejects(secretFromEnv(name), {
      name: 'TypeError',
      message: /the name of an environment variable must be a string, not/,
    });
    await assert.rejects(secretBytesFromEnv(name), TypeError);
  }
});

test('a name that is none spoils nothing for a variable that is not set', async () => {
  const [none, unset] = await Promise.allSettled([secretFromEnv(/** @type {any} */ (5)), secretFromEnv('DB')]);
  assert.equal('reason' in none && none.reason.name, 'TypeError');
  assert.equal('reason' in unset && unset.reason.code, 'SECRET_BAKER_VARIABLE_INVALID');
});

test('its promises and bytes show nothing', async () => {
  process.env.DB = bare;
  const promises = [secretFromEnv('DB'), secretBytesFromEnv('DB'), secretFromEnv('DB').then((text) => text)];
  const [, bytes] = await Promise.all(promises);
  assert.equal(inspect(promises), `[ ${Array(3).fill('Promise { [secret] }').join(', ')} ]`);
  assert.equal(inspect(bytes, { showHidden: true }), '<Buffer [secret]>');
  assert.equal(JSON.stringify({ bytes }), '{"bytes":"[secret]"}');
});

test('each call gives bytes of its own', async () => {
  process.env.DB = bare;
  (await secretBytesFromEnv('DB')).fill(0);
  assert.equal((await secretBytesFromEnv('DB')).toString(), 'by hand');
});

test('no bundle is needed, and another service is asked where the entry is of one', async () => {
  const { entry, rule } = secretsManager('v1', { SecretString: '{"user":"anna"}' }, 'user');
  aws.rules = [rule];
  const env = { ...keysAsEnv, AWS_ENDPOINT_URL: aws.endpoint, DB: sealed(entry) };
  assert.equal(await runFresh("print(await baker.secretFromEnv('DB'))", { env }), 'anna');
});
