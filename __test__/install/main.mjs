// The install proof: packs every package, publishes them to a registry on loopback, and runs the tests of this folder against it.
//
//     node __test__/install/main.mjs                 all
//     node __test__/install/main.mjs plugin sizes    only these

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROOF, preparePackages } from './packages.mjs';
import { startRegistry } from './registry.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
/** Milliseconds. It takes some two minutes on two cores that nobody else uses. */
const LIMIT = 20 * 60_000;

if (process.platform !== 'linux') {
  console.log('the launcher is built on Linux only, and a release has one: the install proof is skipped here');
  process.exit(0);
}
const asked = process.argv.slice(2);
const all = readdirSync(here).filter((name) => name.endsWith('.test.mjs'));
const files = all
  .filter((name) => asked.length === 0 || asked.includes(name.replace('.test.mjs', '')))
  .map((name) => join(here, name));
if (files.length === 0) throw new Error(`there is no test ${asked.join(', ')} among ${all.join(', ')}`);

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'install-proof-')));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const started = performance.now();
const packages = await preparePackages(mkdir('packages'));
const registry = await startRegistry(mkdir('registry'));
await registry.publish(packages.npm.map(({ archive }) => archive));
console.log(`${packages.npm.length} packages are published after ${Math.round((performance.now() - started) / 1000)} s`);

const proof = join(folder, 'proof.json');
writeFileSync(proof, JSON.stringify({ registry: registry.url, packages }));
const tests = spawn(process.execPath, ['--test', '--test-reporter=spec', '--test-concurrency=2', ...files], {
  env: { ...process.env, [PROOF]: proof },
  stdio: 'inherit',
});
// It passes the signal on to the tests, and they end all that they have started.
process.on('exit', () => tests.kill('SIGTERM'));
setTimeout(() => {
  console.error(`the tests are stopped after ${LIMIT / 60_000} minutes`);
  process.exit(1);
}, LIMIT);
tests.on('close', (code) => process.exit(code ?? 1));

/** @param {string} name */
function mkdir(name) {
  const path = join(folder, name);
  mkdirSync(path);
  return path;
}
