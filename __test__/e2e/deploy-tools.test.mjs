// Whole deployments with a tool that packages: the functions open their secrets; nothing changed, nothing deployed.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { root } from '../aws/python.mjs';
import { startStandIn } from '../aws/stand-in.mjs';
import { FILE, Service } from './harness.mjs';
import { makeZip } from './zips.mjs';

/** @import { Framework } from './harness.mjs' */

const HANDLER = readFileSync(join(root, '__test__/services/deployed/handler.js'), 'utf8');

/** @type {Record<string, {plugins?: string[], keys?: object, files?: Record<string, string | Buffer>, other?: string[]}>} */
const services = {
  'serverless-esbuild': { plugins: ['serverless-esbuild'], keys: { package: { individually: true } } },
  "the service's own artefact": {
    keys: { package: { artifact: 'dist/app.zip' } },
    files: { 'dist/app.zip': await makeZip([{ name: 'handler.js', content: HANDLER }]) },
  },
  'patterns, and a function with fewer secrets': {
    keys: {
      package: { individually: true, patterns: ['!**', 'handler.js'] },
      functions: { hello: { handler: 'handler.hello' }, other: { handler: 'handler.hello', secretBaker: ['PASSWORD'] } },
    },
    other: ['PASSWORD'],
  },
};

// They mostly wait for the stack, so they wait at once.
describe('deploy, with a tool that packages', { concurrency: 4 }, () => {
  for (const framework of /** @type {const} */ (['v3', 'osls4'])) {
    for (const title of Object.keys(services)) deploys(framework, title);
  }
});

/**
 * @param {Framework} framework
 * @param {string} title
 */
function deploys(framework, title) {
  const { plugins = [], keys, files, other = ['PASSWORD', 'TOKEN'] } = services[title] ?? {};
  describe(`${title}, on ${framework}`, { concurrency: 1 }, () => {
    /** @type {import('../aws/stand-in.mjs').StandIn} */
    let standIn;
    /** @type {Service} */
    let service;
    /** @type {string[]} */
    let names;

    before(async () => {
      standIn = await startStandIn();
      await standIn.putSecret('/deployed/password', 'first');
      await standIn.putSecret('/deployed/token', 'Grüße ☃');
      const config = {
        service: 'deployed',
        frameworkVersion: '*',
        provider: { name: 'aws', runtime: 'nodejs20.x', region: 'eu-central-1', timeout: 15 },
        plugins: ['./.point-at-stand-in.js', 'serverless-secret-baker', ...plugins],
        custom: { secretBaker: { PASSWORD: '/deployed/password', TOKEN: '/deployed/token' } },
        functions: { hello: { handler: 'handler.hello' }, other: { handler: 'handler.hello' } },
        ...keys,
      };
      service = new Service(framework, 'deployed', { 'serverless.yml': JSON.stringify(config), ...files });
      names = service.names();
    });

    after(async () => {
      service.remove();
      await standIn.stop();
    });

    /** @param {string[]} args */
    async function run(...args) {
      const { code, output, stdout } = await service.run(args, { env: { AWS_ENDPOINT_URL: standIn.endpoint } });
      assert.equal(code, 0, output);
      assert.equal(service.has(FILE), false);
      assert.deepEqual(service.names(), names);
      return { output, stdout };
    }

    /** @param {string} name */
    async function invoked(name) {
      const { stdout } = await run('invoke', '--function', name);
      return JSON.parse(stdout).secrets;
    }

    it('each function opens its own secrets', async () => {
      await run('deploy');
      const all = /** @type {Record<string, string>} */ ({ PASSWORD: 'first', TOKEN: 'Grüße ☃' });
      assert.deepEqual(await invoked('hello'), all);
      assert.deepEqual(await invoked('other'), Object.fromEntries(other.map((name) => [name, all[name]])));
    });

    it('a second time there is nothing to deploy', async () => {
      const { output } = await run('deploy');
      assert.match(output, /No changes to deploy. Deployment skipped/);
    });

    it('a changed secret is deployed', async () => {
      await standIn.putSecret('/deployed/password', 'second');
      const { output } = await run('deploy');
      assert.doesNotMatch(output, /skipped/);
      for (const name of ['hello', 'other']) assert.equal((await invoked(name)).PASSWORD, 'second');
    });

    it('deploy function takes its secrets along, and only where something has changed', async () => {
      const unchanged = await run('deploy', 'function', '--function', 'hello');
      assert.match(unchanged.output, /Code did not change\. Function deployment skipped/);
      await standIn.putSecret('/deployed/password', 'third');
      await run('deploy', 'function', '--function', 'hello');
      assert.equal((await invoked('hello')).PASSWORD, 'third');
      assert.equal((await invoked('other')).PASSWORD, 'second');
    });

    it('a package made earlier is deployed as it is', async () => {
      await standIn.putSecret('/deployed/password', 'fourth');
      await run('package', '--package', '../packaged');
      await standIn.putSecret('/deployed/password', 'later');
      await run('deploy', '--package', '../packaged');
      for (const name of ['hello', 'other']) assert.equal((await invoked(name)).PASSWORD, 'fourth');
      await run('remove');
    });
  });
}
