// What docs/commands/ shows of a command's JSON, compared with what it really prints.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../aws/python.mjs';

/**
 * That a value has the shape that its page shows in its first block of JSON: the same keys and types; of a list the first item counts for all,
 * and null stands for what may be absent.
 * @param {string} command
 * @param {unknown} value
 */
export function assertAsDocumented(command, value) {
  const page = readFileSync(join(root, `docs/commands/${command}.md`), 'utf8');
  const [, block] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
  assert.ok(block, `docs/commands/${command}.md shows no JSON`);
  assertShape(JSON.parse(block), value, command);
}

/**
 * @param {any} shown
 * @param {any} value
 * @param {string} at
 */
function assertShape(shown, value, at) {
  if (value === null || shown === null) return;
  assert.equal(typeof value, typeof shown, at);
  assert.equal(Array.isArray(value), Array.isArray(shown), at);
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) assertShape(shown[0], item, `${at}[${index}]`);
  } else if (typeof value === 'object') {
    assert.deepEqual(Object.keys(value), Object.keys(shown), at);
    for (const key of Object.keys(shown)) assertShape(shown[key], value[key], `${at}.${key}`);
  }
}
