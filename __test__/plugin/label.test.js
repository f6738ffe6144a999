'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { fakeService, KEYS } = require('./fake-serverless.js');

/**
 * The label of the request that the core gets.
 * @param {import('node:test').TestContext} t
 * @param {string[] | undefined} commands
 * @param {{service?: string, stage?: string}} [names]
 */
const label = async (t, commands, { service = 'shop', stage = 'prod' } = {}) => {
  const provider = { getCredentials: async () => KEYS, getStage: () => stage };
  const serverless = { processedInput: { ...(commands && { commands }), options: {} } };
  const fake = fakeService({ provider, service: { service }, serverless });
  t.after(fake.remove);
  await fake.run('after:package:cleanup');
  return (fake.core.requests[0] ?? assert.fail('no request')).label;
};

for (const commands of [['package'], ['deploy'], ['deploy', 'function']]) {
  test(`after:package:cleanup: ${commands.join(' ')} has a label of service and stage`, async (t) => {
    assert.equal(await label(t, commands), 'secret-baker-shop-prod');
  });
}

for (const commands of [['invoke', 'local'], ['offline', 'start'], ['dev'], ['deploy', 'list'], undefined]) {
  test(`after:package:cleanup: ${commands?.join(' ') ?? 'no command'} has none, so that nothing is kept`, async (t) => {
    assert.equal(await label(t, commands), undefined);
  });
}

test('after:package:cleanup: a label has the characters and the length of a staging label', async (t) => {
  assert.equal(await label(t, ['deploy'], { service: 'my shop', stage: 'é*1' }), 'secret-baker-my-shop---1');
  assert.equal((await label(t, ['deploy'], { service: 's'.repeat(300) }))?.length, 256);
});

test('after:package:cleanup: without a stage there is no label', async (t) => {
  assert.equal(await label(t, ['deploy'], { stage: '' }), undefined);
});
