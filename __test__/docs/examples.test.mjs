// Examples, run locally by the frameworks, as their users run them; how they run in Lambda is tested in __test__/lambda.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import yaml from 'js-yaml';
import { root } from '../aws/python.mjs';
import { startStandIn } from '../aws/stand-in.mjs';
import { FILE } from '../e2e/harness.mjs';
import { startOffline } from '../e2e/offline.mjs';
import { ANSWER, environmentToPackage, exampleOn, preparations } from '../lambda/examples.mjs';

/** @import { Service } from '../e2e/harness.mjs' */

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;
before(async () => {
  standIn = await startStandIn();
});
after(() => standIn.stop());

describe('examples locally', () => {
  for (const framework of /** @type {const} */ (['v3', 'osls4'])) {
    for (const name of ['node', 'python']) {
      it(`examples/${name} with invoke local on ${framework}`, async (t) => {
        const service = await exampleOn(standIn, framework, name, t);
        await preparations[name]?.(service);
        const { code, stdout, output } = await service.run(['invoke', 'local', '-f', 'hello'], {
          env: localEnvironment(service),
        });
        assert.equal(code, 0, output);
        assert.match(stdout, /the password begins with th(é|\\u00e9)/);
        assert.equal(service.has(FILE), false);
      });

      it(`examples/${name} with serverless-offline on ${framework}`, async (t) => {
        const service = await exampleOn(standIn, framework, name, t);
        await preparations[name]?.(service);
        const config = /** @type {any} */ (yaml.load(readFileSync(join(service.dir, 'serverless.yml'), 'utf8')));
        config.plugins.push('serverless-offline');
        config.functions.hello.events = [{ httpApi: 'GET /hello' }];
        service.write({ 'serverless.yml': yaml.dump(config) });
        const offline = await startOffline(service, ['offline'], { env: localEnvironment(service) });
        assert.equal(await offline.getText('/hello'), ANSWER.body);
        await offline.stop('SIGINT');
        assert.equal(service.has(FILE), false);
      });
    }
  }
});

/** @param {Service} service */
const localEnvironment = (service) => ({
  ...environmentToPackage(standIn, service),
  PYTHONPATH: join(root, 'runtime/python/src'),
});
