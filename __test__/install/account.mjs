// A user's account of its own: an empty home, no caches, and on the PATH only what is named here, so neither Rust nor a C compiler.

import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { runLimited } from './limited.mjs';
import { PROGRAMS, settings } from './managers.mjs';

/** What the package managers look for. */
const SYSTEM = ['sh', 'env'];

/** Those that are there. @type {Set<Account>} */
const there = new Set();
// Where the process is ended before its tests are.
process.on('exit', () => {
  for (const account of there) account.remove();
});

export class Account {
  /**
   * @param {string} node the program of the Node.js that it has
   * @param {string} registry URL of the only one that it knows
   */
  constructor(node, registry) {
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), 'account-')));
    there.add(this);
    const home = join(this.folder, 'home');
    const bin = join(this.folder, 'bin');
    for (const folder of [home, bin]) mkdirSync(folder);
    for (const name of SYSTEM) symlinkSync(programOf(name), join(bin, name));
    symlinkSync(node, join(bin, 'node'));
    for (const [name, path] of Object.entries(PROGRAMS))
      writeFileSync(join(bin, name), `#!/bin/sh\nexec node '${path}' "$@"\n`, { mode: 0o755 });
    this.env = { PATH: bin, HOME: home, CI: '1', ...settings(registry) };
  }

  /**
   * Runs a program of its PATH to the end.
   * @param {string} command
   * @param {string[]} args
   * @param {import('./limited.mjs').Options & {cwd: string}} options `env` is added to the account's
   */
  run(command, args, { env, ...options }) {
    return runLimited(join(this.env.PATH, command), args, { ...options, env: { ...this.env, ...env } });
  }

  remove() {
    there.delete(this);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} name
 * @returns {string} where the program of that name is on our own PATH
 */
function programOf(name) {
  const found = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name));
  const path = found.find(existsSync);
  if (path === undefined) throw new Error(`there is no ${name} on the PATH`);
  return path;
}
