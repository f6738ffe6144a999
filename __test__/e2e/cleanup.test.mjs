// Commands that run a function on this machine, stopped by a signal: they leave nothing and end as they do without us.

import assert from 'node:assert/strict';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startStandIn } from '../aws/stand-in.mjs';
import { FILE, frameworks, plainWith, until } from './harness.mjs';
import { startOffline } from './offline.mjs';

/** @import { TestContext } from 'node:test' */
/** @import { Ended, Framework, Service } from './harness.mjs' */

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;
before(async () => {
  standIn = await startStandIn();
  for (const stage of ['dev', 'qa']) await standIn.putSecret(`/signals/${stage}`, `the secret of ${stage}`);
});
after(() => standIn.stop());

const HANDLER = `exports.hello = async () => ({ statusCode: 200, body: '{}' });
exports.wait = async () => {
  process.stdout.write('the handler runs\\n');
  await new Promise((resolve) => setTimeout(resolve, 60000));
};`;
const LEFT = ['handler.js', 'serverless.yml'];
const env = () => ({ AWS_ENDPOINT_URL: standIn.endpoint });

/**
 * @param {TestContext} t
 * @param {Framework} framework
 * @param {{ours?: boolean, name?: string}} [options] whether the plugin is in it; the secret's name
 */
const service = (t, framework, { ours = true, name = 'SECRET' } = {}) =>
  plainWith(
    t,
    framework,
    {
      provider: { name: 'aws', runtime: 'nodejs20.x', region: 'eu-central-1', timeout: 90 },
      plugins: ['./.point-at-stand-in.js', ...(ours ? ['serverless-secret-baker'] : []), 'serverless-offline'],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the framework
      custom: { secretBaker: { [name]: '/signals/${sls:stage}' } },
      functions: { hello: { handler: 'handler.hello', events: [{ httpApi: 'GET /hello' }] }, wait: { handler: 'handler.wait' } },
    },
    { 'handler.js': HANDLER },
  );

/**
 * Starts `invoke local` and waits until the handler runs.
 * @param {Service} service
 */
async function startInvoke(service) {
  const { child, said, ended } = service.start(['invoke', 'local', '-f', 'wait'], { env: env() });
  await until('the handler', () => said.output.includes('the handler runs') || child.exitCode !== null);
  assert.ok(said.output.includes('the handler runs'), said.output);
  const stop = (/** @type {NodeJS.Signals} */ signal) => {
    child.kill(signal);
    return ended;
  };
  return { stop };
}

/** @type {{title: string, signals: NodeJS.Signals[], start: (service: Service) => Promise<{stop: (signal: NodeJS.Signals) => Promise<Ended>}>}[]} */
const COMMANDS = [
  { title: 'invoke local', signals: ['SIGINT', 'SIGTERM', 'SIGHUP'], start: startInvoke },
  {
    title: 'offline',
    signals: ['SIGTERM'],
    start: (service) => startOffline(service, ['offline'], { env: env() }),
  },
  {
    title: 'offline start',
    signals: ['SIGINT', 'SIGTERM', 'SIGHUP'],
    start: (service) => startOffline(service, ['offline', 'start'], { env: env() }),
  },
];

for (const framework of frameworks) {
  for (const { title, signals, start } of COMMANDS) {
    describe(`${title} on ${framework}`, () => {
      for (const signal of signals) {
        it(`leaves nothing after ${signal}, and ends as without us`, async (t) => {
          const endings = [true, false].map(async (ours) => {
            const one = service(t, framework, { ours });
            const { stop } = await start(one);
            assert.equal(one.has(FILE), ours);
            const { code, signal: by } = await stop(signal);
            assert.deepEqual(one.names().sort(), LEFT);
            return { code, by };
          });
          const [ours, theirs] = await Promise.all(endings);
          assert.deepEqual(ours, theirs);
        });
      }
    });
  }
}

describe('a folder in use', () => {
  it('is left by a SIGKILL as it was, and the next run takes it over with other secrets', async (t) => {
    const one = service(t, 'v3');
    const { stop } = await startInvoke(one);
    const { signal } = await stop('SIGKILL');
    assert.equal(signal, 'SIGKILL');
    assert.equal(one.has(FILE), true);
    const { code, output } = await one.run(['invoke', 'local', '-f', 'hello', '--stage', 'qa'], { env: env() });
    assert.equal(code, 0, output);
    assert.deepEqual(one.names().sort(), LEFT);
  });

  it('is refused to a package of another stage, and to a changed config', async (t) => {
    const one = service(t, 'v3');
    const { stop } = await startInvoke(one);
    const bundle = readFileSync(join(one.dir, FILE), 'utf8');
    const refused = async (/** @type {string[]} */ args) => {
      const { code, output } = await one.run(args, { env: env() });
      assert.equal(code, 1, output);
      assert.ok(output.includes(`another run is using ${one.dir} with other secrets\n  hint: wait until it ends`), output);
      assert.doesNotMatch(output, /^ +at /m);
      assert.equal(readFileSync(join(one.dir, FILE), 'utf8'), bundle);
    };
    await refused(['package', '--stage', 'qa']);
    assert.equal(one.has('.serverless/plain.zip'), false);
    const changed = readFileSync(join(service(t, 'v3', { name: 'RENAMED' }).dir, 'serverless.yml'), 'utf8');
    one.write({ 'serverless.yml': changed });
    await refused(['invoke', 'local', '-f', 'hello']);
    await stop('SIGTERM');
    assert.deepEqual(one.names().sort(), LEFT);
  });

  it('keeps the file until the last of several runs ends', async (t) => {
    const one = service(t, 'v3');
    const runs = await Promise.all([startInvoke(one), startInvoke(one)]);
    for (const { stop } of runs) {
      assert.equal(one.has(FILE), true);
      await stop('SIGINT');
    }
    assert.deepEqual(one.names().sort(), LEFT);
  });
});

describe('a read-only folder', () => {
  // Root writes whatever the mode is.
  const skip = process.getuid?.() === 0 ? 'runs as root, whom no mode stops' : false;
  it('is an error in one sentence, and nothing is packaged', { skip }, async (t) => {
    const one = service(t, 'v3');
    chmodSync(one.dir, 0o555);
    const { code, output } = await one.run(['package'], { env: env() });
    chmodSync(one.dir, 0o755);
    assert.equal(code, 1, output);
    assert.match(output, /cannot write .*secret-baker-secrets\.json: Permission denied/);
    assert.doesNotMatch(output, /^ +at /m);
    assert.deepEqual(one.names().sort(), LEFT);
  });
});
