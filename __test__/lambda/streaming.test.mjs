// A response stream of Node.js, in the bootstrap of each version that Lambda has.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startStandIn } from '../aws/stand-in.mjs';
import { nodeClients, startFunction } from './clients.mjs';
import { assertUnseen, baked, nodeTask } from './task.mjs';

/** @import { StandIn } from '../aws/stand-in.mjs' */

const value = 'plaintext of ONE ☃';

/** @type {Record<string, string>} handlers that write the secret in two parts */
const forms = {
  'awslambda.streamifyResponse': `import { secret } from 'secret-baker';
export const hello = awslambda.streamifyResponse(async (event, stream, context) => {
  const one = await secret('ONE');
  write(stream, one, context);
});`,
  'awslambda.streamifyResponse(withSecrets(…))': `import { withSecrets } from 'secret-baker';
export const hello = awslambda.streamifyResponse(
  withSecrets(async (event, stream, context) => write(stream, context.secrets.ONE, context)),
);`,
  'withSecrets(awslambda.streamifyResponse(…))': `import { withSecrets } from 'secret-baker';
export const hello = withSecrets(
  awslambda.streamifyResponse(async (event, stream, context) => write(stream, context.secrets.ONE, context)),
);`,
};
const WRITE = `
function write(stream, text, context) {
  if (typeof context.getRemainingTimeInMillis() !== 'number') throw new TypeError('this is no context');
  const metadata = { statusCode: 200, headers: { 'content-type': 'text/plain' } };
  const to = awslambda.HttpResponseStream.from(stream, metadata);
  to.write(text.slice(0, 5));
  to.end(text.slice(5));
}`;

/** @type {StandIn} */
let standIn;
/** @type {Record<string, string>} */
let bundle;
before(async () => {
  standIn = await startStandIn();
  bundle = await baked(standIn, { ONE: value });
});
after(() => standIn.stop());

for (const client of nodeClients) {
  describe(client.name, { skip: client.skip }, () => {
    /** @param {import('node:test').TestContext} t @param {string} code */
    const start = async (t, code) => {
      await standIn.reset();
      const folder = nodeTask(t, { 'handler.mjs': code + WRITE, ...bundle });
      const started = await startFunction(client, { folder, env: { AWS_ENDPOINT_URL: standIn.endpoint } });
      t.after(() => started.stop());
      await started.api.initialised();
      return started;
    };

    for (const [form, code] of Object.entries(forms)) {
      it(`${form} streams what it opened`, async (t) => {
        const started = await start(t, code);
        for (const _ of [1, 2]) {
          const { streamed, error, contentType, body } = await started.api.invoke();
          assert.deepEqual({ streamed, error }, { streamed: true, error: undefined }, started.output);
          assert.equal(contentType, 'application/vnd.awslambda.http-integration-response');
          assert.equal(body.toString('utf8').split('\0').at(-1), value);
        }
        assert.equal((await standIn.calls()).length, 1);
        assertUnseen(started, [value]);
      });

      it(`${form} breaks the stream off with the sentence of a secret that does not open`, async (t) => {
        const started = await start(t, code);
        await standIn.faults([{ target: 'TrentService.Decrypt', error: 'AccessDeniedException' }]);
        const { streamed, errorType, error } = await started.api.invoke();
        assert.deepEqual({ streamed, errorType }, { streamed: true, errorType: 'SecretBakerError' }, started.output);
        assert.match(error.errorMessage, /^secret `ONE`: KMS denies kms:Decrypt/);
        assertUnseen(started, [value]);
      });
    }
  });
}
