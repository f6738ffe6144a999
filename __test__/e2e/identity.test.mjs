// The bake uses the credentials and the region that the framework itself would use.

import assert from 'node:assert/strict';
import http from 'node:http';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { region, startStandIn } from '../aws/stand-in.mjs';
import { bundleOf, frameworks, plainWith } from './harness.mjs';

/** @import { Framework } from './harness.mjs' */

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;
before(async () => {
  standIn = await startStandIn();
  await standIn.putSecret('/i/one', 'one');
  await standIn.putSecret('/i/one', 'one', { region: 'eu-west-1' });
});
beforeEach(() => standIn.reset());
after(() => standIn.stop());

const keys = (/** @type {string} */ id) => `aws_access_key_id = ${id}\naws_secret_access_key = secret\n`;
const PROFILES = `[default]\n${keys('AKIADEFAULT')}\n[named]\n${keys('AKIANAMED')}\n[staged]\n${keys('AKIASTAGED')}\n[base]\n${keys('AKIABASE')}`;
const WITHOUT_KEYS = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };

/**
 * @typedef {object} Case
 * @property {string} title
 * @property {string[]} [args]
 * @property {Record<string, string | undefined>} [env]
 * @property {object} [provider] more of it
 * @property {object} [options] custom.secretBakerOptions
 * @property {readonly Framework[]} [on]
 * @property {string | RegExp} [key] the access key's id that AWS sees
 * @property {string} [region] the region that is asked
 */

/** @type {Case[]} */
const cases = [
  { title: "the environment's keys", env: { AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: 'x' }, key: 'AKIAENV' },
  { title: 'the default profile', env: WITHOUT_KEYS, key: 'AKIADEFAULT' },
  { title: 'provider.profile', env: WITHOUT_KEYS, provider: { profile: 'named' }, key: 'AKIANAMED' },
  { title: 'AWS_PROFILE', env: { ...WITHOUT_KEYS, AWS_PROFILE: 'named' }, key: 'AKIANAMED' },
  { title: "--aws-profile over the environment's keys", args: ['--aws-profile', 'named'], key: 'AKIANAMED' },
  {
    title: 'AWS_<STAGE>_PROFILE',
    args: ['--stage', 'qa'],
    env: { ...WITHOUT_KEYS, AWS_QA_PROFILE: 'staged' },
    key: 'AKIASTAGED',
  },
  {
    title: 'a profile that assumes a role',
    args: ['--aws-profile', 'role'],
    env: { ...WITHOUT_KEYS, AWS_SDK_LOAD_CONFIG: '1' },
    // What the stand-in's STS hands out.
    key: /^ASIA/,
  },
  {
    title: 'a profile with a credential_process',
    args: ['--aws-profile', 'process'],
    env: { ...WITHOUT_KEYS, AWS_SDK_LOAD_CONFIG: '1' },
    key: 'AKIAPROCESS',
  },
  { title: 'provider.region', provider: { region: 'eu-west-1' }, region: 'eu-west-1' },
  { title: '--region over provider.region', args: ['--region', 'eu-west-1'], region: 'eu-west-1' },
  { title: "provider.region over the environment's", env: { AWS_REGION: 'us-east-1' }, region },
  { title: 'custom.secretBakerOptions.region over all', options: { region: 'eu-west-1' }, region: 'eu-west-1' },
];

/** A shell's way to print the keys that `credential_process` asks for. */
const PROCESS = `${process.execPath} -p 'JSON.stringify({Version:1,AccessKeyId:"AKIAPROCESS",SecretAccessKey:"x"})'`;

for (const framework of frameworks) {
  describe(`the identity on ${framework}`, () => {
    for (const { title, args = [], env, provider, options, on = frameworks, key, region: asked } of cases) {
      if (!on.includes(framework)) continue;
      it(`is that of ${title}`, async (t) => {
        const service = plainWith(t, framework, {
          provider: { name: 'aws', runtime: 'nodejs20.x', region, ...provider },
          custom: { secretBaker: ['/i/one'], ...(options && { secretBakerOptions: options }) },
        });
        service.write({
          'aws/credentials': PROFILES,
          'aws/config': `[profile role]\nrole_arn = arn:aws:iam::123456789012:role/deploy\nsource_profile = base\nregion = ${region}\n[profile process]\ncredential_process = ${PROCESS}\n`,
        });
        const files = {
          AWS_SHARED_CREDENTIALS_FILE: join(service.dir, 'aws/credentials'),
          AWS_CONFIG_FILE: join(service.dir, 'aws/config'),
        };
        const { code, output } = await service.run(['package', ...args], {
          env: { AWS_ENDPOINT_URL: standIn.endpoint, ...files, ...env },
        });
        assert.equal(code, 0, output);
        assert.deepEqual(Object.keys(await bundleOf(await service.zip('.serverless/plain.zip'))), ['/i/one']);
        const [call] = (await standIn.calls()).filter(({ target }) => target === 'AmazonSSM.GetParameters');
        if (typeof key === 'string') assert.equal(call?.accessKeyId, key);
        if (key instanceof RegExp) assert.match(String(call?.accessKeyId), key);
        if (asked) assert.equal(call?.region, asked);
      });
    }
  });
}

describe("a profile's keys go to no endpoint of another profile", () => {
  for (const framework of frameworks) {
    for (const [title, args, env] of /** @type {[string, string[], Record<string, string | undefined>][]} */ ([
      ['a profile by --aws-profile', ['--aws-profile', 'prod'], {}],
      ["the environment's keys", [], { AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: 'x' }],
    ])) {
      it(`${title} on ${framework}`, async (t) => {
        // Where [default] points, and the way to everywhere else.
        const trap = await listener(t);
        const proxy = await listener(t);
        const service = plainWith(t, framework, { custom: { secretBaker: ['/i/one'] } });
        const address = `http://127.0.0.1:${trap.port}`;
        const services = `[services dev]\nssm =\n  endpoint_url = ${address}\n`;
        service.write({
          'aws/credentials': `[default]\n${keys('AKIADEFAULT')}\n[prod]\n${keys('AKIAPROD')}`,
          'aws/config': `[default]\nendpoint_url = ${address}\nservices = dev\nuse_fips_endpoint = true\n${services}[profile prod]\nregion = eu-west-1\n`,
        });
        const { code, output } = await service.run(['package', ...args], {
          env: {
            ...WITHOUT_KEYS,
            AWS_SHARED_CREDENTIALS_FILE: join(service.dir, 'aws/credentials'),
            AWS_CONFIG_FILE: join(service.dir, 'aws/config'),
            HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
            HTTP_PROXY: `http://127.0.0.1:${proxy.port}`,
            NO_PROXY: '127.0.0.1',
            ...env,
          },
        });
        assert.equal(code, 1, output);
        assert.deepEqual(trap.asked, [], output);
        assert.deepEqual([...new Set(proxy.asked)], ['CONNECT ssm.eu-central-1.amazonaws.com:443'], output);
      });
    }
  }
});

/**
 * A server that refuses everything and remembers what it was asked for.
 * @param {import('node:test').TestContext} t
 */
async function listener(t) {
  const asked = /** @type {string[]} */ ([]);
  const server = http.createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(403).end();
  });
  server.on('connect', (request, client) => {
    asked.push(`CONNECT ${request.url}`);
    client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { asked, port: /** @type {import('node:net').AddressInfo} */ (server.address()).port };
}
