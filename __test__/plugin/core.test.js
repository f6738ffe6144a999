'use strict';

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const path = require('node:path');
const { test } = require('node:test');
const { napi } = require('../../package.json');
const { page } = require('../../runtime/contract.json');
const { loadCore } = require('../../plugin/core.js');

const ROOT = path.join(__dirname, '..', '..');

test('require: loading and constructing the plugin loads no addon and reads nothing of it', () => {
  const program = `
    const SecretBaker = require(${JSON.stringify(ROOT)});
    const serverless = { service: {}, classes: {}, config: {}, pluginManager: { hooks: {} } };
    const { hooks } = new SecretBaker(serverless, {});
    Promise.all([hooks.initialize(), hooks.finalize()]).then(() => {
      const { sharedObjects } = process.report.getReport();
      const loaded = [...Object.keys(require.cache), ...sharedObjects];
      process.stdout.write(JSON.stringify(loaded.filter((file) => /binding\\.js$|\\.node$/.test(file))));
    });
  `;
  assert.equal(execFileSync(process.execPath, ['-e', program], { encoding: 'utf8', timeout: 20_000 }), '[]');
});

test('core: a binary that cannot be loaded: says platform and reason, and what to do', () => {
  const cause = new Error("libc.so.6: version `GLIBC_2.38' not found\nRequire stack: ...");
  const load = () => {
    throw new Error('Cannot find native binding.', { cause: new Error('tried all', { cause }) });
  };
  assert.throws(
    () => loadCore(load),
    (error) => {
      assert(error instanceof Error && 'code' in error);
      assert.equal(error.code, 'SECRET_BAKER_NO_BINARY');
      const [what, hint, ...pages] = error.message.split('\n');
      const place = `${process.platform} ${process.arch}`;
      assert(what?.startsWith(`the binary of serverless-secret-baker for ${place}`), what);
      assert(
        what?.endsWith(`(Node ${process.versions.node}) cannot be loaded: libc.so.6: version \`GLIBC_2.38' not found`),
        what,
      );
      assert.equal(
        hint,
        `  hint: on ${napi.targets.join(', ')} install again on this platform, without --omit=optional; on any other build it ` +
          'in a clone of the repository with Rust and Node: npm ci && npm run build',
      );
      assert.deepEqual(pages, [`  more: ${page}#secret_baker_no_binary`]);
      return true;
    },
  );
});

test('core: on Linux the message names the C library', { skip: process.platform !== 'linux' && 'only Linux has two' }, () => {
  const load = () => {
    throw new Error('no');
  };
  assert.throws(() => loadCore(load), /(glibc \d+\.\d+|musl) \(Node /);
});
