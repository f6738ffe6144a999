// `doctor`: each part of the set-up, and what to do about what is wrong with it.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { account, startStandIn } from '../aws/stand-in.mjs';
import { assertAsDocumented } from './pages.mjs';
import { Commands } from './ways.mjs';

/** @typedef {{part: string, state: string, said: string, remedy: string | null, code: string | null}} Finding */

const SERVICE = { secrets: ['/doctor/a', { name: 'B', secretsManager: 'doctor/b' }] };

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;
before(async () => {
  standIn = await startStandIn();
});
after(() => standIn.stop());

/**
 * @param {import('node:http').Server} server
 * @returns {Promise<string>} its address
 */
const listening = async (server) => {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  return `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;
};

/**
 * @param {Finding[]} findings
 * @param {string} part
 */
const of = (findings, part) => findings.filter((finding) => finding.part === part);

for (const way of /** @type {const} */ (['program', 'npm', 'v3', 'osls4'])) {
  describe(`doctor, by ${way}`, () => {
    it('finds nothing wrong with a set-up that works', async (t) => {
      const env = { AWS_ENDPOINT_URL_STS: standIn.endpoint };
      const { code, value } = await new Commands(t, way, standIn, SERVICE).json(['doctor'], { env });
      assertAsDocumented('doctor', value);
      assert.deepEqual([...new Set(value.findings.map((/** @type {Finding} */ { state }) => state))], ['fine']);
      assert.match(of(value.findings, 'credentials')[0]?.said ?? '', new RegExp(`account ${account}, arn:aws:`));
      assert.equal(of(value.findings, 'reach').length, 3, 'Parameter Store, Secrets Manager and KMS');
      assert.equal(of(value.findings, 'clock').length, 1);
      assert.equal(of(value.findings, 'framework').length, ['v3', 'osls4'].includes(way) ? 1 : 0);
      assert.equal(code, 0);
    });

    it('tells what nobody can reach, and what to do', async (t) => {
      const commands = new Commands(t, way, undefined, SERVICE);
      const { code, value } = await commands.json(['doctor']);
      const [first] = of(value.findings, 'reach');
      assert.equal(first?.state, 'wrong');
      assert.match(first?.said ?? '', /^no answer from Parameter Store at http:\/\/127\.0\.0\.1:9/);
      assert.match(first?.remedy ?? '', /^nothing listens there/);
      assert.equal(first?.code, 'SECRET_BAKER_UNREACHABLE');
      // Nobody has refused them.
      assert.equal(of(value.findings, 'credentials')[0]?.state, 'unknown');
      assert.equal(code, 1);
    });
  });
}

describe('doctor', () => {
  it('tells a mistake of the config, with its place', async (t) => {
    const secrets = [{ nam: 'A', path: '/a' }, 7];
    const { code, value } = await new Commands(t, 'program', standIn, { secrets }).json(['doctor']);
    const config = of(value.findings, 'config');
    assert.deepEqual(
      config.map(({ state, code: told }) => [state, told]),
      secrets.map(() => ['wrong', 'SECRET_BAKER_CONFIG_INVALID']),
    );
    assert.match(config[0]?.said ?? '', /^secret-baker\.yml:1: secrets\[0\]: unknown key `nam`/);
    assert.ok(of(value.findings, 'reach').length > 0, 'the way to AWS is looked at all the same');
    assert.equal(code, 1);
  });

  it('tells a mistyped key of custom', async (t) => {
    const commands = new Commands(t, 'v3', standIn, SERVICE);
    const config = { service: 'typo', provider: { name: 'aws', runtime: 'nodejs20.x' }, custom: { secretBakr: ['/a'] } };
    const plugins = ['./.point-at-stand-in.js', 'serverless-secret-baker'];
    commands.write({ 'serverless.yml': JSON.stringify({ frameworkVersion: '*', plugins, ...config }) });
    const { code, value } = await commands.json(['doctor']);
    const [found] = of(value.findings, 'config');
    assert.equal(found?.said, 'custom.secretBakr: unknown key');
    assert.equal(found?.remedy, 'did you mean secretBaker?');
    assert.equal(code, 1);
  });

  it('tells where no config is, and looks at the way to AWS without one', async (t) => {
    const commands = new Commands(t, 'program', standIn, SERVICE);
    const { value } = await commands.json(['doctor', '--config', 'none.yml']);
    assert.equal(of(value.findings, 'config')[0]?.said, 'there is no file `none.yml`');
    assert.equal(of(value.findings, 'reach').length, 2, 'Parameter Store and KMS');
  });

  it('tells a region that is missing, and credentials that are', async (t) => {
    const commands = new Commands(t, 'program', standIn, SERVICE);
    const nothing = { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' };
    const noRegion = await commands.json(['doctor'], { env: { ...nothing, AWS_REGION: undefined } });
    const [missing] = of(noRegion.value.findings, 'region');
    assert.equal(missing?.said, 'no AWS region is set');
    assert.match(missing?.remedy ?? '', /^set --region/);
    const noKeys = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
    const none = await commands.json(['doctor'], { env: { ...nothing, ...noKeys } });
    assert.match(of(none.value.findings, 'credentials')[0]?.said ?? '', /no AWS credentials/);
    assert.equal(none.code, 1);
  });

  it('tells a clock that AWS refuses, credentials that it refuses, and a proxy that lets nobody through', async (t) => {
    const ahead = 900_000;
    const refuses = createServer((request, response) => {
      request.resume();
      response.sendDate = false;
      const isSts = request.headers['content-type']?.includes('x-www-form-urlencoded');
      const date = new Date(Date.now() - ahead).toUTCString();
      response.writeHead(403, { date, 'content-type': isSts ? 'text/xml' : 'application/x-amz-json-1.1' });
      const xml =
        '<ErrorResponse><Error><Code>InvalidClientTokenId</Code><Message>it is unknown</Message></Error></ErrorResponse>';
      response.end(isSts ? xml : '{"__type":"UnrecognizedClientException","message":"it is unknown"}');
    });
    const closed = createServer().on('connect', (_request, socket) => socket.end('HTTP/1.1 407 no\r\n\r\n'));
    const [refusing, proxy] = await Promise.all([refuses, closed].map(listening));
    t.after(() => [refuses, closed].map((server) => server.close()));
    const commands = new Commands(t, 'program', standIn, { secrets: ['/a'] });

    const env = { AWS_ENDPOINT_URL: refusing };
    const { code, value } = await commands.json(['doctor'], { env });
    const [clock] = of(value.findings, 'clock');
    assert.match(clock?.said ?? '', /^(899|90\d) seconds ahead of that of AWS$/);
    assert.match(clock?.remedy ?? '', /^set the clock/);
    const [credentials] = of(value.findings, 'credentials');
    assert.match(credentials?.said ?? '', /^STS does not take them: .*it is unknown/);
    assert.match(credentials?.remedy ?? '', /^sign in again/);
    assert.equal(code, 1);

    const through = { AWS_ENDPOINT_URL: undefined, HTTPS_PROXY: proxy };
    const closedWay = await commands.json(['doctor'], { env: through });
    assert.equal(of(closedWay.value.findings, 'proxy')[0]?.state, 'fine');
    const [reach] = of(closedWay.value.findings, 'reach');
    assert.match(reach?.said ?? '', /answers with HTTP status 407$/);
    assert.match(reach?.remedy ?? '', /^the proxy wants a user and a password/);
  });

  it('prints a line for each part, and its remedy below it', async (t) => {
    // Of one service alone the endpoint is another: nobody has said that STS may be asked anywhere.
    const env = { AWS_ENDPOINT_URL: undefined, AWS_ENDPOINT_URL_SSM: standIn.endpoint, AWS_ENDPOINT_URL_KMS: standIn.endpoint };
    const { stdout } = await new Commands(t, 'program', standIn, { secrets: ['/a'] }).run(['doctor'], { env });
    assert.match(stdout, /^fine {4}program {6}secret-baker \d/);
    assert.match(stdout, /^unknown credentials {2}there are some[^\n]*\n {21}hint: set AWS_ENDPOINT_URL_STS/m);
  });
});
