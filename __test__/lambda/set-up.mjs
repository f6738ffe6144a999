// Builds the native client of Lambda's runtime for Node.js, and installs its runtime for each Python that there is. What this
// machine lacks is printed, and the tests that need it are skipped.

import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from '../../scripts/run.mjs';
import { python, root } from '../aws/python.mjs';
import { missingForNode, NATIVE_CLIENT, nodeFolder } from './nodes.mjs';
import { findPython, placesOf, VERSIONS } from './pythons.mjs';

const folder = join(root, '__test__/lambda');

await buildNativeClient();
for (const version of VERSIONS) await installPython(version);

/** Its own scripts build it: they unpack and compile curl, Lambda's client in C++, and an addon for Node.js. */
async function buildNativeClient() {
  if (existsSync(NATIVE_CLIENT)) return;
  const missing = missingForNode();
  if (missing) return console.log(`set-up: ${missing}: the tests with Lambda's Node.js are skipped here`);
  const env = {
    ...process.env,
    // For `cmake`, which comes from PyPI.
    PATH: [join(root, '.venv/bin'), process.env.PATH].join(delimiter),
    npm_config_nodedir: nodeFolder('22'),
    npm_config_python: python,
  };
  await run('npm', ['rebuild', 'aws-lambda-ric', '--ignore-scripts=false', '--loglevel=error'], {
    cwd: folder,
    env,
    quiet: true,
  });
  if (!existsSync(NATIVE_CLIENT)) throw new Error(`aws-lambda-ric was built, and left no ${NATIVE_CLIENT}`);
}

/** @param {string} version */
async function installPython(version) {
  const { folder, link, packages, requirements } = placesOf(version);
  rmSync(folder, { recursive: true, force: true });
  const interpreter = findPython(version);
  if (!interpreter) return console.log(`set-up: there is no Python ${version} here: its tests are skipped`);
  mkdirSync(folder, { recursive: true });
  const to = ['--target', packages, '--python-version', version, '--only-binary', ':all:', '--no-deps'];
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...to, '-r', requirements];
  await run(python, pip, { quiet: true });
  symlinkSync(interpreter, link);
}
