import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { inspect } from 'node:util';
import { refuse, startAws, vectors, vectorsOf } from './fake-aws.mjs';
import { bundleOf, keys, pageOf, published, setEnvironment } from './workshop.mjs';

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

for (const { title, file, fileBase64, secret: name, calls: own = [], shared, otherwise, environment, expect } of cases) {
  for (const [which, baker] of bakers) {
    test(`${which}${title}`, async (t) => {
      t.mock.method(Math, 'random', () => 0);
      setEnvironment(environment);
      Object.assign(aws, { rules: [...own, ...shared], otherwise });
      baker.configure({ file: bundleOf(file ?? Buffer.from(fileBase64 ?? '', 'base64')) });
      if (expect.text !== undefined) assert.equal(await baker.secret(name), expect.text);
      else if (expect.bytes !== undefined) assert.equal((await baker.secretBytes(name)).toString('base64'), expect.bytes);
      else await assert.rejects(baker.secret(name), failure(baker, `${expect.fails}`, name));
      if (expect.calls !== undefined) assert.equal(aws.calls.length, expect.calls);
    });
  }
}

/** @type {Omit<import('./fake-aws.mjs').Vectors, 'cases'> & {cases: import('./fake-aws.mjs').VariableCase[]}} */
const variables = vectorsOf('variables.json');

test('there are variables', () => assert.ok(variables.cases.length > 100));

for (const { title, variable, calls: own = [], environment, expect } of variables.cases) {
  for (const [which, baker] of bakers) {
    test(`${which}a variable: ${title}`, async (t) => {
      t.mock.method(Math, 'random', () => 0);
      setEnvironment(environment);
      if (variable !== undefined) process.env.DB = variable;
      t.after(() => delete process.env.DB);
      // What others have opened is forgotten.
      baker.configure({ file: undefined });
      Object.assign(aws, { rules: [...own, ...variables.calls], otherwise: variables.otherwise });
      if (expect.text !== undefined) assert.equal(await baker.secretFromEnv('DB'), expect.text);
      else if (expect.bytes !== undefined) assert.equal((await baker.secretBytesFromEnv('DB')).toString('base64'), expect.bytes);
      else {
        await assert.rejects(baker.secretFromEnv('DB'), (error) => failureOfVariable(baker, `${expect.fails}`, error));
      }
      if (expect.calls !== undefined) assert.equal(aws.calls.length, expect.calls);
    });
  }
}

/** @type {{file: string, cases: {title: string, secret: string, status: number, headers: Record<string, string>, body: string, expect: any}[]}} */
const answers = vectorsOf('answers.json');

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
    assert.deepEqual(error.problems, [{ code, secret: name, message: withoutPage(error) }]);
    return true;
  };

/**
 * @param {typeof import('../index.mjs')} baker
 * @param {string} code
 * @param {any} error
 */
function failureOfVariable({ SecretBakerError }, code, error) {
  assert.ok(error instanceof SecretBakerError, String(error));
  assert.equal(error.code, code, error.message);
  assert.ok(error.message.startsWith('environment variable `DB`: '), error.message);
  assert.match(error.message, /\n {2}hint: \S/);
  assert.deepEqual(error.problems, [{ code, secret: undefined, message: withoutPage(error) }]);
  return true;
}

/** @param {{code: string, message: string}} error */
function withoutPage({ code, message }) {
  assert.ok(message.endsWith(pageOf(code)), message);
  return message.slice(0, -pageOf(code).length);
}
