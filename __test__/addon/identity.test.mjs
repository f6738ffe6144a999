// Whose credentials go where, with the real addon in a process of its own: the environment and the shared files decide.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { root } from '../aws/python.mjs';
import { account, credentials, region, startStandIn } from '../aws/stand-in.mjs';

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;
/** @type {string} */
let home;
/** @type {http.Server} whom nobody may call */
let stranger;
/** @type {string} */
let strange;
/** @type {string[]} */
let strangeCalls;

before(async () => {
  standIn = await startStandIn();
  await standIn.putSecret('/identity/a', 'value');
  home = mkdtempSync(join(tmpdir(), 'identity-'));
  stranger = http.createServer((request, response) => {
    strangeCalls.push(`${request.method} ${request.headers.authorization}`);
    response.writeHead(400).end();
  });
  strange = `http://127.0.0.1:${await listening(stranger)}`;
});
afterEach(() => standIn.reset());
after(async () => {
  stranger.close();
  rmSync(home, { recursive: true });
  await standIn.stop();
});

/** @param {net.Server} server */
const listening = (server) =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(/** @type {net.AddressInfo} */ (server.address()).port)));

/**
 * A bake in a process that sees only this environment and these shared files.
 * @param {object} request
 * @param {{config?: string, env?: Record<string, string>}} [around]
 * @returns {Promise<any>} its outcome
 */
const bake = async (request, { config = '', env = {} } = {}) => {
  strangeCalls = [];
  writeFileSync(join(home, 'config'), config);
  const script = `new (require('./plugin/binary.js').loadBinary().Session)().bake(${JSON.stringify({ config: '["/identity/a"]', serviceDir: '.', ...request })})
    .then(({ value, failure }) => process.stdout.write(JSON.stringify({
      entries: value?.entries, bundle: value && JSON.parse(value.bundle.bytes()), failure,
    })))`;
  const shared = { AWS_CONFIG_FILE: join(home, 'config'), AWS_SHARED_CREDENTIALS_FILE: join(home, 'none') };
  const around = { PATH: process.env.PATH, AWS_EC2_METADATA_DISABLED: 'true', ...shared, ...env };
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { cwd: root, env: around, timeout: 120_000 });
  return JSON.parse(stdout);
};

