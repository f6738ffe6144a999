// No plaintext, data key or credential shows in anything that is printed.

import assert from 'node:assert/strict';
import { Session } from 'node:inspector/promises';
import net from 'node:net';
import { afterEach, beforeEach, test } from 'node:test';
import { inspect } from 'node:util';
import { configure, secret, secretBytes, secrets, withSecrets } from '../index.mjs';
import { parameter, refuse, say, startAws, vectors } from './fake-aws.mjs';
import { bundleOf, FILE, folderWith, keys, runFresh, script, start } from './workshop.mjs';

const CANARY = 'canary-7f3a9c plaintext';
const spellings = (/** @type {Buffer} */ bytes) => [bytes.toString('latin1'), bytes.toString('base64'), bytes.toString('hex')];
const forbidden = [...spellings(Buffer.from(CANARY)), '636e61727', 'canary', keys.secretAccessKey, 'session-token-hidden'];
const one = parameter('/hidden/one', CANARY);

/** @type {Awaited<ReturnType<typeof startAws>>} */
let kms;
// One for each test, so that none counts the calls of another.
beforeEach(async () => {
  kms = await startAws([one.rule]);
  const credentials = { ...keys, sessionToken: 'session-token-hidden' };
  configure({ file: bundleOf({ A: one.entry, toJSON: one.entry }), endpoint: kms.endpoint, credentials });
});
afterEach(() => kms.stop());

/** Everything that a logger could make of a value. */
const prints = (/** @type {any} */ value) =>
  [
    inspect(value),
    inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true }),
    inspect({ deep: [value] }, { depth: 9 }),
    JSON.stringify(value),
    JSON.stringify({ ...value }),
    String(value?.stack),
    String(value?.message),
    inspect(value?.cause),
    Object.values(value ?? {})
      .map((part) => inspect(part))
      .join(),
  ].join('\n');

const assertClean = (/** @type {string} */ text, words = forbidden) => {
  for (const word of words) assert.ok(!text.includes(word), `${word} shows in ${text}`);
};

test('what secrets() gives shows names only, and is read by name', async () => {
  const all = await secrets();
  assert.equal(all.A, CANARY);
  assert.deepEqual({ A: all.A }.A, CANARY);
  assertClean(prints(all));
  assert.equal(inspect(all), '{ A: [secret], toJSON: [secret] }');
  assert.equal(JSON.stringify(all), '{}');
  assert.equal(Object.getPrototypeOf(all), null);
  assert.ok(Object.isFrozen(all));
  assert.deepEqual(Object.getOwnPropertyNames(all), ['A', 'toJSON']);
});

test('promises and bytes do not show what is in them', async () => {
  const promises = [secret('A'), secretBytes('A')];
  assert.equal(inspect(promises), '[ Promise { [secret] }, Promise { [secret] } ]');
  await Promise.all(promises);
  assertClean(prints(promises));
  assert.equal(inspect(promises), '[ Promise { [secret] }, Promise { [secret] } ]');
  const bytes = await secretBytes('A');
  assert.equal(inspect({ bytes }), '{ bytes: <Buffer [secret]> }');
  assert.equal(inspect(await secrets()), '{ A: [secret], toJSON: [secret] }');
});

test('an inspector, and who lists the properties, sees no value in them', async () => {
  const all = await secrets();
  assertClean(inspect(Object.getOwnPropertyDescriptors(all), { showHidden: true, depth: 9 }));
  assert.deepEqual(Object.keys(Object.getOwnPropertyDescriptors(all)), ['A', 'toJSON']);
  const session = new Session();
  session.connect();
  Reflect.set(globalThis, 'inspected', all);
  const { result: object } = await session.post('Runtime.evaluate', { expression: 'inspected', generatePreview: true });
  const listed = await session.post('Runtime.getProperties', {
    objectId: String(object.objectId),
    ownProperties: true,
    generatePreview: true,
  });
  session.disconnect();
  Reflect.deleteProperty(globalThis, 'inspected');
  const text = JSON.stringify([object, listed]);
  assert.match(text, /"name":"A"/);
  assertClean(text);
});

