// `node scripts/publish.mjs FOLDER`, in the release workflow: publishes the packages for npm, in their order. What is there already is
// left alone, so that a release that broke off can be taken up. npm signs in by itself, as the workflow that the registry trusts.

import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readArchive } from './archive.mjs';
import { publishOrder } from './publish-order.mjs';

/** The first npm with trusted publishing. */
const NPM = { major: 11, minor: 5 };

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('Say where the packages are: node scripts/publish.mjs FOLDER');
  process.exit(2);
}
/** Elsewhere there is nothing to sign with: this is how it is tested. */
const inWorkflow = process.env.GITHUB_ACTIONS === 'true';
const [major = 0, minor = 0] = npm(['--version']).stdout.split('.').map(Number);
if (inWorkflow && (major < NPM.major || (major === NPM.major && minor < NPM.minor))) {
  console.error(`This is npm ${major}.${minor}. Trusted publishing needs ${NPM.major}.${NPM.minor} or newer.`);
  process.exit(1);
}
for (const { name } of publishOrder(readdirSync(folder)).filter(({ to }) => to === 'npm')) publish(join(resolve(folder), name));

/** @param {string} archive */
function publish(archive) {
  const { name, version } = JSON.parse(String(readArchive(archive).get('package.json')?.bytes));
  if (isThere(`${name}@${version}`)) {
    console.log(`${name}@${version} is there already`);
    return;
  }
  const provenance = inWorkflow ? ['--provenance'] : [];
  const { status, stderr } = npm(['publish', '--access', 'public', '--ignore-scripts', ...provenance, archive]);
  if (status !== 0) {
    console.error(`${name}@${version} could not be published, and nothing after it was:\n${stderr}`);
    process.exit(1);
  }
  console.log(`${name}@${version} is published`);
}

/**
 * @param {string} spec
 * @returns {boolean}
 */
function isThere(spec) {
  const { status, stdout, stderr } = npm(['view', spec, 'version', '--json']);
  if (status === 0) return stdout.trim() !== '';
  if (/\bE404\b/.test(`${stdout}${stderr}`)) return false;
  console.error(`It cannot be told whether ${spec} is there, so nothing more is published:\n${stderr}`);
  return process.exit(1);
}

/** @param {string[]} args */
function npm(args) {
  return spawnSync('npm', args, { encoding: 'utf8' });
}
