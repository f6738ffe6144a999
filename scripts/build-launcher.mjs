// `npm run build:launcher`: the launcher as we ship it, for this machine's processor, against glibc 2.17, so that it runs on
// Amazon Linux 2 and 2023. Compressed as it goes into artefacts.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { python, root } from '../__test__/aws/python.mjs';
import { run } from './run.mjs';
import { setUp } from './steps.mjs';

/** Node's name of a processor -> Rust's, and Lambda's. */
const PROCESSORS = /** @type {Record<string, [string, string]>} */ ({ x64: ['x86_64', 'x86_64'], arm64: ['aarch64', 'arm64'] });

const [rust, lambda] = PROCESSORS[process.arch] ?? [];
if (process.platform !== 'linux' || rust === undefined) {
  console.error(
    `The launcher runs in Lambda and is built on Linux, on x86_64 or arm64. This is ${process.platform} on ${process.arch}.`,
  );
  process.exit(1);
}
await setUp(['python']);
const target = `${rust}-unknown-linux-gnu`;
const targetDir = process.env.CARGO_TARGET_DIR ?? join(root, 'runtime/target');
const args = ['zigbuild', '--release', '--locked', '--target', `${target}.2.17`, '-p', 'secret-baker-launcher'];
await run('cargo', args, {
  cwd: join(root, 'runtime'),
  quiet: true,
  env: { ...process.env, PATH: `${join(python, '..')}${delimiter}${process.env.PATH}`, CARGO_TARGET_DIR: targetDir },
});
const program = readFileSync(join(targetDir, target, 'release/secret-baker-launcher'));
mkdirSync(join(root, 'launcher'), { recursive: true });
const path = join(root, 'launcher', `secret-baker-launcher-${lambda}.gz`);
// Node writes neither a name nor a time into the header, so the same program gives the same file.
writeFileSync(path, gzipSync(program, { level: 9 }));
console.log(`${path}: ${program.length} bytes`);
