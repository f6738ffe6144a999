import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { configure, SecretBakerError, secret } from '../index.mjs';
import { startKms, vectors } from './fake-kms.mjs';
import { bundleOf, keys, published } from './workshop.mjs';

/** @type {[string, typeof import('../index.mjs')][]} */
const bakers = [
  ['', await import('../index.mjs')],
  ['published: ', await import(`${published}/index.mjs`)],
];

/** @type {Awaited<ReturnType<typeof startKms>>} */
let kms;
// One for each test, so that none counts the calls of another.
beforeEach(async () => {
  kms = await startKms();
  for (const [, baker] of bakers) baker.configure({ endpoint: kms.endpoint, credentials: keys });
});
afterEach(() => kms.stop());

test('there are vectors', () => assert.ok(vectors.cases.length > 150));

for (const { title, file, fileBase64, secret: name, kms: own = [], expect } of vectors.cases) {
  for (const [which, baker] of bakers) {
    test(`${which}${title}`, async () => {
      kms.rules = [...own, ...vectors.kms];
      baker.configure({ file: bundleOf(file ?? Buffer.from(fileBase64 ?? '', 'base64')) });
      if (expect.text !== undefined) assert.equal(await baker.secret(name), expect.text);
      if (expect.bytes !== undefined) assert.equal((await baker.secretBytes(name)).toString('base64'), expect.bytes);
      if (expect.fails !== undefined) await assert.rejects(baker.secret(name), failure(baker, expect.fails, name));
    });
  }
}

test('what is wrong with a message is found without KMS, where it can be', async () => {
  for (const title of [
    'suite 0378: the ARN of another parameter',
    'suite 0578: cut within the header',
    'a message without a context',
  ]) {
    const found = vectors.cases.find((one) => one.title === title);
    configure({ file: bundleOf(found?.file ?? '') });
    await assert.rejects(secret('A'), SecretBakerError);
  }
  assert.equal(kms.calls.length, 0);
});

/**
 * @param {typeof import('../index.mjs')} baker
 * @param {string} code
 * @param {string} name
 */
const failure =
  ({ SecretBakerError }, code, name) =>
  (/** @type {any} */ error) => {
    assert.ok(error instanceof SecretBakerError, String(error));
    assert.equal(error.code, code, error.message);
    assert.equal(error.secret, name);
    assert.match(error.message, /^secret `[\s\S]+`: [\s\S]+\n {2}hint: \S/);
    assert.equal('cause' in error, false);
    assert.deepEqual(error.problems, [{ code, secret: name, message: error.message }]);
    return true;
  };
