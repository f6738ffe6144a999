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

it('the mutants reach what is within an entry, and are put into variables too', () => {
  const keys = [
    { arn: 'arn:aws:kms:eu-central-1:123456789012:key/1', ciphertext: 'AQIC', context: { app: 'shop' } },
    { arn: 'arn:aws:kms:us-east-1:123456789012:key/2', ciphertext: 'AQIC' },
  ];
  const entry = { source: 'sops', value: 'AQID', iv: 'AQID', tag: 'AQID', aad: 'a:', type: 'str', keys };
  const environment = { AWS_REGION: 'us-east-1' };
  const seeds = [{ title: 'one', file: JSON.stringify({ A: entry }), environment, table: { calls: [], otherwise: '' } }];
  const random = randomOf(SEED);
  const mutants = Array.from({ length: 2000 }, () => mutantOf(seeds, random));
  const entries = mutants.flatMap(({ file, variable }) => parsed(variable?.slice('secret-baker:'.length) ?? String(file)));
  const changed = (/** @type {(entry: any) => unknown} */ part) =>
    entries.filter((one) => JSON.stringify(part(one)) !== JSON.stringify(part(entry))).length;
  for (const part of [
    (/** @type {any} */ one) => one.keys?.length,
    (/** @type {any} */ one) => one.keys?.[0]?.context?.app,
    (/** @type {any} */ one) => one.keys?.[1]?.arn,
    (/** @type {any} */ one) => one.keys?.[1]?.ciphertext,
    (/** @type {any} */ one) => one.iv,
  ])
    assert.ok(changed(part) > 20, String(part));
  assert.ok(mutants.filter(({ variable }) => variable !== undefined).length > 100);
  for (const mutant of mutants) assert.equal(mutant.environment, environment);
});

/** The entry, where there is one still. @param {string} text @returns {any[]} */
function parsed(text) {
  try {
    const value = JSON.parse(text);
    return [value.A ?? value].filter((one) => typeof one === 'object' && one !== null);
  } catch {
    return [];
  }
}

it('a message taken apart and put together is the same', () => {
  const vectors = JSON.parse(readFileSync(new URL('../vectors/encryption-sdk.json', import.meta.url), 'utf8'));
  for (const { name, message_b64 } of vectors) {
    assert.equal(together(apart(Buffer.from(message_b64, 'base64'))).toString('base64'), message_b64, name);
  }
});
