// What serves several secrets is asked for once.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { afterEach, beforeEach, test } from 'node:test';
import { configure, secret, secretFromEnv, secrets } from '../index.mjs';
import { KEY, opens, refuse, startAws } from './fake-aws.mjs';
import { blob, secretsManager, sops } from './seal.mjs';
import { bundleOf, keys, setEnvironment } from './workshop.mjs';

const require = createRequire(import.meta.url);
const { Once } = require('../lib/once.js');
const { Patience } = require('../lib/patience.js');

const dataKey = Buffer.alloc(32, 'one data key');
const context = { app: 'shop', stage: 'prod' };
const own = { arn: KEY, ciphertext: blob('data key of the file'), context };
const other = { arn: KEY, ciphertext: blob('data key of another file') };
const ofFile = (/** @type {string} */ name, /** @type {object[]} */ keys = [own]) => sops(`plaintext of ${name}`, dataKey, keys);

/** @type {Awaited<ReturnType<typeof startAws>>} */
let aws;
// One for each test, so that none counts the calls of another.
beforeEach(async () => {
  aws = await startAws([opens(own.ciphertext, context, dataKey), opens(other.ciphertext, {}, dataKey)]);
  configure({ endpoint: aws.endpoint, credentials: keys });
  setEnvironment();
});
afterEach(() => aws.stop());

const file = (/** @type {object} */ bundle) => configure({ file: bundleOf(bundle) });

