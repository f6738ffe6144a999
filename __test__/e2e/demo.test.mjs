// The demo with a mistake in the config of its example: one sentence, mostly the framework's, and nothing of the script itself. And the
// demo without AWS, which needs no stand-in.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { root } from '../aws/python.mjs';

/**
 * Runs the demo with the example's config changed.
 * @param {import('node:test').TestContext} t
 * @param {(config: string) => string} change
 */
function demo(t, change) {
  const example = mkdtempSync(join(tmpdir(), 'demo-'));
  t.after(() => rmSync(example, { recursive: true }));
  cpSync(join(root, 'examples/node'), example, { recursive: true });
  const config = join(example, 'serverless.yml');
  const before = readFileSync(config, 'utf8');
  const changed = change(before);
  assert.notEqual(changed, before);
  writeFileSync(config, changed);
  return run(example);
}

/**
 * @param {...string} args
 * @returns {Promise<{code: unknown, output: string}>}
 */
function run(...args) {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(root, 'scripts/demo.mjs'), ...args], { cwd: root, timeout: 300_000 }, (error, out, err) => {
      resolve({ code: error?.code ?? 0, output: out + err });
    });
  });
}

it('--local: a handler opens a secret of a sealed file, and nothing is left', async () => {
  const { code, output } = await run('--local');
  assert.equal(code, 0, output);
  assert.match(output, /^DB_PASSWORD: ENC\[AES256_GCM,/m);
  assert.match(output, /the password begins with ope/);
  assert.match(output, /^Done: a handler has opened a secret, and there was no AWS\.$/m);
});

const STOPS = /^The demo stops here: .*\n {2}hint: /m;

/** @type {[string, (config: string) => string, RegExp][]} */
const mistakes = [
  [
    'an unknown option',
    (config) => config.replace('custom:\n', 'custom:\n  secretBakerOptions: { regoin: x }\n'),
    /secretBakerOptions\.regoin: unknown key/,
  ],
  [
    'a config that is no list',
    (config) => config.replace(/ {2}secretBaker:\n( {4}.*\n)+/, '  secretBaker: true\n'),
    /custom\.secretBaker: /,
  ],
  ['no YAML', (config) => `${config}\n  - [`, /Cannot parse "serverless\.yml"/],
  ['a service of another name', (config) => config.replace('service: shop', 'service: store'), STOPS],
  ['a secret of another name', (config) => config.replaceAll('DB_PASSWORD', 'DB_SECRET'), STOPS],
];

for (const [title, change, says] of mistakes) {
  it(`with ${title}, ends with 1 and a sentence`, async (t) => {
    const { code, output } = await demo(t, change);
    assert.equal(code, 1, output);
    assert.match(output, says);
    assert.doesNotMatch(output, /^\s+at .*:\d+:\d+\)?$/m, 'a stack');
    assert.doesNotMatch(output, /demo\.mjs/);
  });
}
