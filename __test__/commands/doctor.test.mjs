// `doctor`: each part of the set-up, and what to do about what is wrong with it.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { account, startStandIn } from '../aws/stand-in.mjs';
import { assertAsDocumented } from './pages.mjs';
import { Commands } from './ways.mjs';

/** @typedef {{part: string, state: string, said: string, remedy: string | null}} Finding */

const SERVICE = { secrets: ['/doctor/a', { name: 'B', secretsManager: 'doctor/b' }] };

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;
before(async () => {
  standIn = await startStandIn();
});
after(() => standIn.stop());

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
      assert.match(
        first?.said ?? '',
        /no answer from Parameter Store at http:\/\/127\.0\.0\.1:9[\s\S]*hint: nothing listens there/,
      );
      assert.equal(code, 1);
    });
  });
}

describe('doctor', () => {
  it('tells a mistake of the config, with its place', async (t) => {
    const { code, value } = await new Commands(t, 'program', standIn, { secrets: [{ nam: 'A', path: '/a' }] }).json(['doctor']);
    const [config] = of(value.findings, 'config');
    assert.equal(config?.state, 'wrong');
    assert.match(config?.said ?? '', /secrets\[0\]/);
    assert.equal(code, 1);
  });

  it('tells a mistyped key of custom', async (t) => {
    const commands = new Commands(t, 'v3', standIn, SERVICE);
    const config = { service: 'typo', provider: { name: 'aws', runtime: 'nodejs20.x' }, custom: { secretBakr: ['/a'] } };
    const plugins = ['./.point-at-stand-in.js', 'serverless-secret-baker'];
    commands.write({ 'serverless.yml': JSON.stringify({ frameworkVersion: '*', plugins, ...config }) });
    const { code, value } = await commands.json(['doctor']);
    assert.match(
      of(value.findings, 'config')[0]?.said ?? '',
      /custom\.secretBakr: unknown key\n {2}hint: did you mean secretBaker\?/,
    );
    assert.equal(code, 1);
  });

  it('tells where no config is', async (t) => {
    const commands = new Commands(t, 'program', standIn, SERVICE);
    const { value } = await commands.json(['doctor', '--config', 'none.yml']);
    assert.match(of(value.findings, 'config')[0]?.said ?? '', /none\.yml/);
  });

  it('tells a region that is missing, and credentials that are', async (t) => {
    const commands = new Commands(t, 'program', standIn, SERVICE);
    const nothing = { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' };
    const noRegion = await commands.json(['doctor'], { env: { ...nothing, AWS_REGION: undefined } });
    assert.match(of(noRegion.value.findings, 'aws')[0]?.said ?? '', /no AWS region is set\n {2}hint: set --region/);
    const noKeys = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
    const none = await commands.json(['doctor'], { env: { ...nothing, ...noKeys } });
    assert.match(of(none.value.findings, 'aws')[0]?.said ?? '', /credentials/);
    assert.equal(none.code, 1);
  });

  it('prints a line for each part, and its remedy below it', async (t) => {
    // Of one service alone the endpoint is another: nobody has said that STS may be asked anywhere.
    const env = { AWS_ENDPOINT_URL: undefined, AWS_ENDPOINT_URL_SSM: standIn.endpoint, AWS_ENDPOINT_URL_KMS: standIn.endpoint };
    const { stdout } = await new Commands(t, 'program', standIn, { secrets: ['/a'] }).run(['doctor'], { env });
    assert.match(stdout, /^fine {4}program {6}secret-baker \d/);
    assert.match(stdout, /^unknown credentials {2}there are some[^\n]*\n {21}hint: set AWS_ENDPOINT_URL_STS/m);
  });
});
