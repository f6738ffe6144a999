// Writes what is made from the program's own definition: the framework's table of commands, the JSON schemas, and the README's section.
//
//     node scripts/commands.mjs             after a change in src/cli/definition.rs, src/cli/command/ or the grammar of the config
//     node scripts/commands.mjs --check     fails where one is not what the program defines

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../__test__/aws/python.mjs';
import { setUp } from './steps.mjs';

/** @import { Definition } from '../plugin/commands.js' */

await setUp(['packages', 'addon']);
const { loadBinary } = createRequire(import.meta.url)('../plugin/binary.js');
/** @type {Definition} */
const definition = JSON.parse(loadBinary().commandDefinition());

const README = 'README.md';
const SECTION = /(<!-- commands -->\n)[\s\S]*?(<!-- \/commands -->)/;

/** @type {Record<string, string>} */
const made = {
  'plugin/commands.json': `${JSON.stringify(definition, null, 2)}\n`,
  'schema/secret-baker.json': printed('schema'),
  'schema/serverless.json': printed('schema', '--serverless'),
  [README]: readFileSync(join(root, README), 'utf8').replace(SECTION, (_, begin, end) => `${begin}${table()}${end}`),
};
const stale = Object.entries(made).filter(
  ([path, text]) => !existsSync(join(root, path)) || readFileSync(join(root, path), 'utf8') !== text,
);
if (!process.argv.includes('--check')) {
  for (const [path, text] of stale) writeFileSync(join(root, path), text);
} else if (stale.length > 0) {
  console.error(`${stale.map(([path]) => path).join(', ')}: not what the program defines; run \`node scripts/commands.mjs\``);
  process.exit(1);
}

/** @param {string[]} words */
function printed(...words) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(root, 'bin/secret-baker.js'), ...words], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`secret-baker ${words.join(' ')}: exit code ${status}\n${stderr}`);
  return stdout;
}

/** A row for each command, with the page that tells all of it. */
function table() {
  const rows = definition.commands.map(({ name, about, usage }) => {
    const words = usage.replace(/^Usage: \S+ /, '').replace(' [OPTIONS]', '');
    return `| [\`${words.replaceAll('|', '\\|')}\`](docs/commands/${name}.md) | ${about} |`;
  });
  return `| command | what |\n|---|---|\n${rows.join('\n')}\n`;
}
