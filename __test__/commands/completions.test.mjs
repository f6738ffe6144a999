// `completions`: each shell takes them, and bash really completes.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { Commands } from './ways.mjs';

const SERVICE = { secrets: [] };

/** @param {string} shell */
const has = (shell) => spawnSync(shell, ['--version']).status === 0;

/**
 * What bash offers for a line that ends with these words.
 * @param {string} script
 * @param {string[]} words
 */
function offered(script, words) {
  const [program = ''] = words;
  const [, complete] = /^(\S+)\(\) \{/.exec(script) ?? [];
  const text = `${script}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
${complete} ${program} '${words.at(-1)}' '${words.at(-2)}'
printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['--norc', '-c', text], { encoding: 'utf8' }).trim().split('\n');
}

for (const way of /** @type {const} */ (['program', 'npm', 'v3'])) {
  describe(`completions, by ${way}`, () => {
    it('are a script that bash completes by', { skip: !has('bash') && 'there is no bash here' }, async (t) => {
      const { code, stdout } = await new Commands(t, way, undefined, SERVICE).run(['completions', 'bash']);
      assert.equal(code, 0);
      assert.deepEqual(offered(stdout, ['secret-baker', 'outd']), ['outdated']);
      assert.ok(offered(stdout, ['secret-baker', 'set', '--gen']).some((word) => word.startsWith('--generate')));
    });

    it('complete both names of the program where they are sourced', {
      skip: !has('bash') && 'there is no bash here',
    }, async (t) => {
      const { stdout } = await new Commands(t, way, undefined, SERVICE).run(['completions', 'bash']);
      assert.equal(spawnSync('bash', ['-n'], { input: stdout }).status, 0);
      const names = ['secret-baker', 'serverless-secret-baker'];
      const asked = `eval "$0" && complete -p ${names.join(' ')}`;
      const { stdout: told } = spawnSync('bash', ['--norc', '-c', asked, stdout], { encoding: 'utf8' });
      const found = told.trim().split('\n');
      assert.deepEqual(
        found.map((line) => / -F (\S+) (\S+)$/.exec(line)?.slice(1)),
        names.map((name) => ['_secret-baker', name]),
      );
      assert.deepEqual(offered(stdout, ['serverless-secret-baker', 'outd']), ['outdated']);
    });
  });
}

describe('completions', () => {
  for (const shell of /** @type {const} */ (['zsh', 'fish'])) {
    it(`are a script for ${shell}`, async (t) => {
      const { stdout } = await new Commands(t, 'program', undefined, SERVICE).run(['completions', shell]);
      const both = {
        zsh: /^#compdef secret-baker serverless-secret-baker\n/,
        fish: /^complete -c serverless-secret-baker -w secret-baker$/m,
      };
      assert.match(stdout, both[shell]);
      assert.match(
        stdout,
        shell === 'zsh'
          ? /compdef _secret-baker secret-baker serverless-secret-baker\n/
          : /complete -c secret-baker .*-a "outdated"/,
      );
      if (has(shell)) assert.equal(spawnSync(shell, ['-n', '-c', stdout]).status, 0);
      else t.diagnostic(`there is no ${shell} here: the script was not run`);
    });
  }

  it('of another shell are refused, and the shells are named', async (t) => {
    const { code, stderr } = await new Commands(t, 'program', undefined, SERVICE).run(['completions', 'csh']);
    assert.match(stderr, /invalid value 'csh'[\s\S]*bash[\s\S]*fish[\s\S]*zsh/);
    assert.equal(code, 2);
  });
});
