// A project of a user's: a serverless.yml, a handler, and what is installed into it.

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../aws/python.mjs';
import { credentials, region } from '../aws/stand-in.mjs';
import { readZip } from '../e2e/harness.mjs';
import { Account } from './account.mjs';
import { filesIn, manifestIn } from './packages.mjs';
import { registry } from './proof.mjs';

/** @import { Framework } from '../e2e/harness.mjs' */
/** @import { StandIn } from '../aws/stand-in.mjs' */
/** @import { Ended } from './limited.mjs' */
/** @import { Manager } from './managers.mjs' */

/** The parameter that the service bakes, by the secret's name. */
export const SECRETS = { PASSWORD: '/install/password' };

/** Lambda's name of this machine's processor: the launcher for it has been built. */
const PROCESSOR = process.arch === 'arm64' ? 'arm64' : 'x86_64';

/** One function opens its secret itself, the other one has it from the launcher. No plugin yet. */
const SERVICE = `# A comment of the user's.
service: empty
frameworkVersion: '*'
provider:
  name: aws
  runtime: nodejs20.x
  architecture: ${PROCESSOR}
  region: ${region}
package:
  individually: true
custom:
  secretBaker:
    PASSWORD: ${SECRETS.PASSWORD}
  secretBakerOptions:
    env:
      launched: [PASSWORD]
functions:
  hello:
    handler: handler.hello
  launched:
    handler: handler.hello
`;

export class Project {
  processor = PROCESSOR;

  /**
   * A project in an account of its own, which goes with the test.
   * @param {{after: (remove: () => void) => void}} t
   * @param {string} [node] the program of the Node.js that the account has
   */
  constructor(t, node = process.execPath) {
    this.account = new Account(node, registry);
    t.after(() => this.account.remove());
    this.dir = join(this.account.folder, 'project');
    mkdirSync(this.dir);
    this.write('serverless.yml', SERVICE);
    this.write('handler.js', 'exports.hello = async () => ({ ok: true });\n');
  }

  /**
   * @param {string} path
   * @param {string} text
   */
  write(path, text) {
    writeFileSync(join(this.dir, path), text);
  }

  /** @param {string} path of a file or a folder */
  remove(path) {
    rmSync(join(this.dir, path), { recursive: true });
  }

  /** @param {string} path */
  read(path) {
    return readFileSync(join(this.dir, path), 'utf8');
  }

  /**
   * Writes into the config what the user of a manager does.
   * @param {Manager} manager
   */
  configure({ patterns }) {
    const left = patterns ? `  individually: true\n  patterns: ${JSON.stringify(patterns)}\n` : '  individually: true\n';
    const service = SERVICE.replace('  individually: true\n', left);
    this.write('serverless.yml', `${service}plugins:\n  - serverless-secret-baker\n`);
  }

  /**
   * Runs a program of the account's in the project's folder.
   * @param {string} command
   * @param {string[]} args
   * @param {NodeJS.ProcessEnv} [env]
   */
  run(command, args, env) {
    return this.account.run(command, args, { cwd: this.dir, env });
  }

  /**
   * Adds packages as a user does.
   * @param {Manager} manager
   * @param {...string} names
   */
  add({ program, add, env }, ...names) {
    // Else Yarn 4 and pnpm take a folder further up for the project.
    if (!existsSync(join(this.dir, 'package.json'))) this.write('package.json', '{ "name": "empty", "private": true }\n');
    if (program === 'berry') this.write('yarn.lock', '');
    return this.run(program, [...add, ...names], env);
  }

  /**
   * Runs a framework, which is installed elsewhere, as a global one is.
   * @param {Framework} framework
   * @param {string[]} args
   * @param {NodeJS.ProcessEnv} [env]
   * @returns {Promise<Ended & {loaded: string[]}>} with the modules that it has loaded, without its own
   */
  async framework(framework, args, env) {
    const cli = join(root, '__test__/frameworks', framework, 'node_modules', framework === 'v3' ? 'serverless' : 'osls');
    const plugAndPlay = existsSync(join(this.dir, '.pnp.cjs')) ? ['--require', join(this.dir, '.pnp.cjs')] : [];
    const before = [...plugAndPlay, '--require', join(root, '__test__/install/loaded.cjs')];
    const loaded = join(this.account.folder, 'loaded.json');
    const ended = await this.run('node', [...before, join(cli, 'bin/serverless.js'), ...args], {
      SLS_TELEMETRY_DISABLED: '1',
      SLS_NOTIFICATIONS_MODE: 'off',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      LOADED_FILES: loaded,
      ...env,
    });
    const modules = /** @type {string[]} */ (existsSync(loaded) ? JSON.parse(readFileSync(loaded, 'utf8')) : []);
    return { ...ended, loaded: modules.filter((file) => !file.startsWith(join(root, '__test__'))) };
  }

  /**
   * @param {Framework} framework
   * @param {StandIn} standIn
   * @param {NodeJS.ProcessEnv} [env]
   */
  package(framework, { endpoint }, env) {
    return this.framework(framework, ['package'], { AWS_ENDPOINT_URL: endpoint, ...env });
  }

  /**
   * Runs what npx finds in the project.
   * @param {string[]} words
   * @param {StandIn} standIn
   */
  npx(words, { endpoint }) {
    const env = {
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_REGION: region,
      AWS_ENDPOINT_URL: endpoint,
    };
    return this.account.run('npx', ['--no-install', ...words], { cwd: this.dir, env });
  }

  /** @param {string} name of a function */
  zip(name) {
    return readZip(join(this.dir, `.serverless/${name}.zip`));
  }

  /** @returns {Map<string, string>} the plugin's packages below node_modules: the folder of each, by its name */
  installed() {
    const manifests = filesIn(this.dir).filter((path) => /(^|\/)node_modules\/[^/]*secret-baker[^/]*\/package\.json$/.test(path));
    const folders = manifests.map((path) => join(this.dir, path, '..'));
    return new Map(folders.map((folder) => [manifestIn(folder).name, folder]));
  }
}
