// The pages of docs/commands/: each command has one, the program takes every command line that they show, and their JSON is compared.

import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../aws/python.mjs';
import { blocksOf, textOf } from '../docs/blocks.mjs';
import { linksOf } from '../docs/links.mjs';
import { Commands } from './ways.mjs';

const INDEX = 'docs/commands/README.md';
/** @type {{name: string, options: {name: string | null, heading: string | null}[]}[]} */
const definitions = JSON.parse(textOf('plugin/commands.json')).commands;
const commands = definitions.map(({ name }) => name);
const pages = readdirSync(join(root, 'docs/commands')).map((name) => `docs/commands/${name}`);
const blocks = pages.flatMap(blocksOf);
const of = (/** @type {string} */ language) => blocks.filter((block) => block.language === language);

describe('the pages of the commands', () => {
  it('are one for each command, and no other', () =>
    assert.deepEqual(pages.filter((page) => page !== INDEX).sort(), commands.map((name) => `docs/commands/${name}.md`).sort()));

  it('are all in their index', () => {
    const listed = new Set(linksOf(INDEX, textOf(INDEX)).map(({ path }) => path));
    assert.deepEqual(
      commands.filter((name) => !listed.has(`docs/commands/${name}.md`)),
      [],
    );
  });

  for (const { name, options } of definitions) {
    it(`tell of each option of ${name}`, () => {
      const own = options.filter((option) => option.name !== null && option.heading === null);
      const page = textOf(`docs/commands/${name}.md`);
      assert.deepEqual(
        own.filter((option) => !page.includes(`--${option.name}`)).map((option) => option.name),
        [],
      );
    });
  }

  for (const { document, line, command } of commandLines()) {
    it(`${document}:${line} is a command line that the program takes: ${command}`, async (t) => {
      const { code, stdout, stderr } = await new Commands(t, 'program', undefined, { secrets: [] }).run(withHelp(command));
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^Usage: secret-baker /m);
    });
  }

  it('name the crate by which the program is built without Node.js', () => {
    const { repository } = JSON.parse(textOf('package.json'));
    const [, home = ''] = /(https:.*)\.git$/.exec(repository.url) ?? [];
    const [line = ''] = textOf(INDEX).match(/^cargo install .*$/m) ?? [];
    assert.equal(line, `cargo install --locked --git ${home} secret-baker-cli`);
    assert.match(textOf('src/cli/Cargo.toml'), /^name = "secret-baker-cli"$/m);
  });

  it('show a config that the program reads', async (t) => {
    const [{ text: config = '' } = {}] = of('yaml');
    const service = new Commands(t, 'program', undefined, { secrets: [] }, { 'secret-baker.yml': config });
    const { value } = await service.json(['doctor', '--stage', 'prod']);
    const found = value.findings.find((/** @type {{part: string}} */ { part }) => part === 'config');
    assert.equal(found?.state, 'fine', found?.said);
  });

  it('name schemas that are in the package', () => {
    const named = pages.flatMap((page) => [...textOf(page).matchAll(/node_modules\/serverless-secret-baker\/([\w./-]+\.json)/g)]);
    assert.ok(named.length > 0);
    for (const [, path = ''] of named) assert.ok(existsSync(join(root, path)), path);
  });

  for (const { document, line, text } of of('json')) {
    it(`${document}:${line} is JSON that a test compares with what the command prints`, () => {
      JSON.parse(text);
      // A setting of an editor's.
      if (text.includes('"yaml.schemas"')) return;
      const name = basename(document, '.md');
      assert.equal(of('json').find((block) => block.document === document)?.line, line, 'only the first of a page is compared');
      const tests = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.test.mjs'));
      assert.ok(tests.some((file) => textOf(`__test__/commands/${file}`).includes(`assertAsDocumented('${name}', `)));
    });
  }

  it('have no block in a language that nobody tests', () => {
    const tested = ['sh', 'console', 'yaml', 'json', 'text'];
    // The file of a lock, with ciphertexts cut short.
    const others = blocks.filter(({ language, text }) => !tested.includes(language) && !text.includes('"entry"'));
    assert.deepEqual(others, []);
  });
});

/** What is typed in the pages, one command each. `npx` starts the same program. */
function commandLines() {
  const typed = (/** @type {string} */ language, /** @type {string} */ text) =>
    language === 'sh' ? text.trim().split('\n') : [...text.matchAll(/^\$ (.*)$/gm)].map(([, command]) => String(command));
  return [...of('sh'), ...of('console')].flatMap(({ document, line, language, text }) =>
    typed(language, text)
      .filter((command) => !command.startsWith('cargo install '))
      .map((command) => ({ document, line, command })),
  );
}

/**
 * @param {string} command
 * @returns {string[]} its words behind the program's name, with `--help`; without comments and where its output goes
 */
function withHelp(command) {
  const [, own = ''] = /^(?:npx serverless-)?secret-baker (.*)$/.exec(command) ?? [];
  assert.ok(own, 'it starts another program');
  const words = own.replace(/ +#.*$| > \S+$/g, '').split(' ');
  const end = words.indexOf('--');
  return end < 0 ? [...words, '--help'] : [...words.slice(0, end), '--help', ...words.slice(end)];
}
