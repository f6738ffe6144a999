// The package and runtime/contract.json say the same.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { contract, generated } from '../scripts/contract.mjs';

for (const { path, text } of generated()) {
  test(`${path.replace(/.*\//, 'lib/')} is what the contract makes of it`, () => {
    assert.equal(readFileSync(path, 'utf8'), text, 'run node runtime/node/scripts/contract.mjs');
  });
}

test('the types know the codes of the contract, in its order', () => {
  const types = readFileSync(new URL('../index.d.ts', import.meta.url), 'utf8');
  const [, list = ''] = /SECRET_BAKER_\$\{([^}]*)\}/.exec(types) ?? [];
  assert.deepEqual(
    [...list.matchAll(/'(\w+)'/g)].map(([, code]) => code),
    Object.keys(contract.codes),
  );
});

test('the manual and the types name the limits of the contract', () => {
  const manual = readFileSync(new URL('../../../docs/node.md', import.meta.url), 'utf8');
  const { attempts, atOncePerProcess, idleMs, connectMs, attemptMs, budgetMs } = contract.limits;
  const sentence = `At most ${atOncePerProcess.value} calls at once, over connections that are kept for ${idleMs.value / 1000} s, ${attempts.value} attempts`;
  assert.ok(manual.replace(/\s+/g, ' ').includes(sentence), sentence);
  const times = `${connectMs.value / 1000} s to connect, ${attemptMs.value / 1000} s an attempt, ${budgetMs.value / 1000} s in all`;
  assert.ok(manual.replace(/\s+/g, ' ').includes(times), times);
});
