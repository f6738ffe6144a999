// `npm run build:release`: the addon as we ship it, in the folder of its package in npm/.
//
//     npm run build:release                                  for this machine
//     npm run build:release -- aarch64-unknown-linux-musl    for one of `napi.targets` in package.json
//
// What is for Linux is built by zig, against an old glibc; all else needs the compiler of its platform.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join, sep } from 'node:path';
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
  env: withoutPaths(withZig()),
});

/**
 * Panics tell the file of a crate: below the folder of all crates, not where that is on the machine which has built it.
 * @param {NodeJS.ProcessEnv} env
 */
function withoutPaths(env) {
  const crates = join(env.CARGO_HOME ?? join(homedir(), '.cargo'), 'registry', 'src');
  const folders = existsSync(crates) ? readdirSync(crates) : [];
  const flags = [root, ...folders.map((folder) => join(crates, folder))].map((folder) => `--remap-path-prefix=${folder}${sep}=`);
  return { ...env, CARGO_ENCODED_RUSTFLAGS: flags.join('\u001f') };
}

function ofThisMachine() {
  const { stdout } = spawnSync('rustc', ['-vV'], { encoding: 'utf8' });
  return /^host: (.+)$/m.exec(stdout)?.[1] ?? 'a machine without Rust';
}
