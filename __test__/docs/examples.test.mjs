// Each example is packaged by the real framework, unpacked, and its handler run as Lambda would run it.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import yaml from 'js-yaml';
import { python, root } from '../aws/python.mjs';
import { credentials, region, startStandIn } from '../aws/stand-in.mjs';
import { frameworks, Service } from '../e2e/harness.mjs';

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;
before(async () => {
  standIn = await startStandIn();
});
after(() => standIn.stop());

const CALL_NODE = "require('./handler.js').hello({}, {}).then((answer) => console.log(JSON.stringify(answer)))";
const CALL_PYTHON = 'import json, handler; print(json.dumps(handler.hello({}, None)))';

const examples = {
  node: { zip: 'shop.zip', command: process.execPath, args: ['-e', CALL_NODE] },
  python: { zip: 'report.zip', command: python, args: ['-c', CALL_PYTHON] },
};

for (const [name, { zip, command, args }] of Object.entries(examples)) {
  describe(`examples/${name}`, () => {
    for (const framework of frameworks) {
      it(`is packaged by ${framework}, and its handler opens a secret`, async () => {
        const service = new Service(framework, join(root, 'examples', name));
        await storeSecretsOf(service.dir);
        pointAtStandIn(service);
        const { code, output } = await service.run(['package'], { env: { AWS_ENDPOINT_URL: standIn.endpoint } });
        assert.equal(code, 0, output);
        const folder = await unpack(service, `.serverless/${zip}`);
        const answer = JSON.parse(
          String(execFileSync(command, args, { cwd: folder, env: environment(folder), timeout: 60_000 })),
        );
        assert.deepEqual(answer, { statusCode: 200, body: 'the password begins with thé' });
        service.remove();
      });
    }
  });
}

/** @param {string} dir */
async function storeSecretsOf(dir) {
  const { custom } = /** @type {any} */ (yaml.load(readFileSync(join(dir, 'serverless.yml'), 'utf8')));
  const paths = Object.values(custom.secretBaker).map((entry) => (typeof entry === 'string' ? entry : entry.path));
  for (const path of paths) await standIn.putSecret(path.split(':')[0], `thé secret of ${path}`);
}

/** The frameworks with the AWS SDK v2 read no AWS_ENDPOINT_URL. */
function pointAtStandIn(/** @type {Service} */ service) {
  const text = readFileSync(join(service.dir, 'serverless.yml'), 'utf8');
  service.write({ 'serverless.yml': text.replace('plugins:\n', 'plugins:\n  - ./.point-at-stand-in.js\n') });
}

/** Unpacks beside the packages that Lambda's Node.js runtime brings along. */
async function unpack(/** @type {Service} */ service, /** @type {string} */ zip) {
  const folder = join(service.parent, 'task');
  for (const entry of (await service.zip(zip)).values()) {
    const path = join(folder, entry.name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, await entry.read());
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
  return folder;
}

/** @param {string} folder */
function environment(folder) {
  return {
    PATH: process.env.PATH,
    LAMBDA_TASK_ROOT: folder,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_ENDPOINT_URL: standIn.endpoint,
  };
}
