// withSecrets() and the middleware.

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { configure, secretsMiddleware, withSecrets } from '../index.mjs';
import { parameter, refuse, startKms } from './fake-kms.mjs';
import { bundleOf, keys } from './workshop.mjs';

const a = parameter('/handler/a', 'plaintext of A');
const b = parameter('/handler/b', 'plaintext of B');

/** @type {Awaited<ReturnType<typeof startKms>>} */
let kms;
before(async () => {
  kms = await startKms([a.rule, b.rule]);
});
beforeEach(() => {
  kms.reset();
  configure({ file: bundleOf({ A: a.entry, B: b.entry }), endpoint: kms.endpoint, credentials: keys });
});
after(() => kms.stop());

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

test('a handler that streams has the context after the stream', async () => {
  const stream = { write: () => {} };
  const handler = withSecrets(async (_event, /** @type {any} */ given, /** @type {any} */ context) => [
    given === stream,
    context.secrets.A,
    'secrets' in given,
  ]);
  assert.deepEqual(await handler({}, stream, { awsRequestId: '1' }), [true, 'plaintext of A', false]);
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
