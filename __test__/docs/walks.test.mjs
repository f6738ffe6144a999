// Every guide is walked through, from its first command to its last: against the stand-in, or without any AWS.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { credentials, startStandIn } from '../aws/stand-in.mjs';
import { Keeper } from '../e2e/sealing.mjs';
import { walked } from './blocks.mjs';
import { like, Reader, stepsOf, tidy } from './walk.mjs';

/** @import { StandIn } from '../aws/stand-in.mjs' */

/** What there is before the page begins, where there must be something. @type {Record<string, (standIn: StandIn) => Promise<unknown>>} */
const given = {
  'docs/migrate/from-2.1.0.md': async (standIn) => {
    for (const name of ['MY_SECRET', '/a/custom/secret/path', '/path/to/ssm/secret', '/path/to/ssm/secret'])
      await standIn.putSecret(name, `the secret of ${name}`);
  },
  'docs/migrate/from-ssm-variables.md': (standIn) => standIn.putSecret('/shop/db/password', 'correct horse'),
  'docs/migrate/from-serverless-secrets.md': (standIn) => standIn.putSecret('/my-project/dev/API_KEY', 'abcdef'),
  'docs/migrate/from-credstash.md': async (standIn) => {
    const keeper = await Keeper.of(standIn);
    await keeper.createTable();
    for (const name of ['db.password', 'api.token'])
      await keeper.putCredential(name, 'correct horse', { context: { app: 'shop' } });
  },
};

/** Pages whose reader has no AWS, and so no credentials and no endpoint. */
const withoutAws = ['docs/guides/quick-start-without-aws.md'];

/** Without a region, which a page must name itself. @param {StandIn} standIn */
const aws = (standIn) => ({
  AWS_ENDPOINT_URL: standIn.endpoint,
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
});

for (const document of walked) {
  describe(document, () => {
    /** @type {StandIn} */
    let standIn;
    /** @type {Reader} */
    let reader;
    before(async () => {
      standIn = await startStandIn();
      await given[document]?.(standIn);
      reader = new Reader(withoutAws.includes(document) ? {} : aws(standIn));
      // Who migrates has a service.
      if (document.startsWith('docs/migrate/')) await reader.run('mkdir service && cd service');
    });
    after(async () => {
      reader.remove();
      await standIn.stop();
    });

    let lost = false;
    const steps = stepsOf(document);
    for (const [at, { kind, line, language, name = '', text }] of steps.entries()) {
      if (kind === 'file') it(`line ${line}: writes ${name}`, () => reader.write(name, text));
      if (kind === 'unknown') it(`line ${line}: has no block in ${language} that nobody tests`, () => assert.fail(text));
      if (kind === 'prints') it(`line ${line}: shows what commands print`, () => assert.equal(steps[at - 1]?.kind, 'run'));
      if (kind !== 'run') continue;
      const shown = steps[at + 1]?.kind === 'prints' ? steps[at + 1]?.text : undefined;
      it(`line ${line}: ${text.trim().split('\n').at(-1)}`, async () => {
        assert.equal(lost, false, 'an earlier command of the page has failed');
        lost = true;
        const { code, output } = await reader.run(text);
        if (shown !== undefined) assert.match(`${tidy(output)}\n`, like(shown));
        if (shown === undefined || !/^Error:$/m.test(shown)) assert.equal(code, 0, output);
        else assert.notEqual(code, 0, output);
        lost = false;
      });
    }
  });
}

describe('what a page shows', () => {
  const printed = tidy('Packaging (eu-central-1)\n\none \ntwo\n  three (12s)\n');
  const matches = (/** @type {string} */ shown) => like(shown).test(`${printed}\n`);

  it('is what was printed, but for empty lines and measured seconds', () => {
    assert.ok(matches('Packaging (eu-central-1)\none\n\ntwo\n  three (3s)\n'));
    assert.ok(!matches('Packaging (eu-central-1)\none\ntwo\nthree (3s)\n'));
    assert.ok(!matches('Packaging (eu-central-1)\none\ntwo\n'));
  });

  it('may leave out what `...` stands for: lines, or a piece of one', () => {
    assert.ok(matches('Packaging (...)\n...\n  three (1s)\n'));
    assert.ok(matches('...\nPackaging (eu-central-1)\n...\n'));
    assert.ok(!matches('Packaging...three (1s)\n'));
    assert.ok(!matches('...\nfour\n...\n'));
  });
});

describe('the steps of a page', () => {
  it('are its files, commands, what these print, and configs', () => {
    const kinds = stepsOf('docs/migrate/from-serverless-secrets.md').map(({ kind, name }) => name ?? kind);
    assert.deepEqual(kinds, [
      ...['serverless.yml', 'handler.js', 'run', 'prints', 'run', 'serverless.yml', 'handler.js', 'run', 'prints', 'config'],
    ]);
  });
});
