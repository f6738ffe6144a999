// Publishing to npm, against a registry of this test: in order, once, and taken up where it broke off.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { run } from '../../scripts/run.mjs';
import { root } from '../aws/python.mjs';

const PLUGIN = 'serverless-secret-baker';
const NAMES = ['secret-baker', PLUGIN, `${PLUGIN}-launcher`, `${PLUGIN}-linux-x64-gnu`];

/** What was published, in order, and what the registry answers to all. */
const registry = { published: /** @type {string[]} */ ([]), broken: 0, other: '', url: '' };
const server = createServer((request, response) => {
  const name = decodeURIComponent((request.url ?? '').slice(1));
  const answer = (/** @type {number} */ status, /** @type {unknown} */ body) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  request.resume().on('end', () => {
    if (registry.broken > 0) return answer(registry.broken, { error: 'not today' });
    if (request.method === 'PUT') {
      registry.published.push(name);
      return answer(201, { ok: true });
    }
    if (!registry.published.includes(name)) return answer(404, { error: 'Not found' });
    const bytes = name === registry.other ? 'another build' : readFileSync(join(folder, `${name}-1.2.3.tgz`));
    const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
    const versions = { '1.2.3': { name, version: '1.2.3', dist: { tarball: `${registry.url}/${name}.tgz`, integrity } } };
    return answer(200, { name, 'dist-tags': { latest: '1.2.3' }, versions });
  });
});

/** @type {string} */
let folder;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'secret-baker-publish-'));
  for (const name of NAMES) {
    const from = join(folder, 'from', name);
    mkdirSync(from, { recursive: true });
    writeFileSync(join(from, 'package.json'), JSON.stringify({ name, version: '1.2.3' }));
    await run('npm', ['pack', '--loglevel=error', '--pack-destination', folder], { cwd: from, quiet: true });
  }
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  registry.url = `http://127.0.0.1:${address.port}`;
  writeFileSync(
    join(folder, 'npmrc'),
    `registry=${registry.url}/\n//127.0.0.1:${address.port}/:_authToken=of-nobody\nfetch-retries=0\n`,
  );
});
beforeEach(() => Object.assign(registry, { published: [], broken: 0, other: '' }));
after(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** @param {NodeJS.ProcessEnv} [more] */
async function publish(more) {
  const env = {
    ...process.env,
    NPM_CONFIG_USERCONFIG: join(folder, 'npmrc'),
    NPM_CONFIG_CACHE: join(folder, 'cache'),
    GITHUB_ACTIONS: '',
    ...more,
  };
  const script = join(root, 'scripts/publish.mjs');
  return promisify(execFile)(process.execPath, [script, folder], { cwd: folder, env }).then(
    ({ stdout }) => ({ status: 0, stdout, stderr: '' }),
    ({ code, stdout, stderr }) => ({ status: code, stdout, stderr }),
  );
}

const IN_ORDER = [`${PLUGIN}-launcher`, `${PLUGIN}-linux-x64-gnu`, PLUGIN, 'secret-baker'];

describe('publishing', () => {
  it('begins with what the plugin asks for', async () => {
    const { status, stdout, stderr } = await publish();
    assert.equal(status, 0, stderr);
    assert.deepEqual(registry.published, IN_ORDER);
    assert.equal(stdout, IN_ORDER.map((name) => `${name}@1.2.3 is published\n`).join(''));
  });

  it('leaves alone what is there, and takes up the rest', async () => {
    registry.published = IN_ORDER.slice(0, 2);
    const { status, stdout, stderr } = await publish();
    assert.equal(status, 0, stderr);
    assert.deepEqual(registry.published, IN_ORDER);
    const said = IN_ORDER.map((name, n) => `${name}@1.2.3 is ${n < 2 ? 'there already' : 'published'}\n`);
    assert.equal(stdout, said.join(''));
  });

  it('stops where another build is there under the same version', async () => {
    registry.published = IN_ORDER.slice(0, 2);
    registry.other = `${PLUGIN}-linux-x64-gnu`;
    const { status, stderr } = await publish();
    assert.equal(status, 1);
    assert.equal(
      stderr,
      `${PLUGIN}-linux-x64-gnu@1.2.3 is there already, and is another one: this is a matter for a new version\n`,
    );
    assert.deepEqual(registry.published, IN_ORDER.slice(0, 2));
  });

  it('stops where it cannot tell what is there', async () => {
    registry.broken = 503;
    const { status, stdout, stderr } = await publish();
    assert.equal(status, 1);
    assert.equal(stdout, '');
    assert.match(
      stderr,
      new RegExp(`^It cannot be told whether ${PLUGIN}-launcher@1\\.2\\.3 is there, so nothing more is published:`),
    );
    assert.deepEqual(registry.published, []);
  });
});

describe('the workflow', () => {
  it('is refused an npm without trusted publishing', async () => {
    const bin = join(folder, 'old');
    mkdirSync(bin);
    writeFileSync(join(bin, 'npm'), '#!/bin/sh\necho 10.9.4\n', { mode: 0o755 });
    const { status, stderr } = await publish({ GITHUB_ACTIONS: 'true', PATH: `${bin}:${process.env.PATH}` });
    assert.equal(status, 1);
    assert.equal(stderr, 'This is npm 10.9. Trusted publishing needs 11.5 or newer.\n');
    assert.deepEqual(registry.published, []);
  });
});