test('what is made of promises and bytes shows nothing either', async () => {
  const derived = [
    secret('A').then((text) => text),
    secret('A').catch(() => ''),
    secret('A').finally(() => {}),
    secretBytes('A').then((x) => x),
  ];
  for (const promise of derived) {
    assert.ok(promise instanceof Promise);
    await promise;
    assertClean(prints(promise));
  }
  assert.deepEqual(await Promise.all([secret('A'), derived[0]]), [CANARY, CANARY]);
  assert.equal(await Promise.race([secret('A')]), CANARY);
  const bytes = await secretBytes('A');
  for (const view of [bytes.subarray(), bytes.subarray(1), bytes.slice(0, -1), bytes.subarray(2).subarray(3), bytes.buffer]) {
    assertClean(prints(view), [CANARY.slice(4), '61 72 79', '72,121', ...forbidden]);
  }
  assert.deepEqual(bytes, Buffer.from(CANARY));
  assert.equal(bytes.subarray(1, 4).toString(), CANARY.slice(1, 4));
  assert.ok(Buffer.isBuffer(bytes.subarray(1)));
});

test('the context of a handler does not show them', async () => {
  const context = { functionName: 'f' };
  await withSecrets(async () => {})({}, context);
  assertClean(prints(context));
  assert.match(inspect(context), /secrets: \{ A: \[secret\]/);
});

const plaintextInAnswer = JSON.stringify({ Plaintext: Buffer.from(CANARY).toString('base64'), Note: CANARY });
for (const [what, behaviour] of /** @type {[string, import('./fake-aws.mjs').Behaviour][]} */ ([
  ['is cut off', say(plaintextInAnswer.slice(0, -9))],
  ['has something after it', say(`${plaintextInAnswer}x`)],
  ['comes with HTTP 500', say(plaintextInAnswer, 500)],
  ['comes with HTTP 400', say(plaintextInAnswer, 400)],
  ['is no base64', say(JSON.stringify({ Plaintext: CANARY }))],
  ['is an error', refuse('AccessDeniedException', { message: 'denied' })],
])) {
  test(`an answer that ${what} is quoted in no error`, async () => {
    kms.behaviour = behaviour;
    for (const opening of [secret('A'), secretBytes('A'), secrets()]) {
      const error = await opening.then(
        () => assert.fail('it opened'),
        (reason) => reason,
      );
      assert.match(error.code, /^SECRET_BAKER_/);
      assertClean(prints(error));
    }
  });
}

test('an answer that is not HTTP is quoted in no error', async () => {
  const server = net.createServer((socket) =>
    socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\nbad header ${CANARY}\r\n\r\n`)),
  );
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  configure({ endpoint: `http://127.0.0.1:${typeof address === 'object' && address?.port}` });
  const error = await secret('A').then(
    () => assert.fail('it opened'),
    (reason) => reason,
  );
  server.close();
  assert.equal(error.code, 'SECRET_BAKER_UNREACHABLE');
  assert.match(error.message, /its answer is not HTTP/);
  assertClean(prints(error));
});

test('credentials that Node would quote show in no error', async () => {
  configure({ credentials: { ...keys, sessionToken: 'session-token-hidden\n' } });
  assertClean(prints(await secret('A').catch((error) => error)));
});

test('nothing shows in a process that opens every vector and prints all it gets', async () => {
  // A process has one AWS, which knows no rules of a case's own.
  const shared = vectors.flatMap(({ cases }) => cases.filter(({ calls: own }) => own === undefined));
  const rules = vectors.flatMap(({ calls }) => calls);
  const cases = shared.map(({ file, fileBase64, secret: name, environment }) => ({ file, fileBase64, name, environment }));
  const table = await startAws(rules);
  const folder = folderWith({ 'cases.json': cases });
  const body = `
    const { inspect } = require('node:util');
    const { readFileSync, writeFileSync } = require('node:fs');
    let opened = 0;
    Math.random = () => 0;
    for (const [at, { file, fileBase64, name, environment = { AWS_REGION: 'eu-central-1' } }] of JSON.parse(readFileSync('cases.json', 'utf8')).entries()) {
      writeFileSync('bundle' + at, file ?? Buffer.from(fileBase64, 'base64'));
      baker.configure({ file: 'bundle' + at });
      for (const variable of ['AWS_REGION', 'AWS_DEFAULT_REGION']) delete process.env[variable];
      Object.assign(process.env, environment);
      const outcomes = await Promise.allSettled([baker.secret(name), baker.secretBytes(name), baker.secrets(), baker.secrets({ only: [name] })]);
      const promises = [baker.secret(name), baker.secretBytes(name), baker.secrets()];
      await Promise.allSettled(promises);
      opened += outcomes[1].status === 'fulfilled';
      for (const shown of [promises[0], promises[1], ...outcomes.slice(1).map(({ value, reason }) => reason ?? value)]) {
        console.log(inspect(shown, { depth: 20, showHidden: true }), shown, [shown]);
        console.error(JSON.stringify(shown), JSON.stringify([shown]), shown?.stack, shown?.message, shown?.problems);
      }
      if (outcomes[0].reason) console.log(outcomes[0].reason, inspect(outcomes[0].reason, { showHidden: true }));
    }
    console.log(baker, inspect(baker, { showHidden: true, depth: 9 }), 'opened ' + opened);`;
  const env = {
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_ENDPOINT_URL: table.endpoint,
  };
  const { code, stdout, stderr } = await start(['-e', script(body)], {
    cwd: folder,
    env: { ...env, NODE_DEBUG: 'http,net,https' },
  }).ended;
  table.stop();
  assert.equal(code, 0, stderr.slice(-2_000));
  const opening = shared.filter(({ expect }) => !expect.fails || expect.fails === 'SECRET_BAKER_NOT_TEXT');
  assert.match(stdout, new RegExp(`opened ${opening.length}\\b`));
  const plaintexts = rules.flatMap(({ answer }) => [
    Buffer.from(String(answer?.Plaintext ?? ''), 'base64'),
    Buffer.from(String(answer?.SecretString ?? '')),
    Buffer.from(String(answer?.SecretBinary ?? ''), 'base64'),
  ]);
  const texts = vectors.flatMap(({ cases }) => cases).flatMap(({ expect }) => (expect.text ? [Buffer.from(expect.text)] : []));
  // Shorter ones are part of other words, and what stands in a bundle too is no secret.
  const inBundles = cases.map(({ file }) => file ?? '').join();
  const words = [...plaintexts, ...texts]
    .filter((plaintext) => plaintext.length >= 8 && !inBundles.includes(plaintext.toString()))
    .flatMap(spellings);
  assert.ok(words.length > 60);
  assertClean(stdout + stderr, [...words, keys.secretAccessKey]);
});

test('a secret that nobody awaits fails loudly, and shows nothing', async () => {
  const cwd = folderWith({ [FILE]: { A: one.entry } });
  const env = {
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_ENDPOINT_URL_KMS: kms.endpoint,
  };
  kms.behaviour = say(plaintextInAnswer, 400);
  const { code, stdout, stderr } = await start(['-e', script("baker.secret('A');")], { cwd, env }).ended;
  assert.equal(code, 1);
  assert.match(stderr, /SECRET_BAKER_UNREACHABLE/);
  assertClean(stdout + stderr);
});

test('a process that opened its secrets ends by itself', async () => {
  const cwd = folderWith({ [FILE]: { A: one.entry } });
  const env = {
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_ENDPOINT_URL_KMS: kms.endpoint,
  };
  const started = performance.now();
  assert.equal(await runFresh("print((await baker.secret('A')).length)", { cwd, env }), CANARY.length);
  // A connection is kept for longer.
  assert.ok(performance.now() - started < 15_000);
});
