// An init that fails, in the bootstrap of each version of Node.js and Python that Lambda has, and under the launcher: what Lambda is
// told, what the log says, and that neither holds a plaintext that was opened before.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startStandIn } from '../aws/stand-in.mjs';
import { addLauncher, noLauncher } from '../launcher.mjs';
import { nodeClients, pythonClients, startFunction } from './clients.mjs';
import { assertUnseen, baked, nodeTask, pythonTask } from './task.mjs';

/** @import { StandIn } from '../aws/stand-in.mjs' */
/** @import { Client, LambdaFunction } from './clients.mjs' */

const values = { ONE: 'plaintext of ONE ☃', TWO: 'plaintext of TWO ☃' };
const DENIED = { code: 'SECRET_BAKER_ACCESS_DENIED', sentence: /secret `(ONE|TWO)`: KMS denies kms:Decrypt/ };
const MISSING = { code: 'SECRET_BAKER_BUNDLE_MISSING', sentence: /there is no bundle/ };
const INVALID = { code: 'SECRET_BAKER_BUNDLE_INVALID', sentence: /the bundle is invalid/ };

/** @type {Record<string, Record<string, string>>} files that open what they need while they are imported */
const modules = {
  'await at the top level of a module': {
    'handler.mjs': `import { secret } from 'secret-baker';
const one = await secret('ONE');
const two = await secret('TWO');
export const hello = async () => [one, two].length;`,
  },
  "import 'secret-baker/env'": { 'handler.mjs': "import 'secret-baker/env';\nexport const hello = async () => ({});" },
  "require('secret-baker/env')": { 'handler.js': "require('secret-baker/env');\nexports.hello = async () => ({});" },
};
const pythonModules = {
  'secret while the module is imported': {
    'handler.py': `from secret_baker import secret
one = secret("ONE")
two = secret("TWO")
def hello(event, context):
    return len([one, two])
`,
  },
  'load_env while the module is imported': {
    'handler.py':
      'from secret_baker import load_env, secret\none = secret("ONE")\nload_env()\ndef hello(event, context):\n    return {}\n',
  },
};

/** @type {StandIn} */
let standIn;
/** @type {Record<string, string>} */
let bundle;
before(async () => {
  standIn = await startStandIn();
  bundle = await baked(standIn, values);
});
after(() => standIn.stop());

describe('what opens while it is imported', () => {
  for (const client of nodeClients) describe(client.name, { skip: client.skip }, () => tellsAll(client, modules, nodeTask));
  for (const client of pythonClients) {
    describe(client.name, { skip: client.skip }, () => tellsAll(client, pythonModules, pythonTask));
  }
});

/**
 * @param {Client} client
 * @param {Record<string, Record<string, string>>} forms
 * @param {typeof nodeTask} task
 */
function tellsAll(client, forms, task) {
  for (const [form, files] of Object.entries(forms)) {
    it(`${form}: KMS denies the second secret`, async (t) => {
      const started = await start(client, task(t, { ...files, ...bundle }), t, [
        { target: 'TrentService.Decrypt', every: 2, error: 'AccessDeniedException' },
      ]);
      // Node.js 20 ends, before its client has told, when a module in CommonJS throws that a module imports: any such module.
      const posts = client.name !== 'node20' || !form.startsWith('import ');
      await assertTold(started, { ...DENIED, posts });
    });
  }
  const [[form = '', files = {}] = []] = Object.entries(forms);
  it(`${form}: the artefact has no bundle`, async (t) => {
    await assertTold(await start(client, task(t, files), t), MISSING);
  });
  it(`${form}: the bundle is no JSON`, async (t) => {
    const broken = Object.fromEntries(Object.keys(bundle).map((path) => [path, '{"ONE":']));
    await assertTold(await start(client, task(t, { ...files, ...broken }), t), INVALID);
  });
}

describe('the launcher', { skip: noLauncher }, () => {
  const [node, python] = [nodeClients.find(({ skip }) => !skip), pythonClients.find(({ skip }) => !skip)];
  for (const client of [node, python].filter((client) => client !== undefined)) {
    it(`starts no ${client.name} when a secret does not open, says why, and ends with 1`, async (t) => {
      const folder = nodeTask(t, bundle);
      const started = await start(
        client,
        folder,
        t,
        [{ target: 'TrentService.Decrypt', every: 2, error: 'AccessDeniedException' }],
        {
          wrapper: addLauncher(folder),
        },
      );
      assert.deepEqual(await started.end(), { code: 1, signal: null });
      assert.match(started.said.stderr, /secret `(ONE|TWO)` .*: KMS denies kms:Decrypt.*SECRET_BAKER_ACCESS_DENIED/);
      assert.deepEqual([started.api.posts, started.api.ready], [[], undefined]);
      assertUnseen(started, Object.values(values));
    });
  }
});

/**
 * @param {Client} client
 * @param {string} folder
 * @param {import('node:test').TestContext} t
 * @param {import('../aws/stand-in.mjs').Fault[]} [faults]
 * @param {{wrapper?: string}} [more]
 */
async function start(client, folder, t, faults = [], more = {}) {
  await standIn.reset();
  await standIn.faults(faults);
  const started = await startFunction(client, { folder, env: { AWS_ENDPOINT_URL: standIn.endpoint }, ...more });
  t.after(() => started.stop());
  return started;
}

/**
 * @param {LambdaFunction} started
 * @param {{code: string, sentence: RegExp, posts?: boolean}} expected `posts`: whether the client tells Lambda
 */
async function assertTold(started, { code, sentence, posts = true }) {
  assert.equal((await started.end()).code, 1);
  const { errorType, error } = started.api.initError ?? {};
  if (posts) {
    assert.equal(errorType, 'SecretBakerError', started.output);
    assert.match(error.errorMessage, sentence);
    assert.match(error.errorMessage, new RegExp(`\\n  more: \\S+#${code.toLowerCase()}$`));
  }
  assert.match(started.output, new RegExp(code));
  assert.match(started.output, sentence);
  assert.equal(started.api.ready, undefined);
  assertUnseen(started, Object.values(values));
}
