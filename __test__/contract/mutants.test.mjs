// Four hundred mutants, the same at each run: `node __test__/contract/mutants.mjs` takes thousands.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { apart, together } from './message-parts.mjs';
import { compare } from './mutants.mjs';
import { mutantOf } from './mutations.mjs';
import { randomOf } from './random.mjs';

const COUNT = 400;
const SEED = 8;

it('all openers make the same of each mutant', async (test) => {
  const { codes, disagreements } = await compare({ count: COUNT, seed: SEED });
  assert.deepEqual(disagreements, []);
  test.diagnostic(JSON.stringify(codes));
  assert.ok(Object.keys(codes).length >= 8, 'they reach all kinds of faults');
  assert.ok(Number(codes.opened) > 0, 'some open all the same');
});

it('the mutants of a seed are the same at each run', () => {
  const seeds = [
    { title: 'one', file: '{"A":{"ciphertext":"AQIC","arn":"arn","version":1}}', table: { calls: [], otherwise: '' } },
  ];
  const made = (/** @type {number} */ seed) => {
    const random = randomOf(seed);
    return Array.from({ length: 50 }, () => JSON.stringify(mutantOf(seeds, random)));
  };
  assert.deepEqual(made(SEED), made(SEED));
  assert.notDeepEqual(made(SEED), made(SEED + 1));
});

it('a message taken apart and put together is the same', () => {
  const vectors = JSON.parse(readFileSync(new URL('../vectors/encryption-sdk.json', import.meta.url), 'utf8'));
  for (const { name, message_b64 } of vectors) {
    assert.equal(together(apart(Buffer.from(message_b64, 'base64'))).toString('base64'), message_b64, name);
  }
});
