// What both demos do with the example's service.

import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import yaml from 'js-yaml';
import { root } from '../__test__/aws/python.mjs';

const [bold, plain] = process.stdout.isTTY ? ['\u001b[1m', '\u001b[0m'] : ['', ''];

/** @param {string} text a step's title */
export const say = (text) => console.log(`\n${bold}${text}${plain}`);

/** The example in a folder of its own, with the framework's packages beside it. */
export class DemoService {
  /** @param {string} example its folder */
  constructor(example) {
    this.parent = realpathSync(mkdtempSync(join(tmpdir(), 'secret-baker-demo-')));
    this.dir = join(this.parent, 'shop');
    cpSync(example, this.dir, { recursive: true });
    symlinkSync(join(root, '__test__/frameworks/v3/node_modules'), join(this.parent, 'node_modules'), 'dir');
  }

  /**
   * What the config has for each secret, by name. Where somebody has changed the config and made a mistake, it is the framework's to tell.
   * @returns {Record<string, any>}
   */
  secrets() {
    try {
      const { custom } = /** @type {any} */ (yaml.load(readFileSync(join(this.dir, 'serverless.yml'), 'utf8')));
      return { ...custom.secretBaker };
    } catch {
      return {};
    }
  }

  /**
   * @param {string[]} args
   * @param {Record<string, string | undefined>} env `undefined` unsets
   * @returns {Promise<{ended: boolean, output: string}>} whether it succeeded; if not, it has said why. Its output is shown as it comes
   */
  serverless(args, env) {
    const cli = join(this.parent, 'node_modules/serverless/bin/serverless.js');
    console.log(`$ serverless ${args.join(' ')}`);
    const child = spawn(process.execPath, [cli, ...args], {
      cwd: this.dir,
      env: { ...process.env, SLS_TELEMETRY_DISABLED: '1', SLS_NOTIFICATIONS_MODE: 'off', ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      process.stdout.write(text);
    });
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve({ ended: code === 0, output }));
    });
  }

  /** The names in its folder. */
  list() {
    const names = readdirSync(this.dir).filter((name) => !['.serverless', 'node_modules'].includes(name));
    return names.sort().join('  ');
  }

  remove() {
    rmSync(this.parent, { recursive: true, force: true });
  }
}

/**
 * Runs a demo, and tells what it cannot go on from: mostly a config that the framework takes and that is no more the demo's.
 * @param {() => Promise<boolean>} steps whether all went well; if not, somebody has said why
 * @param {() => Promise<void> | void} end
 */
export async function run(steps, end) {
  try {
    return await steps();
  } catch (error) {
    console.error(`\nThe demo stops here: ${error instanceof Error ? error.message : error}`);
    console.error('  hint: it shows the service of examples/node as it is in the repository; see what was changed in there');
    return false;
  } finally {
    await end();
  }
}
