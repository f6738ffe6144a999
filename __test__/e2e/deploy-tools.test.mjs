// Whole deployments with a tool that packages: the functions open their secrets; nothing changed, nothing deployed.

import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { root } from '../aws/python.mjs';
import { startStandIn } from '../aws/stand-in.mjs';
import { FILE, Service } from './harness.mjs';
import { invoke } from './invoke.mjs';
import { offerWheel, PIP, PIP_CACHE, pythonRequirements, REQUIREMENTS, TYPESCRIPT, WEBPACK, withoutOthers } from './matrix.mjs';
import { makeZip } from './zips.mjs';

/** @import { Framework } from './harness.mjs' */

const CUSTOM = { secretBaker: { PASSWORD: '/deployed/password', TOKEN: '/deployed/token' } };
const HANDLER = readFileSync(join(root, '__test__/services/deployed/handler.js'), 'utf8');

/**
 * @typedef {object} Tool
 * @property {string} [plugin] listed after us on one framework, before us on the other
 * @property {object} [keys] of `serverless.yml`
 * @property {Record<string, string | Buffer>} [files]
 * @property {string[]} [other] the secrets of the function `other`
 * @property {Framework[]} [only]
 * @property {string} [packs] what the tool, and nothing else, puts into the artefact
 */

/** @type {Record<string, Tool>} */
const tools = {
  'serverless-esbuild': { plugin: 'serverless-esbuild', keys: { package: { individually: true } } },
  'serverless-webpack': { plugin: 'serverless-webpack', files: WEBPACK },
  'serverless-plugin-typescript': {
    plugin: 'serverless-plugin-typescript',
    keys: { functions: { hello: { handler: 'main.hello' }, other: { handler: 'main.hello' } } },
    files: { ...TYPESCRIPT, 'main.ts': `// @ts-nocheck\n${HANDLER}` },
    // 2.1.5 asks for serverless 2 or 3.
    only: ['v3'],
    packs: 'main.js',
  },
  'serverless-python-requirements': {
    plugin: 'serverless-python-requirements',
    // The stand-in runs JavaScript only, so the requirements lie beside that.
    keys: { custom: { ...CUSTOM, pythonRequirements: { ...pythonRequirements, cacheLocation: 'SERVICE/../cache' } } },
    files: REQUIREMENTS,
    packs: 'tiny.py',
  },
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

before(offerWheel);
after(() => rmSync(PIP_CACHE, { recursive: true }));

describe('deploy, with a tool that packages', { concurrency: 2 }, () => {
  for (const framework of /** @type {const} */ (['v3', 'osls4'])) {
    for (const [title, tool] of Object.entries(tools)) {
      if (tool.only && !tool.only.includes(framework)) continue;
      deploys(framework, title, tool);
    }
  }
});

/**
 * @param {Framework} framework
 * @param {string} title
 * @param {Tool} tool
 */
function deploys(framework, title, { plugin, keys, files, other = ['PASSWORD', 'TOKEN'], packs }) {
  const order = framework === 'v3' ? 'after' : 'before';
  const plugins = ['serverless-secret-baker', ...(plugin ? [plugin] : [])];
  if (order === 'before') plugins.reverse();
  describe(`${title}${plugin ? `, listed ${order} us` : ''}, on ${framework}`, { concurrency: 1 }, () => {
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
        plugins: ['./.point-at-stand-in.js', ...plugins],
        custom: CUSTOM,
        functions: { hello: { handler: 'handler.hello' }, other: { handler: 'handler.hello' } },
        ...keys,
      };
      service = new Service(framework, 'deployed', { 'serverless.yml': JSON.stringify(config), ...files });
      names = withoutOthers(service);
    });

    after(async () => {
      service.remove();
      await standIn.stop();
    });

    /** @param {string[]} args */
    async function run(...args) {
      const env = { AWS_ENDPOINT_URL: standIn.endpoint, ...PIP };
      const { code, output } = await service.run(args, { env });
      assert.equal(code, 0, output);
      assert.equal(service.has(FILE), false);
      assert.deepEqual(withoutOthers(service), names);
      return output;
    }

    const invoked = async (/** @type {string} */ name) => (await invoke(standIn, `deployed-dev-${name}`)).secrets;

    it('each function opens its own secrets', async () => {
      await run('deploy');
      if (packs) assert.ok((await service.zip('.serverless/deployed.zip')).has(packs));
      const all = /** @type {Record<string, string>} */ ({ PASSWORD: 'first', TOKEN: 'Grüße ☃' });
      assert.deepEqual(await invoked('hello'), all);
      assert.deepEqual(await invoked('other'), Object.fromEntries(other.map((name) => [name, all[name]])));
    });

    it('a second time there is nothing to deploy', async () => {
      const output = await run('deploy');
      assert.match(output, /No changes to deploy. Deployment skipped/);
    });

    it('a changed secret is deployed', async () => {
      await standIn.putSecret('/deployed/password', 'second');
      const output = await run('deploy');
      assert.doesNotMatch(output, /skipped/);
      for (const name of ['hello', 'other']) assert.equal((await invoked(name)).PASSWORD, 'second');
    });

    it('deploy function takes its secrets along, and only where something has changed', async () => {
      const unchanged = await run('deploy', 'function', '--function', 'hello');
      assert.match(unchanged, /Code did not change\. Function deployment skipped/);
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
    });
  });
}
