// The plugin's words in the core's messages, and the name of the bundle's file.

'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { file } = require('../../runtime/contract.json');
const { bundleFile } = require('../../plugin/bundle-file.js');
const { CALLER } = require('../../plugin/caller.js');
const { commandsFor } = require('../../plugin/options.js');

const CORE = path.join(__dirname, '..', '..', 'src', 'core', 'failure', 'caller');

/** @param {string} name of Rust */
const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());

test("the core's own tests use the plugin's words, so its messages are tested as users read them", () => {
  const source = fs.readFileSync(path.join(CORE, 'tests.rs'), 'utf8');
  const fields = [...source.matchAll(/^ +(\w+): "(.*)"\.into\(\),$/gm)];
  assert.equal(fields.length, Object.keys(CALLER).length, 'each word stands on a line of its own');
  assert.deepEqual(Object.fromEntries(fields.map(([, name = '', words]) => [camel(name), words])), CALLER);
});

test("the file's name is the contract's, in the help of the option too", () => {
  assert.equal(bundleFile(), file);
  const commands = commandsFor(/** @type {any} */ ({ service: {}, pluginManager: {} }));
  assert.ok(commands.package.options['secret-baker-cleanup'].usage.includes(` ${file} `));
});
