'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { BUNDLE } = require('./fake-core.js');
const { fakeService } = require('./fake-serverless.js');

/**
 * The paths of the commands that take our option.
 * @param {Record<string, any>} commands
 * @param {string} [prefix]
 * @returns {string[]}
 */
const takers = (commands, prefix = '') =>
  Object.entries(commands).flatMap(([name, { options, commands: below = {} }]) => [
    ...(options?.['secret-baker-cleanup'] ? [`${prefix}${name}`] : []),
    ...takers(below, `${prefix}${name} `),
  ]);

const EVERYWHERE = ['package', 'deploy', 'deploy function', 'invoke local'];
const OFFLINE = [...EVERYWHERE, 'offline', 'offline start'];

/** @type {[string, Record<string, any>, string[]][]} */
const FRAMEWORKS = [
  ['without serverless-offline', {}, EVERYWHERE],
  ['without plugins', { service: { plugins: undefined } }, EVERYWHERE],
  ['with serverless-offline', { service: { plugins: ['serverless-offline'] } }, OFFLINE],
  ['with serverless-offline among modules', { service: { plugins: { modules: ['serverless-offline'] } } }, OFFLINE],
  ['in osls 4', { serverless: { version: '4.3.1' } }, EVERYWHERE],
  ['in serverless 4', { serverless: { pluginManager: { hooks: {}, commands: { dev: {} } } } }, [...EVERYWHERE, 'dev']],
];

for (const [where, wishes, expected] of FRAMEWORKS) {
  test(`constructor: ${where}, declares the option for ${expected.at(-1)} and the commands before it`, (t) => {
    const service = fakeService(wishes);
    t.after(service.remove);
    assert.deepEqual(takers(service.plugin.commands), expected);
  });
}

test('constructor: declares usage and events of the commands of serverless-offline, which may be listed after us', (t) => {
  const service = fakeService({ service: { plugins: ['serverless-offline'] } });
  t.after(service.remove);
  const { offline } = service.plugin.commands;
  assert.deepEqual(offline?.lifecycleEvents, ['start']);
  assert.deepEqual(offline?.commands.start.lifecycleEvents, ['init', 'ready', 'end']);
  assert.match(offline?.usage ?? '', /./);
});

test('constructor: shares no declaration between commands: the framework writes into them', (t) => {
  const service = fakeService();
  t.after(service.remove);
  const { package: ours, deploy } = service.plugin.commands;
  assert.notEqual(ours.options['secret-baker-cleanup'], deploy.options['secret-baker-cleanup']);
});

// What the parser of the frameworks makes of each spelling with our declaration.
/** @type {[string, unknown, boolean][]} */
const SPELLINGS = [
  ['nothing', undefined, false],
  ['nothing, completed by the framework', null, false],
  ['--secret-baker-cleanup', true, false],
  ['--secret-baker-cleanup=true', 'true', false],
  ['--no-secret-baker-cleanup', false, true],
  ['--secret-baker-cleanup=false', 'false', true],
  ['--secret-baker-cleanup, of a list', [true], false],
  ['--secret-baker-cleanup=true, of a list', ['true'], false],
  ['--no-secret-baker-cleanup, of a list', [false], true],
  ['--secret-baker-cleanup=false, of a list', ['false'], true],
  ['the last one of two', ['false', 'true'], false],
  ['an empty list', [], false],
];

for (const [spelling, value, stays] of SPELLINGS) {
  test(`finalize: with ${spelling} the file ${stays ? 'stays' : 'goes'}`, async (t) => {
    /** @type {Record<string, any>} */
    const options = {};
    const service = fakeService({ options });
    t.after(service.remove);
    // The framework completes the options after it made the plugin.
    options['secret-baker-cleanup'] = value;
    await service.run('after:package:cleanup', 'finalize');
    assert.equal(service.file(), stays ? BUNDLE : undefined);
  });
}

/** @type {[string, unknown, unknown, boolean | undefined][]} */
const FROZEN = [
  ['nothing', undefined, undefined, undefined],
  ['--secret-baker-frozen', [''], undefined, true],
  ['--no-secret-baker-frozen', [false], undefined, false],
  ['--secret-baker-frozen=false', ['false'], undefined, false],
  ['the setting', undefined, true, true],
  ['the setting as a text', undefined, 'false', false],
  ['the command line before the setting', [false], true, false],
];

for (const [spelling, given, frozen, expected] of FROZEN) {
  test(`after:package:cleanup: ${spelling}: whether the lock is frozen is ${expected}`, async (t) => {
    const options = given === undefined ? {} : { 'secret-baker-frozen': given };
    const settings = frozen === undefined ? {} : { frozen };
    const service = fakeService({ options, custom: { secretBaker: ['A'], secretBakerOptions: settings } });
    t.after(service.remove);
    await service.run('after:package:cleanup');
    assert.equal(service.core.requests[0]?.frozen, expected);
  });
}
