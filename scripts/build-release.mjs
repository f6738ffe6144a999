// `npm run build:release`: the addon as we ship it, in the folder of its package in npm/.
//
//     npm run build:release                                  for this machine
//     npm run build:release -- aarch64-unknown-linux-musl    for one of `napi.targets` in package.json
//
// What is for Linux is built by zig, against an old glibc; all else needs the compiler of its platform.

import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../__test__/aws/python.mjs';
import { run } from './run.mjs';
import { setUp } from './steps.mjs';
import { GLIBC, withZig } from './zig.mjs';

const { napi } = createRequire(import.meta.url)('../package.json');

const target = process.argv[2] ?? ofThisMachine();
if (!napi.targets.includes(target)) {
  console.error(`There is no package for ${target}. There are: ${napi.targets.join(', ')}.`);
  process.exit(1);
}
const linux = target.includes('-linux-');
await setUp(linux ? ['packages', 'python'] : ['packages']);
const { parseTriple } = await import('@napi-rs/cli');
const cross = linux ? ['--cross-compile'] : [];
const args = [
  ...['build', '--platform', '--release', ...cross, '--target', target.endsWith('-gnu') ? `${target}.${GLIBC}` : target],
  ...['--manifest-path', 'src/addon/Cargo.toml', '--output-dir', join('npm', parseTriple(target).platformArchABI)],
  ...['--no-js', '--dts', '../../binding.d.ts', '--', '--locked'],
];
await run(process.execPath, [join(root, 'node_modules/@napi-rs/cli/dist/cli.js'), ...args], {
  cwd: root,
  quiet: true,
  env: withZig(),
});

function ofThisMachine() {
  const { stdout } = spawnSync('rustc', ['-vV'], { encoding: 'utf8' });
  return /^host: (.+)$/m.exec(stdout)?.[1] ?? 'a machine without Rust';
}
