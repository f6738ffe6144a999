#!/usr/bin/env node
'use strict';

// The program where Node.js is: all commands are the core's own.

const { runCommand } = require('../plugin/command-process.js');
const { loadCore } = require('../plugin/core.js');
const { Failure } = require('../plugin/failure.js');
const { installedLaunchers } = require('../plugin/launcher-file.js');

const FAILED = 3;

/** What users type for it, as the process was started. */
const called = () => (/[\\/]node_modules[\\/]/.test(process.argv[1] ?? '') ? 'npx serverless-secret-baker' : 'secret-baker');

const main = async () => {
  const { Session } = loadCore();
  const surroundings = JSON.stringify({ node: process.version });
  process.exitCode = await runCommand(new Session(), process.argv.slice(2), {
    called: called(),
    surroundings,
    launchers: installedLaunchers(),
  });
};

main().catch((error) => {
  process.exitCode = FAILED;
  process.stderr.write(`secret-baker: ${error instanceof Failure ? error.message : (error?.stack ?? error)}\n`);
});
