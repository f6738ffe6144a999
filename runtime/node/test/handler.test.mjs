// withSecrets() and the middleware.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { configure, secretsMiddleware, withSecrets } from '../index.mjs';
import { parameter, refuse, startAws } from './fake-aws.mjs';
import { bundleOf, keys } from './workshop.mjs';

const a = parameter('/handler/a', 'plaintext of A');
const b = parameter('/handler/b', 'plaintext of B');

/** @type {Awaited<ReturnType<typeof startAws>>} */
let kms;
// One for each test, so that none counts the calls of another.
beforeEach(async () => {
  kms = await startAws([a.rule, b.rule]);
  configure({ file: bundleOf({ A: a.entry, B: b.entry }), endpoint: kms.endpoint, credentials: keys });
});
afterEach(() => kms.stop());

test('the handler finds the secrets in its context, opened once', async () => {
  const handler = withSecrets(
    async (/** @type {{x: number}} */ event, /** @type {{id: number, secrets: Record<string, string>}} */ { id, secrets }) => {
      return [event.x, id, secrets.A, secrets.B];
    },
  );
  assert.deepEqual(await handler({ x: 1 }, { id: 2 }), [1, 2, 'plaintext of A', 'plaintext of B']);
  assert.deepEqual(await handler({ x: 3 }, { id: 4 }), [3, 4, 'plaintext of A', 'plaintext of B']);
  assert.equal(kms.calls.length, 2);
});

test('nothing is opened before the first call, and only what is named', async () => {
  const handler = withSecrets(async (_event, { secrets }) => Object.getOwnPropertyNames(secrets), { only: ['B'] });
  assert.equal(kms.calls.length, 0);
  assert.deepEqual(await handler({}, {}), ['B']);
  assert.equal(kms.calls.length, 1);
});

test('Lambda takes it for a function without a callback', () => {
  assert.equal(withSecrets((_event, _context, /** @type {Function} */ callback) => callback()).length, 2);
});

test('a handler of the old kind answers by its callback', async () => {
  const handler = withSecrets((/** @type {any} */ event, { secrets }, /** @type {Function} */ callback) => {
    setImmediate(() => (event.fails ? callback(new RangeError('its own')) : callback(null, secrets.A)));
  });
  const ignored = () => assert.fail('Lambda would be answered twice');
  assert.equal(await handler({}, {}, ignored), 'plaintext of A');
  await assert.rejects(/** @type {Promise<unknown>} */ (handler({ fails: true }, {}, ignored)), RangeError);
});

test('a handler that Lambda knows to stream by a mark is still known', () => {
  const mark = Symbol.for('aws.lambda.runtime.handler.streaming');
  const handler = Object.assign(async () => {}, { [mark]: 'response', use: () => {} });
  const given = /** @type {any} */ (withSecrets(handler));
  assert.equal(given[mark], 'response');
  assert.equal('use' in given, false);
});

test('a handler whose mark nobody may write to is handed its secrets too', async () => {
  const marks = { [Symbol.hasInstance]: { value: () => true } };
  const opening = async (/** @type {object} */ _event, /** @type {any} */ context) => context.secrets.A;
  const handler = Object.freeze(Object.defineProperties(opening, marks));
  assert.equal(await withSecrets(handler)({}, {}), 'plaintext of A');
});

test('a handler that streams has the context after the stream', async () => {
  const stream = { write: () => {} };
  const handler = withSecrets(async (_event, /** @type {any} */ given, /** @type {any} */ context) => [
    given === stream,
    context.secrets.A,
    'secrets' in given,
  ]);
  assert.deepEqual(await handler({}, stream, { awsRequestId: '1' }), [true, 'plaintext of A', false]);
});

const ignored = () => assert.fail('Lambda would be answered twice');

test('an async handler that has a place for a callback answers by its promise, or by the callback', async () => {
  const returns = withSecrets(async (_event, { secrets }, /** @type {Function} */ _callback) => secrets.A);
  assert.equal(await returns({}, {}, ignored), 'plaintext of A');
  assert.equal(await Reflect.apply(returns, undefined, [{}, {}]), 'plaintext of A');
  const calls = withSecrets(async (_event, { secrets }, /** @type {Function} */ callback) => callback(null, secrets.A));
  assert.equal(await calls({}, {}, ignored), 'plaintext of A');
  const rejects = withSecrets(async (_event, _context, /** @type {Function} */ _callback) => {
    throw new RangeError('its own');
  });
  await assert.rejects(rejects({}, {}, ignored), RangeError);
});

test('a runtime that hands over no callback is stood in for', async () => {
  const handler = withSecrets((_event, { secrets }, /** @type {Function} */ callback) => {
    setImmediate(() => callback(null, secrets.A));
  });
  assert.equal(await Reflect.apply(handler, undefined, [{}, {}]), 'plaintext of A');
});

test('what only takes its arguments along answers by the callback; what declares none, by returning', async () => {
  const passing = withSecrets((/** @type {any[]} */ ...args) => {
    setImmediate(() => args[2](null, args[1].secrets.A));
  });
  assert.equal(await Reflect.apply(passing, undefined, [{}, {}, ignored]), 'plaintext of A');
  const plain = withSecrets((_event, { secrets }) => secrets.A);
  assert.equal(await Reflect.apply(plain, undefined, [{}, {}, ignored]), 'plaintext of A');
});

test('a third argument that is no function is handed on, and has nothing to do with secrets', async () => {
  const handler = withSecrets(async (_event, /** @type {any} */ context, /** @type {any} */ more) => [context.secrets.A, more]);
  const { signal } = new AbortController();
  for (const more of /** @type {any[]} */ ([{ signal }, null, 'x'])) {
    assert.deepEqual(await handler({}, {}, more), ['plaintext of A', more]);
  }
});

test('a context that is missing becomes one', async () => {
  const handler = withSecrets(async (_event, { secrets }) => secrets.A);
  for (const args of [[], [{}], [{}, undefined], [{}, null], [{}, null, ignored]]) {
    assert.equal(await Reflect.apply(handler, undefined, args), 'plaintext of A');
  }
  /** @type {any} */
  const request = {};
  await secretsMiddleware().before(request);
  assert.equal(request.context.secrets.A, 'plaintext of A');
});

test('a handler that streams gets a context where there is none', async () => {
  const stream = { write: () => {} };
  const handler = withSecrets(async (_event, _stream, /** @type {any} */ context) => context.secrets.A);
  assert.equal(await Reflect.apply(handler, undefined, [{}, stream]), 'plaintext of A');
});

test('when a secret fails the handler is not called, and the next event tries again', async () => {
  let called = 0;
  const handler = withSecrets(async () => ++called);
  kms.next(refuse('AccessDeniedException'));
  await assert.rejects(handler({}, {}), { code: 'SECRET_BAKER_ACCESS_DENIED' });
  assert.equal(called, 0);
  assert.equal(await handler({}, {}), 1);
});

test('what the handler throws passes', async () => {
  const handler = withSecrets(async () => {
    throw new RangeError('its own');
  });
  await assert.rejects(handler({}, {}), RangeError);
});

test('as middleware of middy', async () => {
  const request = { context: {} };
  await secretsMiddleware({ only: ['A'] }).before(request);
  assert.equal(/** @type {any} */ (request.context).secrets.A, 'plaintext of A');
});
