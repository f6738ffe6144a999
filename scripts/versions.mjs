// The seven places that name the version. All packages of a release carry the same: one number tells which plugin, core, launcher and
// package for functions belong together.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** No release before one: npm would give it to everybody as the newest, and PyPI writes its name in another way. */
const VERSION = /^\d+\.\d+\.\d+$/;
const OURS = 'serverless-secret-baker-[a-z0-9-]+';

/**
 * @typedef {object} Naming
 * @property {string} file
 * @property {RegExp} at Global; the text before the version is its first group, the version its second
 * @property {number} [times] How often it stands there; once where absent
 */

/** Each place is one thing to a reader, in as many files as it takes. @type {(platforms: string[]) => Record<string, Naming[]>} */
const places = (platforms) => ({
  'the plugin, and the packages that it asks for': [
    { file: 'package.json', at: /(^ {2}"version": ")([^"]+)/gm },
    { file: 'package.json', at: new RegExp(`("${OURS}": ")([^"]+)`, 'g'), times: platforms.length },
    { file: 'package-lock.json', at: /("name": "serverless-secret-baker",\s+"version": ")([^"]+)/g, times: 2 },
    { file: 'package-lock.json', at: new RegExp(`("${OURS}": ")([^"]+)`, 'g'), times: platforms.length },
    {
      file: 'package-lock.json',
      at: new RegExp(`("node_modules/${OURS}": \\{\\s+"version": ")([^"]+)`, 'g'),
      times: platforms.length,
    },
  ],
  'the packages of the platforms and of the launcher': platforms.map((name) => ({
    file: `npm/${name}/package.json`,
    at: /(^ {2}"version": ")([^"]+)/gm,
  })),
  'the core': [
    { file: 'Cargo.toml', at: /(^version = ")([^"]+)/gm },
    {
      file: 'Cargo.lock',
      at: /(^name = "secret-baker(?:-(?:addon|cli|command|core|launcher))?"\nversion = ")([^"]+)/gm,
      times: 6,
    },
  ],
  'the crate and the launcher': [
    { file: 'runtime/Cargo.toml', at: /(^version = ")([^"]+)/gm },
    { file: 'runtime/Cargo.toml', at: /(^secret-baker = \{ path = "rust", version = ")([^"]+)/gm },
    { file: 'runtime/Cargo.lock', at: /(^name = "secret-baker(?:-launcher)?"\nversion = ")([^"]+)/gm, times: 2 },
    { file: 'examples/rust/Cargo.lock', at: /(^name = "secret-baker"\nversion = ")([^"]+)/gm },
  ],
  'the package for Node.js': [
    { file: 'runtime/node/package.json', at: /(^ {2}"version": ")([^"]+)/gm },
    { file: 'runtime/node/lib/aws/sign.js', at: /(secret-baker-node\/)([^']+)/g },
    { file: 'examples/node/package.json', at: /("secret-baker": "\^)([^"]+)/g },
  ],
  'the package for Python': [
    { file: 'runtime/python/pyproject.toml', at: /(^version = ")([^"]+)/gm },
    { file: 'runtime/python/src/secret_baker/__init__.py', at: /(^__version__ = ")([^"]+)/gm },
    { file: 'runtime/python/src/secret_baker/_aws.py', at: /(secret-baker-python\/)([^"]+)/g },
  ],
  'what changed': [{ file: 'CHANGELOG.md', at: /(?<!\n## [\s\S]*)(^## )(\S+)/gm }],
});

/**
 * @param {string} folder The checkout
 * @returns {{version: string, mistakes: string[]}} The plugin's version, and a sentence for each file that names another or none
 */
export function readVersions(folder) {
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const mistakes = VERSION.test(version) ? [] : [`package.json: the version ${JSON.stringify(version)} is none`];
  for (const [place, namings] of Object.entries(placesOf(folder))) {
    for (const { file, at, times = 1 } of namings) {
      const found = [...readFileSync(join(folder, file), 'utf8').matchAll(at)].map(([, , named]) => named);
      const others = [...new Set(found.filter((named) => named !== version))];
      if (others.length > 0) mistakes.push(`${file} (${place}): names ${others.join(' and ')}, and package.json ${version}`);
      if (found.length !== times)
        mistakes.push(`${file} (${place}): names a version ${found.length} times where ${times} are expected`);
    }
  }
  return { version, mistakes };
}

/**
 * A tag is for what is finished: the changelog has a day, and the tag the version.
 * @param {string} folder The checkout
 * @param {string} tag
 * @returns {string[]} What is wrong
 */
export function tagMistakes(folder, tag) {
  const { version, mistakes } = readVersions(folder);
  if (tag !== `v${version}`) mistakes.push(`the tag is ${tag}, and the version ${version}: it must be v${version}`);
  const heading = /^## .*$/m.exec(readFileSync(join(folder, 'CHANGELOG.md'), 'utf8'))?.[0] ?? '';
  if (!/\(\d{4}-\d\d-\d\d\)$/.test(heading))
    mistakes.push(`CHANGELOG.md: write the day of the release for "${heading}", as (2026-01-31)`);
  return mistakes;
}

/**
 * Writes a version everywhere but into the changelog, whose newest section a person begins.
 * @param {string} folder The checkout
 * @param {string} version
 * @returns {string[]} The files that changed
 * @throws {Error} Where it is no version
 */
export function writeVersion(folder, version) {
  if (!VERSION.test(version)) throw new Error(`${JSON.stringify(version)} is no version, such as 3.2.0`);
  const changed = new Set();
  for (const { file, at } of Object.values(placesOf(folder)).flat()) {
    if (file === 'CHANGELOG.md') continue;
    const text = readFileSync(join(folder, file), 'utf8');
    const written = text.replace(at, (_, before) => before + version);
    if (written === text) continue;
    writeFileSync(join(folder, file), written);
    changed.add(file);
  }
  return [...changed];
}

/** @param {string} folder */
function placesOf(folder) {
  return places(readdirSync(join(folder, 'npm')).sort());
}
