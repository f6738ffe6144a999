// Which addresses of KMS are taken: the cases that every opener reads alike. Nothing is connected.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterEach, test } from 'node:test';
import { configure } from '../index.mjs';

/** @type {{cases: {title: string, url: string, expect: {taken?: true, hint?: string}}[]}} */
const { cases } = JSON.parse(readFileSync(new URL('../../../__test__/vectors/endpoints.json', import.meta.url), 'utf8'));
const { endpointOf } = createRequire(import.meta.url)('../lib/aws/endpoint.js');
const ALLOW = 'SECRET_BAKER_ALLOW_INSECURE_ENDPOINT';

afterEach(() => {
  delete process.env.AWS_ENDPOINT_URL_KMS;
  delete process.env[ALLOW];
  configure({ allowInsecureEndpoint: undefined, endpoint: undefined });
});

/** What becomes of the address that is set: `taken`, or the hint of the refusal. */
const outcome = () => {
  try {
    endpointOf({ service: 'kms', partition: 'aws', region: 'eu-central-1' });
    return 'taken';
  } catch (/** @type {any} */ { kind, hint }) {
    assert.equal(kind, 'UNREACHABLE');
    return hint;
  }
};

test('there are cases', () => assert.ok(cases.length > 50));

for (const { title, url, expect } of cases) {
  test(`${title}: ${expect.hint ?? 'taken'}`, () => {
    const expected = expect.hint ?? 'taken';
    process.env.AWS_ENDPOINT_URL_KMS = url;
    assert.equal(outcome(), expected);
    configure({ allowInsecureEndpoint: true });
    assert.equal(outcome(), expected === 'endpoint' ? expected : 'taken');
  });
}

for (const [said, expected] of [
  ['true', 'taken'],
  ['TRUE', 'taken'],
  ['1', 'insecure'],
  ['yes', 'insecure'],
  [' true', 'insecure'],
  ['', 'insecure'],
]) {
  test(`${ALLOW}="${said}": ${expected}`, () => {
    process.env.AWS_ENDPOINT_URL_KMS = 'http://kms';
    process.env[ALLOW] = said;
    assert.equal(outcome(), expected);
    configure({ allowInsecureEndpoint: false });
    assert.equal(outcome(), 'insecure');
  });
}
