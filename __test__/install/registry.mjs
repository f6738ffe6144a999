// A registry for npm on loopback, which has what is published to it and nothing else.

import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { runLimited } from './limited.mjs';
import { PROGRAMS } from './managers.mjs';

/** Its packages come with set-up, and the linters run without them. */
const require = createRequire(import.meta.url);

/**
 * Starts a registry, on a free port, for the life of this process.
 * @param {string} folder an empty one, for what is published
 * @returns {Promise<Registry>}
 */
export async function startRegistry(folder) {
  const { runServer } = require('verdaccio');
  const server = await runServer({
    self_path: folder,
    storage: join(folder, 'storage'),
    auth: { htpasswd: { file: join(folder, 'htpasswd') } },
    uplinks: {},
    packages: { '**': { access: '$all', publish: '$all' } },
    web: { enable: false },
    max_body_size: '200mb',
    log: { type: 'stdout', format: 'json', level: 'fatal' },
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', () => resolve(undefined)));
  return new Registry(`http://127.0.0.1:${server.address().port}/`, folder);
}

class Registry {
  #folder;

  /**
   * @param {string} url
   * @param {string} folder
   */
  constructor(url, folder) {
    this.url = url;
    this.#folder = folder;
  }

  /**
   * Publishes them as a maintainer does.
   * @param {string[]} archives
   */
  async publish(archives) {
    const home = join(this.#folder, 'publisher');
    mkdirSync(home);
    // npm wants a token before it sends anything; which one does not matter to this registry.
    writeFileSync(join(home, '.npmrc'), `registry=${this.url}\n${this.url.replace('http:', '')}:_authToken=any\n`);
    const waiting = [...archives];
    const worker = async () => {
      for (let archive = waiting.shift(); archive !== undefined; archive = waiting.shift()) await publishOne(archive, home);
    };
    await Promise.all([worker(), worker()]);
  }
}

/**
 * @param {string} archive
 * @param {string} home
 */
async function publishOne(archive, home) {
  const config = ['--userconfig', join(home, '.npmrc'), '--globalconfig', join(home, 'none'), '--cache', join(home, 'cache')];
  const args = [PROGRAMS.npm, 'publish', archive, '--ignore-scripts', '--provenance=false', '--loglevel=error', ...config];
  const { PATH, HOME } = process.env;
  const { code, output } = await runLimited(process.execPath, args, { cwd: home, env: { PATH, HOME } });
  if (code !== 0) throw new Error(`npm publish ${archive} ended with ${code}: ${output}`);
}
