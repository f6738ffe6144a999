'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { fakeService } = require('./fake-serverless.js');

const CHECKED = { secretBaker: ['MY_SECRET'], secretBakerOptions: { check: true } };
const DEPLOY = { processedInput: { commands: ['deploy'] } };
const DENIED = 'SECRET_BAKER_ACCESS_DENIED';

/**
 * @param {string} level
 * @param {string} [code]
 */
const finding = (level, code = DENIED) => ({ level, code, message: `A: is a ${level}`, hint: `mend the ${level}` });

/**
 * @param {import('node:test').TestContext} t
 * @param {object} wishes
 */
const serviceOf = (t, wishes) => {
  const service = fakeService(wishes);
  t.after(service.remove);
  return service;
};

test('a deployment is looked at once, before anything is packaged', async (t) => {
  const service = serviceOf(t, { custom: CHECKED, serverless: DEPLOY });
  await service.run('before:package:cleanup');
  assert.equal(service.core.preflights.length, 1);
  assert.equal(service.core.requests.length, 0);
  await service.run('before:deploy:deploy');
  assert.equal(service.core.preflights.length, 1);
});

test('what was packaged earlier is looked at too, and a single function', async (t) => {
  for (const event of ['before:deploy:deploy', 'before:deploy:function:initialize']) {
    const service = serviceOf(t, { custom: CHECKED, serverless: DEPLOY });
    await service.run(event);
    assert.equal(service.core.preflights.length, 1, event);
  }
});

test('nothing is looked at where nobody asks for it, nor where nothing is deployed', async (t) => {
  const unasked = serviceOf(t, { serverless: DEPLOY });
  await unasked.run('before:package:cleanup', 'before:deploy:deploy');
  const packaged = serviceOf(t, { custom: CHECKED, serverless: { processedInput: { commands: ['package'] } } });
  await packaged.run('before:package:cleanup');
  assert.deepEqual([unasked.core.preflights, packaged.core.preflights], [[], []]);
});

test('a problem stops the deployment, with all others and what helps', async (t) => {
  const value = [finding('problem'), finding('problem', 'SECRET_BAKER_KEY_UNUSABLE'), finding('unchecked')];
  const service = serviceOf(t, { custom: CHECKED, serverless: DEPLOY, core: { preflight: { value } } });
  await assert.rejects(service.run('before:deploy:deploy'), (/** @type {any} */ error) => {
    assert.equal(error.code, 'SECRET_BAKER_SEVERAL_PROBLEMS');
    assert.match(error.message, /A: is a problem\n {2}hint: mend the problem\nA: is a problem/);
    return true;
  });
  assert.ok(service.log.lines.some((/** @type {string} */ line) => line.includes('A: is a unchecked')));
});

test('what could not be looked at is a notice, and the deployment goes on', async (t) => {
  const value = [finding('unchecked'), finding('warning')];
  const service = serviceOf(t, { custom: CHECKED, serverless: DEPLOY, core: { preflight: { value } } });
  await service.run('before:deploy:deploy');
  const lines = service.log.lines.join('\n');
  assert.match(lines, /A: is a unchecked\n {2}hint: mend the unchecked/);
  assert.match(lines, /A: is a warning/);
});

test('a preflight that fails stops the deployment in the words of the core', async (t) => {
  const failure = { code: 'SECRET_BAKER_UNREACHABLE', message: 'nobody answers' };
  const service = serviceOf(t, { custom: CHECKED, serverless: DEPLOY, core: { preflight: { failure } } });
  await assert.rejects(service.run('before:deploy:deploy'), { code: failure.code, message: /nobody answers/ });
});
