// All forms in which a function in Node.js takes its secrets, in the bootstrap of each version that Lambda has: its client refuses
// handlers with a callback, replaces the console, and prints whatever is thrown.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startStandIn } from '../aws/stand-in.mjs';
import { nodeClients, startFunction } from './clients.mjs';
import { answersTwice } from './forms.mjs';
import { assertUnseen, baked, nodeTask } from './task.mjs';

/** @import { StandIn } from '../aws/stand-in.mjs' */

const values = { ONE: 'plaintext of ONE ☃', TWO: 'plaintext of TWO ☃' };

/**
 * @typedef {object} Form
 * @property {string} file
 * @property {string} code whose handler answers with `values`
 * @property {NodeJS.ProcessEnv} [env]
 */

/** @type {Record<string, Form>} */
const forms = {
  'CommonJS, in the handler': {
    file: 'handler.js',
    code: `const { secret } = require('secret-baker');
exports.hello = async () => ({ ONE: await secret('ONE'), TWO: await secret('TWO') });`,
  },
  'a promise at module level that the handler awaits': {
    file: 'handler.js',
    code: `const opened = require('secret-baker').secrets();
exports.hello = async () => ({ ...pick(await opened) });
const pick = ({ ONE, TWO }) => ({ ONE, TWO });`,
  },
  withSecrets: {
    file: 'handler.mjs',
    code: `import { withSecrets } from 'secret-baker';
export const hello = withSecrets(async (event, { secrets: { ONE, TWO }, ...context }) => {
  console.log('context', context);
  return { ONE, TWO };
});`,
  },
  'withSecrets around a handler with a callback': {
    file: 'handler.js',
    code: `const { withSecrets } = require('secret-baker');
exports.hello = withSecrets((event, context, callback) => {
  const { ONE, TWO } = context.secrets;
  setImmediate(() => callback(null, { ONE, TWO }));
});`,
  },
  middy: {
    file: 'handler.mjs',
    code: `import middy from '@middy/core';
import { secretsMiddleware } from 'secret-baker';
export const hello = middy().use(secretsMiddleware({ only: ['ONE', 'TWO'] })).handler(async (event, { secrets: { ONE, TWO } }) => ({ ONE, TWO }));`,
  },
  "import 'secret-baker/env'": {
    file: 'handler.mjs',
    code: `import 'secret-baker/env';
import { ONE } from './settings.mjs';
export const hello = async () => ({ ONE, TWO: process.env.TWO });`,
  },
  "require('secret-baker/env')": {
    file: 'handler.js',
    code: `require('secret-baker/env');
const { ONE, TWO } = process.env;
exports.hello = async () => ({ ONE, TWO });`,
  },
  'loadEnv at module level': {
    file: 'handler.mjs',
    code: `import { loadEnv } from 'secret-baker';
await loadEnv();
const { ONE, TWO } = process.env;
export const hello = async () => ({ ONE, TWO });`,
  },
  'all that is printed, as text': { file: 'handler.mjs', code: printing() },
  'all that is printed, as JSON': { file: 'handler.mjs', code: printing(), env: { AWS_LAMBDA_LOG_FORMAT: 'JSON' } },
};

function printing() {
  return `import { secret, secretBytes, secrets, SecretBakerError } from 'secret-baker';
export const hello = async (event, context) => {
  const all = await secrets();
  const bytes = await secretBytes('ONE');
  for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'log']) {
    console[level](all);
    console[level]('%o %O %j', all, all, all, bytes);
    console[level]({ all, bytes, nested: [all, new Map([['all', all]])] });
    console[level](bytes);
  }
  await secret('NONE').catch((error) => console.error(error, { error }));
  return { ONE: all.ONE, TWO: all.TWO };
};`;
}

/** @type {StandIn} */
let standIn;
/** @type {Record<string, string>} */
let bundle;
before(async () => {
  standIn = await startStandIn();
  bundle = await baked(standIn, values);
});
after(() => standIn.stop());

for (const client of nodeClients) {
  describe(client.name, { skip: client.skip }, () => {
    for (const [form, { file, code, env = {} }] of Object.entries(forms)) {
      it(`${form}: two invocations, a call for each secret, and no plaintext is printed`, async (t) => {
        const settings = { 'settings.mjs': 'export const { ONE } = process.env;' };
        const folder = nodeTask(t, { [file]: code, ...settings, ...bundle });
        await answersTwice(t, client, standIn, { folder, env, values });
      });
    }

    it('a promise at module level that nobody awaits and that fails ends the process, and says why', async (t) => {
      await standIn.reset();
      await standIn.faults([{ target: 'TrentService.Decrypt', every: 2, error: 'AccessDeniedException' }]);
      const code = `const { secret } = require('secret-baker');
exports.one = secret('ONE').then((one) => secret('TWO').then((two) => [one, two]));
exports.hello = () => new Promise(() => {});`;
      const folder = nodeTask(t, { 'handler.js': code, ...bundle });
      const started = await startFunction(client, { folder, env: { AWS_ENDPOINT_URL: standIn.endpoint } });
      t.after(() => started.stop());
      // Node.js ends as soon as the client's thread that waits for an invocation has one.
      await assert.rejects(started.api.invoke(), /the function ended with 1/);
      assert.match(started.output, /SecretBakerError: secret `TWO`: KMS denies kms:Decrypt/);
      assert.match(started.output, /SECRET_BAKER_ACCESS_DENIED/);
      assertUnseen(started, Object.values(values));
    });
  });
}