/** The next calls wait until they are let go. */
function held() {
  const waiting = /** @type {(() => void)[]} */ ([]);
  aws.behaviour = (_call, _response, ordinary) => waiting.push(ordinary);
  return async () => {
    while (waiting.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    aws.next();
    for (const go of waiting) go();
  };
}

test('all values of a SOPS file open by one call, whoever asks and whenever', async () => {
  file({ A: ofFile('A'), B: ofFile('B'), C: ofFile('C') });
  const letGo = held();
  const opening = Promise.all([secret('A'), secret('B')]);
  await letGo();
  assert.deepEqual(await opening, ['plaintext of A', 'plaintext of B']);
  assert.equal(await secret('C'), 'plaintext of C');
  assert.equal(aws.calls.length, 1);
});

test('keys are equal whatever the order of a context and what else stands there; an empty context is none', async () => {
  const reordered = { context: { stage: 'prod', app: 'shop' }, created_at: '2026', ciphertext: own.ciphertext, arn: KEY };
  file({ A: ofFile('A'), B: ofFile('B', [reordered]), C: ofFile('C', [other]), D: ofFile('D', [{ ...other, context: {} }]) });
  assert.equal((await secrets()).D, 'plaintext of D');
  assert.equal(aws.calls.length, 2);
});

test('other keys are another call, though one of them is the same', async () => {
  file({ A: ofFile('A'), B: ofFile('B', [own, other]) });
  assert.equal((await secrets()).B, 'plaintext of B');
  assert.equal(aws.calls.length, 2);
});

test('a version of a secret is asked for once, for all its fields and as a whole', async () => {
  const content = { SecretString: '{"user":"anna","password":"geheim"}' };
  const [user, password, whole] = ['user', 'password', undefined].map((field) => secretsManager('v1', content, field));
  const later = secretsManager('v2', { SecretString: 'of v2' });
  aws.rules = [whole, later].flatMap((each) => (each ? [each.rule] : []));
  file({ USER: user?.entry, PASSWORD: password?.entry, WHOLE: whole?.entry, LATER: later.entry });
  const { USER, PASSWORD, WHOLE, LATER } = await secrets();
  assert.deepEqual([USER, PASSWORD, WHOLE, LATER], ['anna', 'geheim', content.SecretString, 'of v2']);
  assert.deepEqual(aws.calls.map(({ body }) => body.VersionId).sort(), ['v1', 'v2']);
});

test('a failure goes to all who waited, is not kept, and each names its own secret', async () => {
  file({ A: ofFile('A'), B: ofFile('B') });
  const letGo = held();
  const opening = Promise.allSettled([secret('A'), secret('B')]);
  const ordinary = aws.rules;
  aws.rules = [];
  await letGo();
  const failures = (await opening).map((outcome) => ('reason' in outcome ? outcome.reason : assert.fail()));
  assert.deepEqual(
    failures.map(({ code, secret: name }) => [code, name]),
    [
      ['SECRET_BAKER_WRONG_CONTEXT', 'A'],
      ['SECRET_BAKER_WRONG_CONTEXT', 'B'],
    ],
  );
  assert.match(
    failures[1].message,
    /\(SOPS value db:password:, key arn:.*, region eu-central-1\): .*\n.*context app=shop, stage=prod only/,
  );
  assert.equal(aws.calls.length, 1);
  aws.rules = ordinary;
  assert.equal(await secret('B'), 'plaintext of B');
  assert.equal(aws.calls.length, 2);
});

test('what is wished fresh is asked for anew, and another file too', async () => {
  const bundle = { A: ofFile('A'), B: ofFile('B') };
  file(bundle);
  await secrets();
  await secret('A', { fresh: true });
  assert.equal(aws.calls.length, 2);
  file(bundle);
  await secrets();
  assert.equal(aws.calls.length, 3);
});

test('a variable and the bundle share what serves both', async (t) => {
  file({ A: ofFile('A') });
  process.env.ONCE_B = `secret-baker:${JSON.stringify(ofFile('B'))}`;
  t.after(() => delete process.env.ONCE_B);
  assert.deepEqual(await Promise.all([secret('A'), secretFromEnv('ONCE_B')]), ['plaintext of A', 'plaintext of B']);
  assert.equal(aws.calls.length, 1);
});

test('the key of the own region is asked first, and the other where that fails', async () => {
  const far = { arn: KEY.replace('eu-central-1', 'us-east-1'), ciphertext: blob('far') };
  aws.rules = [opens(own.ciphertext, context, dataKey), opens(far.ciphertext, {}, dataKey, 'us-east-1')];
  file({ A: ofFile('A', [far, own]) });
  await secret('A');
  setEnvironment({ AWS_REGION: '', AWS_DEFAULT_REGION: 'us-east-1' });
  aws.next(refuse('AccessDeniedException'));
  await secret('A', { fresh: true });
  assert.deepEqual(
    aws.calls.map(({ region }) => region),
    ['eu-central-1', 'us-east-1', 'eu-central-1'],
  );
});

const by = /** @type {any} */ (() => assert.fail('nobody calls'));

test('whoever waits does so for as long as their own patience, and whoever gives up spoils it for nobody', async (t) => {
  const [long, short] = [new Patience(60_000), new Patience(100)];
  t.after(() => {
    for (const patience of [long, short]) patience.stop();
  });
  let answer = (/** @type {string} */ _) => {};
  const once = new Once();
  const asks = t.mock.fn(() => new Promise((resolve) => (answer = resolve)));
  const first = once.get(by, 'x', long, asks);
  const last = once.get(by, 'x', long, asks);
  await assert.rejects(once.get(by, 'x', short, asks), { kind: 'UNREACHABLE', hint: 'waiting' });
  answer('it');
  assert.deepEqual([await first, await last], ['it', 'it']);
  assert.equal(asks.mock.callCount(), 1);
});

test('where the patience of the one who asked is over, another who waited asks anew', async (t) => {
  const [long, short] = [new Patience(60_000), new Patience(100)];
  t.after(() => {
    for (const patience of [long, short]) patience.stop();
  });
  const once = new Once();
  const never = () => new Promise(() => {});
  const first = once.get(by, 'x', short, () => short.within(never(), () => new Error('too late')));
  const asks = t.mock.fn(async () => 'it');
  const others = [once.get(by, 'x', long, asks), once.get(by, 'x', long, asks)];
  await assert.rejects(first, /^Error: too late/);
  assert.deepEqual(await Promise.all(others), ['it', 'it']);
  assert.equal(asks.mock.callCount(), 1);
});

test('what one who asks in time is refused goes to those who wait, and to no other', async (t) => {
  const patience = new Patience(60_000);
  t.after(() => patience.stop());
  const once = new Once();
  const refused = async () => {
    throw new Error('refused');
  };
  const asks = t.mock.fn(refused);
  for (const each of [once.get(by, 'x', patience, asks), once.get(by, 'x', patience, asks)])
    await assert.rejects(each, /refused/);
  assert.equal(asks.mock.callCount(), 1);
  assert.equal(await once.get(by, 'x', patience, async () => 'it'), 'it');
});
