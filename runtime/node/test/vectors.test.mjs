import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, test } from 'node:test';
import { inspect } from 'node:util';
import { refuse, startAws, vectors } from './fake-aws.mjs';
import { bundleOf, keys, published } from './workshop.mjs';

/** @type {[string, typeof import('../index.mjs')][]} */
const bakers = [
  ['', await import('../index.mjs')],
  ['published: ', await import(`${published}/index.mjs`)],
];

/** @type {Awaited<ReturnType<typeof startAws>>} */
let aws;
// One for each test, so that none counts the calls of another.
beforeEach(async () => {
  aws = await startAws([]);
  for (const [, baker] of bakers) baker.configure({ endpoint: aws.endpoint, credentials: keys });
});
afterEach(() => aws.stop());

const cases = vectors.flatMap(({ cases, calls, otherwise }) => cases.map((one) => ({ ...one, shared: calls, otherwise })));

test('there are vectors', () => assert.ok(cases.length > 500));

for (const { title, file, fileBase64, secret: name, calls: own = [], shared, otherwise, expect } of cases) {
  for (const [which, baker] of bakers) {
    test(`${which}${title}`, async () => {
      Object.assign(aws, { rules: [...own, ...shared], otherwise });
      baker.configure({ file: bundleOf(file ?? Buffer.from(fileBase64 ?? '', 'base64')) });
      if (expect.text !== undefined) assert.equal(await baker.secret(name), expect.text);
      else if (expect.bytes !== undefined) assert.equal((await baker.secretBytes(name)).toString('base64'), expect.bytes);
      else await assert.rejects(baker.secret(name), failure(baker, `${expect.fails}`, name));
      if (expect.calls !== undefined) assert.equal(aws.calls.length, expect.calls);
    });
  }
}

/** @type {{file: string, cases: {title: string, secret: string, status: number, headers: Record<string, string>, body: string, expect: any}[]}} */
const answers = JSON.parse(readFileSync(new URL('../../../__test__/vectors/answers.json', import.meta.url), 'utf8'));

test('there are answers', () => assert.ok(answers.cases.length > 100));

for (const { title, secret: name, status, headers, body, expect } of answers.cases) {
  for (const [which, baker] of bakers) {
    test(`${which}an answer: ${title}`, async (t) => {
      t.mock.method(Math, 'random', () => 0);
      aws.behaviour = (_call, response) => response.writeHead(status, { ...headers }).end(body);
      baker.configure({ file: bundleOf(answers.file) });
      if (expect.text !== undefined) assert.equal(await baker.secret(name), expect.text);
      else await assert.rejects(baker.secret(name), failure(baker, expect.fails, name, expect.hidden));
      if (expect.attempts !== undefined) assert.equal(aws.calls.length, expect.attempts);
      if (!headers.date) return;
      // The clock is one of the process: a refusal with the time of now sets it right for the other cases.
      aws.behaviour = refuse('InvalidSignatureException');
      await assert.rejects(baker.secret(name));
    });
  }
}

/**
 * @param {typeof import('../index.mjs')} baker
 * @param {string} code
 * @param {string} name
 * @param {string} [hidden] what no part of it shows
 */
const failure =
  ({ SecretBakerError }, code, name, hidden) =>
  (/** @type {any} */ error) => {
    assert.ok(error instanceof SecretBakerError, String(error));
    assert.equal(error.code, code, error.message);
    assert.equal(error.secret, name);
    assert.match(error.message, /^secret `[\s\S]+`: [\s\S]+\n {2}hint: \S/);
    assert.equal('cause' in error, false);
    if (hidden)
      assert.ok(!`${error.stack} ${inspect(error, { showHidden: true, depth: 9 })} ${JSON.stringify(error)}`.includes(hidden));
    assert.deepEqual(error.problems, [{ code, secret: name, message: error.message }]);
    return true;
  };
