// `npm run lint`: format, lint and types in every language; changes nothing.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { python, root } from '../__test__/aws/python.mjs';
import { run } from './run.mjs';
import { setUp } from './steps.mjs';

const bin = (/** @type {string} */ name) => join(root, 'node_modules', '.bin', name);

/** @type {[string, string, string[]][]} */
const checks = [
  ['JavaScript: format and lint', bin('biome'), ['check', '--error-on-warnings', '.']],
  ['JavaScript: types', bin('tsc'), ['-p', '.']],
  ['Rust: format', 'cargo', ['fmt', '--all', '--check']],
  ['Rust: lint', 'cargo', ['clippy', '--locked', '--workspace', '--all-targets', '--', '-D', 'warnings']],
  ['Python: lint', python, ['-m', 'ruff', 'check', '.']],
  ['Python: format', python, ['-m', 'ruff', 'format', '--check', '.']],
  ['Python: types', python, ['-m', 'mypy']],
];

await setUp(['packages', 'python', 'addon']);
const failed = [];
for (const [what, command, args] of checks) {
  console.log(`lint: ${what}`);
  await run(command, args, { cwd: root, quiet: true }).catch((error) => failed.push(`${what}: ${error.message}`));
}
// A second HTTP and TLS stack would add megabytes unseen: the AWS crates' default features bring it.
console.log('lint: Rust: one TLS stack');
const old = spawnSync('cargo', ['tree', '--locked', '-i', 'rustls@0.21'], { cwd: root, encoding: 'utf8' });
if (old.status === 0 && old.stdout.includes('rustls')) failed.push('the old rustls 0.21 is in the tree');
for (const line of failed) console.error(line);
console.log(failed.length === 0 ? 'lint: clean' : `lint: ${failed.length} failed`);
process.exit(failed.length > 0 ? 1 : 0);
