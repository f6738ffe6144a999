'use strict';

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const path = require('node:path');
const { test } = require('node:test');

const ROOT = path.join(__dirname, '..', '..');

test('require: loading and constructing the plugin loads no addon and reads nothing of it', () => {
  const program = `
    const SecretBaker = require(${JSON.stringify(ROOT)});
    const serverless = { service: {}, classes: {}, config: {}, pluginManager: { hooks: {} } };
    const { hooks } = new SecretBaker(serverless, {});
    Promise.all([hooks.initialize(), hooks.finalize()]).then(() => {
      const { sharedObjects } = process.report.getReport();
      const loaded = [...Object.keys(require.cache), ...sharedObjects];
      process.stdout.write(JSON.stringify(loaded.filter((file) => /binary\\.js$|\\.node$/.test(file))));
    });
  `;
  assert.equal(execFileSync(process.execPath, ['-e', program], { encoding: 'utf8', timeout: 20_000 }), '[]');
});
