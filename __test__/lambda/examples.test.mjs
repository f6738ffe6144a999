// Each example is packaged by the real frameworks, unpacked to where Lambda has it, and its handler run by Lambda's own clients: in
// every version of its language, with Lambda's environment and nothing beside the artefact.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../aws/python.mjs';
import { startStandIn } from '../aws/stand-in.mjs';
import { FILE, frameworks } from '../e2e/harness.mjs';
import { noLauncher } from '../launcher.mjs';
import { bootstrapClient, nodeClients, pythonClients, startFunction } from './clients.mjs';
import { ANSWER, environmentToPackage, exampleOn, preparations } from './examples.mjs';
import { answerOf } from './runtime-api.mjs';
import { assertUnseen } from './task.mjs';

/** @import { Client } from './clients.mjs' */
/** @import { Service } from '../e2e/harness.mjs' */

/** Milliseconds. */
const FREEZE = 1_000;

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;
before(async () => {
  standIn = await startStandIn();
});
after(() => standIn.stop());

/** What stands for Lambda's Ruby. */
const rubyClient = /** @type {Client} */ ({
  ...bootstrapClient,
  name: 'ruby',
  command: () => [process.execPath, '--no-warnings', join(root, '__test__/ruby/bootstrap.mjs')],
});

/** @type {Record<string, {zip: string, clients: Client[], holds: string[]}>} `holds`: entries of the artefact beside the bundle */
const examples = {
  node: { zip: 'shop.zip', clients: nodeClients, holds: ['node_modules/secret-baker/index.js'] },
  python: { zip: 'report.zip', clients: pythonClients, holds: ['secret_baker/__init__.py'] },
  rust: { zip: 'bootstrap.zip', clients: [bootstrapClient], holds: ['bootstrap'] },
  ruby: { zip: 'letters.zip', clients: [rubyClient], holds: ['secret-baker-launcher'] },
};

for (const [name, { zip, clients, holds }] of Object.entries(examples)) {
  describe(`examples/${name}`, { skip: name === 'ruby' && noLauncher }, () => {
    for (const framework of frameworks) {
      it(`is packaged by ${framework}, and its handler opens a secret in Lambda's bootstrap`, async (t) => {
        const service = await exampleOn(standIn, framework, name, t);
        await preparations[name]?.(service);
        const { code, output } = await service.run(['package'], { env: environmentToPackage(standIn, service) });
        assert.equal(code, 0, output);
        const folder = await service.unpack(`.serverless/${zip}`);
        for (const entry of [FILE, ...holds])
          assert.ok(readdirSync(folder, { recursive: true, encoding: 'utf8' }).includes(entry), entry);
        // One framework's artefact is as good as another's: each runs in one version, the first in all of them.
        const had = clients.filter((client) => !client.skip || t.diagnostic(`${client.name}: ${client.skip}`));
        const chosen = framework === frameworks[0] ? had : had.slice(-1);
        if (chosen.length === 0) return t.skip(String(clients[0]?.skip));
        for (const client of chosen) await answersTwice(client, folder, setByTemplate(service));
      });
    }
  });
}

/**
 * @param {Client} client
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env that the function is deployed with
 */
async function answersTwice(client, folder, { AWS_LAMBDA_EXEC_WRAPPER: deployed, ...env }) {
  await standIn.reset();
  // /var/task is this folder.
  const wrapper = deployed?.replace('/var/task', folder);
  const options = { folder, env: { ...env, AWS_ENDPOINT_URL: standIn.endpoint }, ...(wrapper && { wrapper }) };
  const started = await startFunction(client, options);
  try {
    assert.deepEqual(answerOf(await started.api.invoke()), ANSWER, started.output);
    started.freeze();
    await sleep(FREEZE);
    started.thaw();
    assert.deepEqual(answerOf(await started.api.invoke()), ANSWER, started.output);
    assert.equal((await standIn.calls()).length, 1, client.name);
    assert.deepEqual(started.api.refused, []);
    assertUnseen(started, ['thé secret of', 'the password begins']);
  } finally {
    await started.stop();
  }
}

/**
 * The environment that the only function of a service is deployed with.
 * @param {Service} service
 * @returns {NodeJS.ProcessEnv}
 */
function setByTemplate(service) {
  const path = join(service.dir, '.serverless/cloudformation-template-update-stack.json');
  const { Resources } = JSON.parse(readFileSync(path, 'utf8'));
  const [own, ...more] = Object.values(Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function');
  assert.deepEqual(more, []);
  return own.Properties.Environment?.Variables ?? {};
}
