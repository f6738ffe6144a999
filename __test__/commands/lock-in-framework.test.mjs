// The framework's own commands with a lock: they take from it, ask for the rest alone, and in CI change nothing.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startStandIn } from '../aws/stand-in.mjs';
import { bundleOf } from '../e2e/harness.mjs';
import { git, locked, NOBODY } from './locked-service.mjs';

/** @import { TestContext } from 'node:test' */
/** @import { Options } from './locked-service.mjs' */

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;
before(async () => {
  standIn = await startStandIn();
});
after(() => standIn.stop());

const FILE = 'secret-baker.lock.dev.json';
const env = () => ({ AWS_ENDPOINT_URL: standIn.endpoint, CI: undefined });

/**
 * @param {TestContext} t
 * @param {Options} [options]
 */
async function framework(t, options) {
  const made = await locked(t, standIn, { way: 'v3', ...options });
  const real = made.commands.service;
  assert.ok(real);
  /**
   * @param {Record<string, string | undefined>} [own]
   * @param {string[]} [args]
   */
  const packaged = (own, args = []) => real.run(['package', ...args], { env: { ...env(), ...own } });
  /** @param {(config: any) => void} edit */
  const change = (edit) => {
    const path = join(real.dir, 'serverless.yml');
    const config = JSON.parse(readFileSync(path, 'utf8'));
    edit(config);
    writeFileSync(path, JSON.stringify(config));
  };
  return { ...made, real, packaged, change };
}

/** @param {import('../e2e/harness.mjs').Service} real */
async function inZip(real) {
  const zip = await real.zip('.serverless/plain.zip');
  return { names: [...zip.keys()], bundle: await bundleOf(zip) };
}

