'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { version } = require('../../package.json');
const { page } = require('../../runtime/contract.json');
const { findLauncher } = require('../../plugin/launcher-file.js');

const NAME = 'serverless-secret-baker-launcher';
const INSTALL = `npm install --save-dev --include=optional serverless-secret-baker@${version}`;

/** A folder that the plugin might lie in. @param {import('node:test').TestContext} t */
const folder = (t) => {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'secret-baker-launcher-')));
  t.after(() => fs.rmSync(root, { recursive: true, force: true }));
  return root;
};

/**
 * @param {string} to made
 * @param {string[]} processors
 */
const write = (to, ...processors) => {
  fs.mkdirSync(to, { recursive: true });
  for (const processor of processors) fs.writeFileSync(path.join(to, `secret-baker-launcher-${processor}.gz`), '');
};

/**
 * As npm would install the package.
 * @param {string} root
 * @param {string} ofVersion
 * @param {...string} processors
 */
const install = (root, ofVersion, ...processors) => {
  const to = path.join(root, 'node_modules', NAME);
  write(to, ...processors);
  fs.writeFileSync(path.join(to, 'package.json'), JSON.stringify({ version: ofVersion }));
  return to;
};

/**
 * @param {string} processor
 * @param {string} root
 */
const failureOf = (processor, root) => {
  try {
    findLauncher(processor, root);
  } catch (error) {
    assert(error instanceof Error && 'code' in error);
    assert.equal(error.code, 'SECRET_BAKER_NO_LAUNCHER');
    const [more, ...lines] = error.message.split('\n').reverse();
    assert.equal(more, `  more: ${page}#secret_baker_no_launcher`);
    return lines.reverse();
  }
  assert.fail('it is found');
};

test('each processor has its launcher in the package', (t) => {
  const root = folder(t);
  const to = install(root, version, 'x86_64', 'arm64');
  for (const processor of ['x86_64', 'arm64']) {
    assert.equal(findLauncher(processor, root), path.join(to, `secret-baker-launcher-${processor}.gz`));
  }
});

test('one that was built in a clone comes before the installed one, of its own processor only', (t) => {
  const root = folder(t);
  const to = install(root, version, 'x86_64', 'arm64');
  write(path.join(root, 'launcher'), 'x86_64');
  assert.equal(findLauncher('x86_64', root), path.join(root, 'launcher', 'secret-baker-launcher-x86_64.gz'));
  assert.equal(findLauncher('arm64', root), path.join(to, 'secret-baker-launcher-arm64.gz'));
});

test('a missing package is named with its version, and the command that installs it', (t) => {
  assert.deepEqual(failureOf('arm64', folder(t)), [
    `the package ${NAME}@${version} is not installed: it has the launcher for arm64`,
    `  hint: ${INSTALL}; npm leaves it out with --omit=optional, and where package-lock.json or node_modules comes from another platform`,
  ]);
});

test('launchers of another version are refused', (t) => {
  const root = folder(t);
  install(root, '3.0.0\u001b', 'x86_64');
  assert.deepEqual(failureOf('x86_64', root), [
    `the installed ${NAME} is of version 3.0.0\\u{1b}, and this plugin of ${version}`,
    `  hint: ${INSTALL}`,
  ]);
});

test('a processor that the package has no launcher for is told with those it has one for, and leads to no other file', (t) => {
  const root = folder(t);
  install(root, version, 'x86_64', 'arm64');
  for (const [processor, told] of /** @type {[string, string][]} */ ([
    ['riscv64', 'riscv64'],
    ['../../x/secret-baker-launcher-arm64', '../../x/secret-baker-launcher-arm64'],
    ['\u0007', '\\u{7}...'],
  ])) {
    assert.deepEqual(failureOf(processor, root), [
      `${NAME}@${version} has no launcher for ${told}, only for arm64, x86_64`,
      '  hint: set `architecture` of the function to one of these',
    ]);
  }
});
