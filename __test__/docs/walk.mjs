// Walks through a page as its reader does: writes the files that it shows, runs its commands in one shell after the other, and compares what
// they print with what the page says that they print.
//
// A line that is `NAME`: is followed by the file of that name. A block of text shows what the commands before it print; in it `...` stands
// for anything, a line of it for any number of lines, and a number of seconds in brackets for any other.

import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { root } from '../aws/python.mjs';
import { textOf } from './blocks.mjs';

/**
 * @typedef {{kind: 'file' | 'run' | 'prints' | 'config' | 'unknown', line: number, language: string, text: string, name?: string}} Step
 */

/**
 * @param {string} document
 * @returns {Step[]} its blocks, each with what a walk does with it
 */
export function stepsOf(document) {
  const text = textOf(document);
  const found = [...text.matchAll(/(?:^`([\w./-]+)`:\n\n)?^```(\w*)\n(.*?)^```$/gms)];
  return found.map(([, name, language = '', content = ''], at) => {
    const line = text.slice(0, found[at]?.index).split('\n').length + (name ? 2 : 0);
    return { kind: kindOf(name, language), line, language, text: content, ...(name && { name }) };
  });
}

/** @param {string | undefined} name @param {string} language @returns {Step['kind']} */
function kindOf(name, language) {
  if (name) return 'file';
  if (language === 'sh') return 'run';
  if (language === 'text') return 'prints';
  return language === 'yaml' ? 'config' : 'unknown';
}

/** The machine of a reader: an empty home, and a folder in which the packages for development are installed. */
export class Reader {
  #env;
  /** The folder that the shell is in. */
  at;

  /** @param {NodeJS.ProcessEnv} env beside what every shell has */
  constructor(env) {
    this.parent = realpathSync(mkdtempSync(join(tmpdir(), 'walk-')));
    this.at = this.parent;
    const home = join(this.parent, '.home');
    const bin = join(this.parent, '.bin');
    for (const folder of [home, bin]) mkdirSync(folder);
    for (const name of readdirSync(join(root, '__test__/docs/commands'))) {
      const program = join(bin, name.replace('.mjs', ''));
      writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${join(root, '__test__/docs/commands', name)}" "$@"\n`);
      chmodSync(program, 0o755);
    }
    symlinkSync(join(root, '__test__/frameworks/osls4/node_modules'), join(this.parent, 'node_modules'), 'dir');
    this.#env = /** @type {NodeJS.ProcessEnv} */ ({
      ...{ PATH: bin + delimiter + process.env.PATH, HOME: home, TMPDIR: tmpdir(), CI: '1', NODE_NO_WARNINGS: '1' },
      ...{ SLS_TELEMETRY_DISABLED: '1', SLS_NOTIFICATIONS_MODE: 'off', SLS_AWS_MONITORING_FREQUENCY: '200' },
      ...{ AWS_EC2_METADATA_DISABLED: 'true', GIT_CONFIG_NOSYSTEM: '1' },
      // The AWS SDK v3, which Lambda's runtimes for Node.js bring.
      ...{ NODE_PATH: join(root, 'bench/node_modules'), ...env },
    });
  }

  /** @param {string} name @param {string} text */
  write(name, text) {
    mkdirSync(dirname(join(this.at, name)), { recursive: true });
    writeFileSync(join(this.at, name), text);
  }

  /**
   * Runs what a block says; its folder and what it exports are there for the next one.
   * @param {string} commands
   * @returns {Promise<{code: number | null, output: string}>}
   */
  run(commands) {
    const left = join(this.parent, '.left');
    // What fails ends the block, but for the last command, whose failure may be what the page shows.
    const script = `[ -f "${left}" ] && . "${left}"\nset -e\ntrap 'code=$?; { export -p; printf "cd %s\\n" "\\"$PWD\\""; } > "${left}"; exit $code' EXIT\n${commands}`;
    const child = spawn('sh', ['-c', script], { cwd: this.parent, env: this.#env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    const timer = setTimeout(() => child.kill('SIGKILL'), 240_000);
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => {
        clearTimeout(timer);
        if (!existsSync(left)) return reject(new Error(`the shell was lost: ${output}`));
        const [, folder] = /^cd "(.*)"$/m.exec(readFileSync(left, 'utf8')) ?? [];
        this.at = folder ?? this.at;
        resolve({ code, output });
      });
    });
  }

  remove() {
    rmSync(this.parent, { recursive: true, force: true });
  }
}

/**
 * @param {string} shown in the page
 * @returns {RegExp} what of a terminal is like it
 */
export function like(shown) {
  const plain = `${tidy(shown).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\n`;
  const open = plain.replace(/^\\\.\\\.\\\.\n/gm, '(?:.*\n)*?').replaceAll('\\.\\.\\.', '.*?');
  return new RegExp(`^${open}$`);
}

/** Without empty lines and measured seconds. @param {string} text */
export const tidy = (text) =>
  text
    .replace(/\(\d+s\)/g, '(0s)')
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .join('\n');
