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

/** Whether the result is to be JSON; what stands behind `--` is another command's. */
const wantsJson = () => {
  const words = process.argv.slice(2);
  const end = words.indexOf('--');
  return (end < 0 ? words : words.slice(0, end)).includes('--json');
};

/** @param {Failure} failure in the shape that each command's has */
const asJson = ({ code, problems }) => ({
  failure: { code, problems: problems.map(({ code, message, hint = null }) => ({ code, place: null, message, hint })) },
});

main().catch((error) => {
  process.exitCode = FAILED;
  if (error instanceof Failure && wantsJson()) process.stdout.write(`${JSON.stringify(asJson(error))}\n`);
  process.stderr.write(`secret-baker: ${error instanceof Failure ? error.message : (error?.stack ?? error)}\n`);
});
