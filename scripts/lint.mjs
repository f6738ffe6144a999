// `npm run lint`: format, lint and types in every language; changes nothing.

import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { python, root } from '../__test__/aws/python.mjs';
import { run } from './run.mjs';
import { setUp } from './steps.mjs';

const bin = (/** @type {string} */ name) => join(root, 'node_modules', '.bin', name);

/** What, with which command, and below which folder where it is not the project's. @type {[string, string, string[], string?][]} */
const checks = [
  ['JavaScript: format and lint', bin('biome'), ['check', '--error-on-warnings', '.']],
  ['JavaScript: types', bin('tsc'), ['-p', '.']],
  ['Docs: the tables of the contract', process.execPath, ['scripts/contract.mjs', '--check']],
  ['Docs: what is made from the commands', process.execPath, ['scripts/commands.mjs', '--check']],
  ['JavaScript runtime: types', bin('tsc'), ['-p', 'runtime/node']],
  ['Rust: format', 'cargo', ['fmt', '--all', '--check']],
  ['Rust: lint', 'cargo', ['clippy', '--locked', '--workspace', '--all-targets', '--', '-D', 'warnings']],
  ['Rust runtime: format', 'cargo', ['fmt', '--all', '--check'], 'runtime'],
  ['Rust runtime: lint', 'cargo', ['clippy', '--locked', '--workspace', '--all-targets', '--', '-D', 'warnings'], 'runtime'],
  ['Python: lint', python, ['-m', 'ruff', 'check', '.']],
  ['Python: format', python, ['-m', 'ruff', 'format', '--check', '.']],
  ['Python: types', python, ['-m', 'mypy']],
  ['Python runtime: types', python, ['-m', 'mypy'], 'runtime/python'],
  ['Workflows: what is unsafe', join(dirname(python), 'zizmor'), ['--offline', '--no-progress', '.github/workflows']],
];

await setUp(['packages', 'python', 'addon']);
const failed = [];
for (const [what, command, args, folder = '.'] of checks) {
  console.log(`lint: ${what}`);
  await run(command, args, { cwd: join(root, folder), quiet: true }).catch((error) => failed.push(`${what}: ${error.message}`));
}
console.log('lint: Rust: what the crates need on every platform');
failed.push(...unwantedCrates(root), ...unwantedCrates(join(root, 'runtime')));
console.log('lint: Workflows: actionlint');
const { faultyWorkflows } = await import('./workflows.mjs');
failed.push(...(await faultyWorkflows()));
for (const line of failed) console.error(line);
console.log(failed.length === 0 ? 'lint: clean' : `lint: ${failed.length} failed`);
process.exit(failed.length > 0 ? 1 : 0);

/** A second TLS stack would add megabytes unseen, and a crate that wants cmake or OpenSSL would not build everywhere. */
function unwantedCrates(/** @type {string} */ folder) {
  const platforms = [
    'x86_64-unknown-linux-gnu',
    'aarch64-unknown-linux-gnu',
    'x86_64-unknown-linux-musl',
    'aarch64-unknown-linux-musl',
    'x86_64-apple-darwin',
    'aarch64-apple-darwin',
    'x86_64-pc-windows-msvc',
    'aarch64-pc-windows-msvc',
  ];
  return platforms.flatMap((platform) => {
    const args = ['tree', '--locked', '--target', platform, '--edges', 'normal,build', '--prefix', 'none'];
    const { status, stdout } = spawnSync('cargo', args, { cwd: folder, encoding: 'utf8' });
    if (status !== 0) return [`cargo tree fails for ${platform}`];
    const unwanted =
      stdout.match(/^(openssl|openssl-sys|native-tls|cmake|aws-lc-sys|rustls v0\.21\S*|hyper v0\.14\S*)\b(?!-)/gm) ?? [];
    return [...new Set(unwanted)].map((crate) => `${crate} is in the tree of ${platform}`);
  });
}