const keysOf = ({ accessKeyId, secretAccessKey } = credentials) =>
  `aws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;

const environmentKeys = { AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey };

describe('keys that are given', () => {
  it('go to no endpoint, region or variant that a shared file names', async () => {
    const config = `[default]\nendpoint_url = ${strange}\nregion = us-west-2\nuse_fips_endpoint = true\n`;
    const { entries } = await bake({ credentials, region, endpoints: { ssm: standIn.endpoint } }, { config });
    assert.equal(entries.length, 1);
    // Nobody answers at the service's own address here; what matters is who is asked.
    const { failure } = await bake({ credentials, region }, { config, env: { HTTPS_PROXY: 'http://127.0.0.1:1' } });
    assert.match(failure.message, /https:\/\/ssm\.eu-central-1\.amazonaws\.com/);
    const { failure: nowhere } = await bake({ credentials }, { config });
    assert.equal(nowhere.code, 'SECRET_BAKER_REGION_MISSING');
    assert.deepEqual(strangeCalls, []);
  });

  it('are told by their part, and never shown, where they cannot be used', async () => {
    const { failure } = await bake({
      credentials: { ...credentials, secretAccessKey: 'hunter2\n' },
      region,
      endpoints: { ssm: standIn.endpoint },
    });
    assert.equal(failure.code, 'SECRET_BAKER_CREDENTIALS');
    assert.match(failure.message, /the secret access key has white space, a line end/);
    assert.doesNotMatch(failure.message, /hunter2/);
  });

  it('use the FIPS endpoint if the environment asks for it, and are never silently without', async () => {
    const env = { AWS_USE_FIPS_ENDPOINT: 'true', HTTPS_PROXY: 'http://127.0.0.1:1' };
    const { failure } = await bake({ credentials, region: 'us-east-1' }, { env });
    assert.match(failure.message, /https:\/\/ssm-fips\.us-east-1\.amazonaws\.com/);
    const both = await bake({ credentials, region, endpoints: { ssm: standIn.endpoint } }, { env });
    assert.equal(both.failure.code, 'SECRET_BAKER_CONFIG_INVALID');
    const odd = await bake({ credentials, region }, { env: { AWS_USE_FIPS_ENDPOINT: 'yes' } });
    assert.match(odd.failure.message, /AWS_USE_FIPS_ENDPOINT is neither `true` nor `false`/);
  });
});

describe('keys that are looked for', () => {
  it('come from one profile, with its own region and endpoint', async () => {
    const config =
      `[default]\nendpoint_url = ${strange}\nregion = us-west-2\n${keysOf()}` +
      `[profile own]\nendpoint_url = ${standIn.endpoint}\nregion = ${region}\n${keysOf()}`;
    const { bundle, failure } = await bake(
      { profile: 'own' },
      { config, env: { ...environmentKeys, AWS_ACCESS_KEY_ID: 'AKIAOTHER' } },
    );
    assert.equal(failure, undefined);
    assert.equal(bundle['/identity/a'].arn, `arn:aws:ssm:${region}:${account}:parameter/identity/a`);
    assert.equal((await standIn.calls())[0]?.accessKeyId, credentials.accessKeyId);
    assert.deepEqual(strangeCalls, []);
  });

  it('come from the environment with nothing of a profile', async () => {
    const config = `[default]\nendpoint_url = ${strange}\nregion = us-west-2\n${keysOf()}`;
    const env = { ...environmentKeys, AWS_REGION: region, AWS_ENDPOINT_URL_SSM: standIn.endpoint };
    assert.equal((await bake({}, { config, env })).entries.length, 1);
    const ignored = await bake(
      {},
      {
        config,
        env: { ...env, AWS_ENDPOINT_URL_SSM: '', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true', HTTPS_PROXY: 'http://127.0.0.1:1' },
      },
    );
    assert.match(ignored.failure.message, /https:\/\/ssm\.eu-central-1\.amazonaws\.com/);
    assert.deepEqual(strangeCalls, []);
  });

  it('are those of an assumed role in the region that was found, from STS and not from the endpoint of Parameter Store', async () => {
    const config =
      `[profile base]\n${keysOf()}` +
      `[profile role]\nrole_arn = arn:aws:iam::${account}:role/deployer\nsource_profile = base\nregion = ${region}\n`;
    const env = { AWS_ENDPOINT_URL_STS: standIn.endpoint };
    const { entries, failure } = await bake({ profile: 'role', endpoints: { ssm: standIn.endpoint } }, { config, env });
    assert.equal(failure, undefined);
    assert.equal(entries.length, 1);
    // Without an endpoint of its own, STS is asked where it is, and not at the given one.
    const away = await bake(
      { profile: 'role', endpoints: { ssm: strange } },
      { config, env: { HTTPS_PROXY: 'http://127.0.0.1:1' } },
    );
    assert.equal(away.failure.code, 'SECRET_BAKER_CREDENTIALS');
    assert.doesNotMatch(away.failure.message, /Missing Region/i);
    assert.deepEqual(strangeCalls, []);
  });

  it('are those of a web identity where the shared files have none', async () => {
    const token = join(home, 'token');
    writeFileSync(token, 'a.b.c');
    const env = {
      AWS_ROLE_ARN: `arn:aws:iam::${account}:role/deployer`,
      AWS_WEB_IDENTITY_TOKEN_FILE: token,
      AWS_ENDPOINT_URL_STS: standIn.endpoint,
    };
    const request = { region, endpoints: { ssm: standIn.endpoint } };
    for (const config of ['', `[default]\nregion = us-west-2\nendpoint_url = ${strange}\n`, `[profile other]\n${keysOf()}`]) {
      const { entries, failure } = await bake(request, { config, env });
      assert.equal(failure, undefined);
      assert.equal(entries.length, 1);
    }
    assert.deepEqual(strangeCalls, []);
  });

  it('end in a sentence where there are none', async () => {
    const { failure } = await bake({ region }, { config: '[default]\nregion = us-west-2\n' });
    assert.equal(failure.code, 'SECRET_BAKER_CREDENTIALS');
    const process = '[profile odd]\ncredential_process = /bin/false\n';
    assert.equal((await bake({ region, profile: 'odd' }, { config: process })).failure.code, 'SECRET_BAKER_CREDENTIALS');
    assert.equal((await bake({ region, profile: 'nobody' })).failure.code, 'SECRET_BAKER_CREDENTIALS');
  });

  it('go to no plain address of another machine', async () => {
    const config = `[profile open]\nendpoint_url = http://ssm.example.com\nregion = ${region}\n${keysOf()}`;
    const { failure } = await bake({ profile: 'open' }, { config });
    assert.equal(failure.code, 'SECRET_BAKER_CONFIG_INVALID');
    assert.match(failure.message, /plain HTTP would show the session token/);
  });
});

describe('a proxy', () => {
  it('that refuses is named with its status and without its password', async (t) => {
    const proxy = http.createServer();
    proxy.on('connect', (_, socket) => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'));
    const port = await listening(proxy);
    t.after(() => proxy.close());
    const named = [{ proxy: `http://user:PASSWORD@127.0.0.1:${port}` }, {}];
    for (const request of named) {
      const env = { HTTPS_PROXY: `http://user:PASSWORD@127.0.0.1:${port}` };
      const { failure } = await bake({ credentials, region, ...request }, { env });
      assert.equal(failure.code, 'SECRET_BAKER_UNREACHABLE');
      assert.match(
        failure.message,
        new RegExp(
          `no way to Parameter Store at https://ssm.${region}.amazonaws.com: the proxy http://127.0.0.1:${port} answers with HTTP status 407`,
        ),
      );
      assert.match(failure.message, /the proxy wants a user and a password/);
      assert.doesNotMatch(failure.message, /PASSWORD@127/);
    }
  });

  it('that nobody answers at is named', async () => {
    const { failure } = await bake({ credentials, region }, { env: { HTTPS_PROXY: 'http://u:PASSWORD@127.0.0.1:1' } });
    assert.match(failure.message, /the proxy http:\/\/127\.0\.0\.1:1 cannot be reached/);
  });
});
