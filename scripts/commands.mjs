// Writes `plugin/commands.json`: the commands as the program itself defines them, for the framework's table.
//
//     node scripts/commands.mjs             after a change in src/cli/definition.rs or src/cli/command/
//     node scripts/commands.mjs --check     fails where it is not what the program defines

import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../__test__/aws/python.mjs';
import { setUp } from './steps.mjs';

await setUp(['packages', 'addon']);
const { loadBinary } = createRequire(import.meta.url)('../plugin/binary.js');
const path = join(root, 'plugin/commands.json');
const text = `${JSON.stringify(JSON.parse(loadBinary().commandDefinition()), null, 2)}\n`;
if (!process.argv.includes('--check')) writeFileSync(path, text);
else if (readFileSync(path, 'utf8') !== text) {
  console.error('plugin/commands.json is not what the program defines: run `node scripts/commands.mjs`');
  process.exit(1);
}
