// `npm run build:launcher`: the launcher as we ship it, against glibc 2.17, so that it runs on Amazon Linux 2 and 2023. Compressed as
// it goes into artefacts.
//
//     npm run build:launcher             for this machine's processor
//     npm run build:launcher -- arm64    for another of Lambda's: needs `rustup target add`

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { root } from '../__test__/aws/python.mjs';
import { run } from './run.mjs';
import { setUp } from './steps.mjs';
import { GLIBC, withZig } from './zig.mjs';

/** Node's and Lambda's names of a processor -> Rust's, and Lambda's. */
const PROCESSORS = /** @type {Record<string, [string, string]>} */ ({
  x64: ['x86_64', 'x86_64'],
  x86_64: ['x86_64', 'x86_64'],
  arm64: ['aarch64', 'arm64'],
});

const asked = process.argv[2] ?? process.arch;
const [rust, lambda] = PROCESSORS[asked] ?? [];
if (process.platform !== 'linux' || rust === undefined) {
  console.error(
    `The launcher runs in Lambda and is built on Linux, for x86_64 or arm64. This is ${process.platform}, and for ${asked}.`,
  );
  process.exit(1);
}
await setUp(['python']);
const target = `${rust}-unknown-linux-gnu`;
const targetDir = process.env.CARGO_TARGET_DIR ?? join(root, 'runtime/target');
const args = ['zigbuild', '--release', '--locked', '--target', `${target}.${GLIBC}`, '-p', 'secret-baker-launcher'];
await run('cargo', args, {
  cwd: join(root, 'runtime'),
  quiet: true,
  env: { ...withZig(), CARGO_TARGET_DIR: targetDir },
});
const program = readFileSync(join(targetDir, target, 'release/secret-baker-launcher'));
mkdirSync(join(root, 'launcher'), { recursive: true });
const path = join(root, 'launcher', `secret-baker-launcher-${lambda}.gz`);
// Node writes neither a name nor a time into the header, so the same program gives the same file.
writeFileSync(path, gzipSync(program, { level: 9 }));
console.log(`${path}: ${program.length} bytes`);
