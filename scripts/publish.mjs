// `node scripts/publish.mjs FOLDER`, in the release workflow: publishes the packages for npm, in their order. What is there already is
// left alone, so that a release that broke off can be taken up, if it is the very same: two builds under one version would be two
// releases. npm signs in by itself, as the workflow that the registry trusts.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
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
  const spec = `${name}@${version}`;
  const there = integrityOf(spec);
  if (there !== undefined) {
    const ours = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
    if (there !== ours) refuse(`${spec} is there already, and is another one: this is a matter for a new version`);
    console.log(`${spec} is there already`);
    return;
  }
  const provenance = inWorkflow ? ['--provenance'] : [];
  const { status, stderr } = npm(['publish', '--access', 'public', '--ignore-scripts', ...provenance, archive]);
  if (status !== 0) refuse(`${spec} could not be published, and nothing after it was:\n${stderr}`);
  console.log(`${spec} is published`);
}

/**
 * @param {string} spec
 * @returns {string | undefined} Of what is there under this name, as npm writes it in locks
 */
function integrityOf(spec) {
  const { status, stdout, stderr } = npm(['view', spec, 'dist.integrity', '--json']);
  if (status === 0) return stdout.trim() === '' ? undefined : JSON.parse(stdout);
  if (/\bE404\b/.test(`${stdout}${stderr}`)) return undefined;
  return refuse(`It cannot be told whether ${spec} is there, so nothing more is published:\n${stderr}`);
}

/**
 * @param {string} why
 * @returns {never}
 */
function refuse(why) {
  console.error(why);
  return process.exit(1);
}

/** @param {string[]} args */
function npm(args) {
  return spawnSync('npm', args, { encoding: 'utf8' });
}
