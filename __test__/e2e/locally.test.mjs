// A handler as users of 2.1.0 have it works on this machine: it reads the file from LAMBDA_TASK_ROOT and calls kms:Decrypt.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startStandIn } from '../aws/stand-in.mjs';
import { FILE, frameworks, plainWith } from './harness.mjs';
import { startOffline } from './offline.mjs';

/** @import { Framework } from './harness.mjs' */

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;
before(async () => {
  standIn = await startStandIn();
  for (const stage of ['dev', 'qa']) await standIn.putSecret(`/local/${stage}`, `the sécret of ${stage}`);
});
after(() => standIn.stop());

const HANDLER = `'use strict';
const fs = require('node:fs');
const path = require('node:path');

exports.hello = async () => {
  const file = path.join(process.env.LAMBDA_TASK_ROOT, 'secret-baker-secrets.json');
  const { ciphertext, arn } = JSON.parse(fs.readFileSync(file, 'utf8')).SECRET;
  const response = await fetch(process.env.KMS_ENDPOINT, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'TrentService.Decrypt',
      authorization: 'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/eu-central-1/kms/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: JSON.stringify({ CiphertextBlob: ciphertext, EncryptionContext: { PARAMETER_ARN: arn } }),
  });
  const secret = Buffer.from((await response.json()).Plaintext, 'base64').toString('utf8');
  return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ secret }) };
};
exports.fail = async () => { throw new Error('the handler has failed'); };
`;

/**
 * @param {import('node:test').TestContext} t
 * @param {Framework} framework
 */
const localService = (t, framework) =>
  plainWith(
    t,
    framework,
    {
      provider: {
        name: 'aws',
        runtime: 'nodejs20.x',
        region: 'eu-central-1',
        environment: { KMS_ENDPOINT: standIn.endpoint },
      },
      plugins: ['./.point-at-stand-in.js', 'serverless-secret-baker', 'serverless-offline'],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the framework
      custom: { secretBaker: { SECRET: '/local/${sls:stage}' } },
      functions: {
        hello: { handler: 'handler.hello', events: [{ httpApi: 'GET /hello' }] },
        fail: { handler: 'handler.fail' },
        missing: { handler: 'nowhere.hello' },
      },
    },
    { 'handler.js': HANDLER },
  );

const env = () => ({ AWS_ENDPOINT_URL: standIn.endpoint });
const LEFT = ['handler.js', 'serverless.yml'];

for (const framework of frameworks) {
  describe(`locally on ${framework}`, () => {
    it('invoke local opens the secret, and leaves nothing', async (t) => {
      const service = localService(t, framework);
      const { code, stdout, output } = await service.run(['invoke', 'local', '-f', 'hello'], { env: env() });
      assert.equal(code, 0, output);
      assert.match(stdout, /the sécret of dev/);
      assert.deepEqual(service.names().sort(), LEFT);
    });

    for (const name of ['fail', 'missing']) {
      it(`invoke local leaves nothing when the handler is ${name === 'fail' ? 'one that throws' : 'not there'}`, async (t) => {
        const service = localService(t, framework);
        await service.run(['invoke', 'local', '-f', name], { env: env() });
        assert.deepEqual(service.names().sort(), LEFT);
      });
    }

    for (const words of [['offline'], ['offline', 'start']]) {
      it(`${words.join(' ')} serves the secret, and leaves nothing on Ctrl-C`, async (t) => {
        const service = localService(t, framework);
        const offline = await startOffline(service, words, { env: env() });
        assert.deepEqual(await offline.get('/hello'), { secret: 'the sécret of dev' });
        assert.equal(service.has(FILE), true);
        const { code, output } = await offline.stop('SIGINT');
        assert.equal(code, 0, output);
        assert.deepEqual(service.names().sort(), LEFT);
      });
    }

    it('a short invoke local leaves the file to the long offline, and one with other secrets is refused', async (t) => {
      const service = localService(t, framework);
      const offline = await startOffline(service, ['offline'], { env: env() });
      const short = await service.run(['invoke', 'local', '-f', 'hello'], { env: env() });
      assert.equal(short.code, 0, short.output);
      assert.equal(service.has(FILE), true);
      const other = await service.run(['invoke', 'local', '-f', 'hello', '--stage', 'qa'], { env: env() });
      assert.equal(other.code, 1, other.output);
      assert.ok(other.output.includes(`another run is using ${service.dir} with other secrets`), other.output);
      assert.deepEqual(await offline.get('/hello'), { secret: 'the sécret of dev' });
      await offline.stop('SIGTERM');
      assert.deepEqual(service.names().sort(), LEFT);
    });
  });
}