for (const way of /** @type {const} */ (['v3', 'osls4'])) {
  describe(`a complete lock, by ${way}`, () => {
    it('needs no credentials and none that can be used, which are told only where anything is asked for', async (t) => {
      const { root, real, packaged, change, read, asked, commands } = await framework(t, { way, keys: ['a', 'b', 'c'] });
      const [bytes, before] = [read(FILE), (await asked()).length];
      const none = await packaged({ ...NOBODY, CI: 'true' });
      assert.equal(none.code, 0, none.output);
      const { secrets } = JSON.parse(bytes);
      assert.deepEqual((await inZip(real)).bundle, { A: secrets.A.entry, B: secrets.B.entry });
      // As a profile whose session has ended: the framework knows whose credentials it wants, and cannot have them.
      commands.write({ 'expired.js': EXPIRED });
      change((config) => config.plugins.unshift('./expired.js'));
      const expired = await packaged({ CI: 'true' });
      assert.equal(expired.code, 0, expired.output);
      assert.deepEqual((await inZip(real)).bundle, { A: secrets.A.entry, B: secrets.B.entry });
      const looked = await commands.run(['lock', '--frozen']);
      assert.equal(looked.code, 0, looked.stderr);
      change(({ custom }) => {
        custom.secretBaker.C = `${root}/c`;
      });
      const { code, output } = await packaged();
      assert.match(output, /the framework's credentials cannot be used: the session has ended/);
      assert.match(output, /hint: mend the profile, role or session that the framework is told to use/);
      assert.equal(code, 1);
      assert.equal(read(FILE), bytes);
      assert.equal((await asked()).length, before);
    });
  });
}

const EXPIRED = `'use strict';
module.exports = class {
  constructor(serverless) {
    const ended = async () => {
      throw Object.assign(new Error('the session has ended'), { code: 'ExpiredToken' });
    };
    const change = () => {
      const provider = serverless.getProvider('aws');
      provider.getCredentials = ended;
      if (provider.getAwsSdkV3Config) provider.getAwsSdkV3Config = ended;
    };
    this.hooks = { initialize: change };
  }
};
`;

describe('a lock, by v3', () => {
  it('package takes from it, asks nobody, and gives the same bundle to whoever may not ask', async (t) => {
    const { root, real, packaged, read, asked } = await framework(t);
    await standIn.putSecret(`${root}/a`, 'newer');
    const before = (await asked()).length;
    const bytes = read(FILE);
    const { code, output } = await packaged({ ...NOBODY, CI: 'true' });
    assert.equal(code, 0, output);
    assert.match(output, /secret-baker: 2 secrets are taken from secret-baker\.lock\.dev\.json/);
    const { names, bundle } = await inZip(real);
    assert.equal(
      names.some((name) => name.includes('lock')),
      false,
      names.join(),
    );
    const { secrets } = JSON.parse(bytes);
    assert.deepEqual(bundle, { A: secrets.A.entry, B: secrets.B.entry });
    assert.equal(read(FILE), bytes);
    assert.equal((await asked()).length, before);
  });

  it('package asks for what is new alone and locks it; in CI, and frozen, it fails', async (t) => {
    const { root, real, packaged, read, change, asked } = await framework(t, { keys: ['a', 'b', 'c'] });
    const [bytes, before] = [read(FILE), (await asked()).length];
    change(({ custom }) => {
      custom.secretBaker.C = `${root}/c`;
    });
    for (const [own, args] of /** @type {[Record<string, string>, string[]][]} */ ([
      [{ CI: 'true' }, []],
      [{}, ['--secret-baker-frozen']],
    ])) {
      const { code, output } = await packaged(own, args);
      assert.match(output, /custom\.secretBaker\.C: `C` is not locked, and secret-baker\.lock\.dev\.json is frozen/);
      assert.match(output, /hint: run `serverless secret-baker lock --stage dev` and commit secret-baker\.lock\.dev\.json/);
      assert.equal(code, 1);
    }
    assert.equal((await asked()).length, before);
    assert.equal(read(FILE), bytes);
    const { code, output } = await packaged();
    assert.equal(code, 0, output);
    assert.match(output, /2 secrets are taken from secret-baker\.lock\.dev\.json, 1 added: commit it/);
    assert.deepEqual((await asked()).slice(before), [`${root}/c`]);
    assert.deepEqual(Object.keys((await inZip(real)).bundle), ['A', 'B', 'C']);
    assert.deepEqual(Object.keys(JSON.parse(read(FILE)).secrets), ['A', 'B', 'C']);
  });

  it('a variable has the entry of the lock', async (t) => {
    const { real, packaged, read, change, asked } = await framework(t);
    change((config) => {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the framework
      config.functions.hello.environment = { SEALED: '${secretBaker:A}' };
    });
    const before = (await asked()).length;
    const { code, output } = await packaged(NOBODY);
    assert.equal(code, 0, output);
    const template = readFileSync(join(real.dir, '.serverless/cloudformation-template-update-stack.json'), 'utf8');
    const { Variables } = JSON.parse(template).Resources.HelloLambdaFunction.Properties.Environment;
    assert.equal(Variables.SEALED, `secret-baker:${JSON.stringify(JSON.parse(read(FILE)).secrets.A.entry)}`);
    assert.equal((await asked()).length, before);
  });

  it('a staging label is still moved, onto the version that is locked', async (t) => {
    const name = `lock-${process.pid}-labelled`;
    await standIn.secretsManager('CreateSecret', { Name: name, SecretString: 'first' });
    const { real, packaged, read } = await framework(t, {
      secrets: () => ({ S: { secretsManager: name, label: true } }),
      keys: [],
    });
    const { version } = JSON.parse(read(FILE)).secrets.S;
    await standIn.secretsManager('PutSecretValue', { SecretId: name, SecretString: 'second' });
    const { code, output } = await packaged({ CI: 'true' });
    assert.equal(code, 0, output);
    assert.equal(/** @type {any} */ ((await inZip(real)).bundle.S).versionId, version);
    const { VersionIdsToStages } = await standIn.secretsManager('DescribeSecret', { SecretId: name });
    assert.ok(VersionIdsToStages[version].includes('secret-baker-plain-dev'), JSON.stringify(VersionIdsToStages));
  });

  it('invoke local takes from it, too; local values have nothing to do with it', async (t) => {
    const { real, read, asked, commands } = await framework(t);
    const before = (await asked()).length;
    const runs = await real.run(['invoke', 'local', '-f', 'hello'], { env: { ...env(), ...NOBODY } });
    assert.equal(runs.code, 0, runs.output);
    assert.match(runs.output, /2 secrets are taken from secret-baker\.lock\.dev\.json/);
    assert.equal((await asked()).length, before);
    git(commands, 'init', '-q');
    commands.write({ [FILE]: 'no lock', 'values.env': 'A=1\nB=2\n', '.gitignore': 'values.env\n' });
    const locally = await real.run(['invoke', 'local', '-f', 'hello', '--secret-baker-local', 'values.env'], { env: env() });
    assert.equal(locally.code, 0, locally.output);
    assert.match(locally.output, /2 secrets have local values/);
    assert.equal(read(FILE), 'no lock');
  });

  it('the setting `frozen` holds out of CI, and false in it', async (t) => {
    const { root, packaged, change, read } = await framework(t, { keys: ['a', 'b', 'c'] });
    change(({ custom }) => {
      custom.secretBaker = { A: `${root}/a`, B: `${root}/c` };
      custom.secretBakerOptions = { frozen: true };
    });
    const frozen = await packaged();
    assert.match(frozen.output, /custom\.secretBaker\.B: `B` is configured otherwise than it is locked/);
    assert.equal(frozen.code, 1);
    change(({ custom }) => {
      custom.secretBakerOptions = { frozen: 'false' };
    });
    const { code, output } = await packaged({ CI: 'true' });
    assert.equal(code, 0, output);
    assert.match(read(FILE), new RegExp(`parameter${root}/c"`));
  });
});
