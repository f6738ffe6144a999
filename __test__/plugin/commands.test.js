// `serverless secret-baker`: what the framework is told of a command line, and what the program is handed.

'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { ownCommands } = require('../../plugin/commands.js');
const { fakeService } = require('./fake-serverless.js');

/** @import { TestContext } from 'node:test' */

/**
 * A service whose process was started with these words.
 * @param {TestContext} t
 * @param {string[]} words behind the framework's own name
 * @param {import('./fake-serverless.js').Wishes} [wishes]
 */
const started = (t, words, wishes) => {
  const before = { argv: process.argv, exitCode: process.exitCode };
  process.argv = ['node', 'serverless', ...words];
  const service = fakeService(wishes);
  t.after(() => {
    Object.assign(process, before);
    service.remove();
  });
  return service;
};

test('the framework knows each command, with its options and without any typed word', () => {
  const { commands, event, words } = ownCommands(['package']);
  const own = commands['secret-baker'];
  assert.equal(event, undefined);
  assert.equal(words, undefined);
  assert.deepEqual(Object.keys(own?.commands ?? {}).slice(0, 3), ['bake', 'check', 'list']);
  assert.ok(own?.commands.set?.options['from-file']);
  assert.deepEqual(own?.commands.set?.commands, {});
});

for (const [line, event] of /** @type {[string, string][]} */ ([
  ['secret-baker', 'secret-baker:run'],
  ['secret-baker check --json', 'secret-baker:check:run'],
  ['--stage prod secret-baker check', 'secret-baker:check:run'],
  ['secret-baker set NAME --label live', 'secret-baker:set:NAME:run'],
  ['secret-baker exec -- npm start', 'secret-baker:exec:--:npm:start:run'],
  ['secret-baker no-such-command', 'secret-baker:no-such-command:run'],
])) {
  test(`\`${line}\` is declared as it was typed, and runs`, () => {
    const own = ownCommands(line.split(' '));
    assert.equal(own.event, event);
    /** @type {any} */
    let declared = { commands: own.commands };
    for (const word of event.split(':').slice(0, -1)) declared = declared.commands[word];
    assert.deepEqual(declared.lifecycleEvents, ['run']);
  });
}

test('an option that no command has is declared too, so that the program itself refuses it', () => {
  const { commands } = ownCommands(['secret-baker', 'check', '--rool', 'x', '-q', '--yes=1']);
  const options = commands['secret-baker']?.commands.check?.options ?? {};
  for (const option of ['rool', 'q', 'yes']) assert.equal(options[option]?.type, 'array', option);
});

test('what another command has to do with secret-baker declares nothing', () => {
  for (const line of ['deploy function --function secret-baker', 'invoke secret-baker', 'package secret-baker set'])
    assert.equal(ownCommands(line.split(' ')).event, undefined, line);
});

for (const [line, taken] of /** @type {[string, string | undefined][]} */ ([
  ['exec -- ./deploy.sh --stage prod', '--stage'],
  ['exec -- ./deploy.sh --stage=prod', '--stage'],
  ['exec -- cp -r a b', '-r'],
  ['exec -- tar -xrf a', '-xrf'],
  ['exec -- node -e 1 --flag', undefined],
  ['exec --pristine -- ./deploy.sh --stage prod', undefined],
  ['exec --stage dev -- cp -r a b', undefined],
  ['exec npm --stage prod', undefined],
])) {
  const does = taken ? 'is refused, since the framework has read it otherwise' : 'is handed over';
  test(`\`secret-baker ${line}\` ${does}`, async (t) => {
    const words = ['secret-baker', ...line.split(' ')];
    const { core, run } = started(t, words);
    await run(`${ownCommands(words).event}`);
    const { service, problems } = core.commands[0]?.host.framework ?? {};
    assert.equal(service === undefined, taken !== undefined);
    if (taken) {
      assert.match(problems?.[0]?.message ?? '', new RegExp(`has read \`${taken}\` as its own`));
      assert.match(problems?.[0]?.hint ?? '', /--stage dev -- COMMAND/);
    }
  });
}

test("a command gets the service, its functions and the way to AWS, and its exit code is the process's", async (t) => {
  const functions = { f: { name: 'svc-dev-f', secretBaker: ['MY_SECRET'], role: 'arn:aws:iam::123456789012:role/r' } };
  const { core, run } = started(t, ['secret-baker', 'list', '--json'], { service: { functions }, core: { code: 1 } });
  await run('secret-baker:list:run');
  const [{ words, host } = assert.fail('nothing was run')] = core.commands;
  assert.deepEqual(words, ['list', '--json']);
  assert.equal(host.called, 'serverless secret-baker');
  const { request, functions: [f] = [] } = host.framework?.service ?? assert.fail(JSON.stringify(host.framework?.problems));
  assert.equal(request.config, '["MY_SECRET"]');
  assert.equal(request.region, 'eu-central-1');
  assert.ok(request.credentials?.accessKeyId);
  assert.deepEqual([f?.key, f?.name, f?.only, f?.role], ['f', 'svc-dev-f', ['MY_SECRET'], 'arn:aws:iam::123456789012:role/r']);
  assert.equal(process.exitCode, 1);
});

test("a function's role is its own, or the service's where the deployment makes none", async (t) => {
  const arn = (/** @type {string} */ name) => `arn:aws:iam::123456789012:role/${name}`;
  const functions = { own: { role: arn('own') }, made: { iamRoleStatements: [] }, logical: { role: 'Logical' }, shared: {} };
  const roles = async (/** @type {object} */ provider) => {
    const { core, run } = started(t, ['secret-baker', 'check'], { service: { functions, provider } });
    await run('secret-baker:check:run');
    const all = core.commands[0]?.host.framework?.service?.functions ?? [];
    return all.map(({ role }) => role);
  };
  assert.deepEqual(await roles({ iam: { role: arn('new') } }), [arn('own'), undefined, 'Logical', arn('new')]);
  assert.deepEqual(await roles({ role: arn('old') }), [arn('own'), undefined, 'Logical', arn('old')]);
  assert.deepEqual(await roles({ iam: { role: { statements: [] } } }), [arn('own'), undefined, 'Logical', undefined]);
  assert.deepEqual(await roles({}), [arn('own'), undefined, 'Logical', undefined]);
});

test('a mistake of the settings is handed over in words, for the program to tell', async (t) => {
  const custom = { secretBaker: ['A'], secretBakerOptions: { regoin: 'x' } };
  const { core, run } = started(t, ['secret-baker', 'doctor'], { custom });
  await run('secret-baker:doctor:run');
  assert.match(core.commands[0]?.host.framework?.problems?.[0]?.message ?? '', /custom\.secretBakerOptions\.regoin: unknown key/);
});

test('nobody is asked for credentials for what needs none', async (t) => {
  const provider = { getCredentials: async () => assert.fail('they were asked for'), getRegion: () => 'eu-central-1' };
  for (const words of [['completions', 'bash'], ['schema'], []]) {
    const { core, run } = started(t, ['secret-baker', ...words], { provider });
    await run(['secret-baker', ...words, 'run'].join(':'));
    assert.deepEqual(core.commands[0]?.host.framework, {});
  }
});
