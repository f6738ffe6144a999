// The way to AWS: endpoint, proxy, certificates.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { startProxy } from '../aws/proxy.mjs';
import { startStandIn } from '../aws/stand-in.mjs';
import { frameworks, plainWith } from './harness.mjs';

/** @import { Framework } from './harness.mjs' */

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;
/** @type {import('../aws/proxy.mjs').Proxy} */
let proxy;

before(async () => {
  standIn = await startStandIn({ tls: true });
  proxy = await startProxy();
  await standIn.putSecret('/reach/one', 'one');
});
beforeEach(async () => {
  await standIn.reset();
  proxy.seen.length = 0;
});
after(async () => {
  await proxy.stop();
  await standIn.stop();
});

const BASIC = `Basic ${Buffer.from('user:pass word').toString('base64')}`;

/**
 * Packages a service whose Parameter Store is at `endpoint`.
 * @param {import('node:test').TestContext} t
 * @param {Framework} framework
 * @param {string | undefined} endpoint
 * @param {Record<string, string | undefined>} [env]
 */
function packages(t, framework, endpoint, env) {
  const custom = { secretBaker: ['/reach/one'], ...(endpoint && { secretBakerOptions: { endpoint } }) };
  return plainWith(t, framework, { custom }).run(['package'], { env });
}

for (const framework of frameworks) {
  describe(`a proxy on ${framework}`, () => {
    it('carries the calls of an https endpoint through a tunnel, with its credentials', async (t) => {
      const HTTPS_PROXY = `http://user:pass%20word@127.0.0.1:${proxy.port}`;
      const { code, output } = await packages(t, framework, standIn.tlsEndpoint, { HTTPS_PROXY, AWS_CA_BUNDLE: standIn.ca });
      assert.equal(code, 0, output);
      assert.deepEqual(proxy.seen, [{ how: `CONNECT ${new URL(String(standIn.tlsEndpoint)).host}`, authorization: BASIC }]);
    });

    it('carries the calls of an http endpoint', async (t) => {
      const { code, output } = await packages(t, framework, standIn.endpoint, { HTTP_PROXY: `http://127.0.0.1:${proxy.port}` });
      assert.equal(code, 0, output);
      assert.equal(proxy.seen.length, 1);
    });

    it('is passed by where NO_PROXY says so', async (t) => {
      const env = {
        HTTP_PROXY: `http://127.0.0.1:${proxy.port}`,
        HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
        NO_PROXY: '127.0.0.1',
      };
      const { code, output } = await packages(t, framework, standIn.endpoint, env);
      assert.equal(code, 0, output);
      assert.deepEqual(proxy.seen, []);
    });
  });
}

describe('certificates', () => {
  for (const variable of ['AWS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS', 'cafile']) {
    it(`of ${variable} are trusted`, async (t) => {
      const { code, output } = await packages(t, 'v3', standIn.tlsEndpoint, { [variable]: standIn.ca });
      assert.equal(code, 0, output);
    });
  }

  it('in the variable `ca` are trusted', async (t) => {
    const { code, output } = await packages(t, 'v3', standIn.tlsEndpoint, { ca: readFileSync(String(standIn.ca), 'utf8') });
    assert.equal(code, 0, output);
  });

  it('of an unknown authority are refused, with what to do', async (t) => {
    const { code, output } = await packages(t, 'v3', standIn.tlsEndpoint);
    assert.equal(code, 1, output);
    const said = `the certificate of ${standIn.tlsEndpoint} is not trusted: invalid peer certificate: UnknownIssuer`;
    assert.ok(output.includes(said), output);
    const hint =
      'hint: name the bundle that holds its certificate authority in AWS_CA_BUNDLE; a container may lack the package `ca-certificates`';
    assert.ok(output.includes(hint), output);
  });

  it('are refused in words on a machine without any root', async (t) => {
    const { code, output } = await packages(t, 'v3', standIn.tlsEndpoint, {
      SSL_CERT_FILE: '/dev/null',
      SSL_CERT_DIR: '/nonexistent',
    });
    assert.equal(code, 1, output);
    assert.ok(output.includes('is not trusted: invalid peer certificate: UnknownIssuer'), output);
  });

  it('that cannot be read are an error that names variable and file', async (t) => {
    const { code, output } = await packages(t, 'v3', standIn.tlsEndpoint, { AWS_CA_BUNDLE: '/nonexistent/ca.pem' });
    assert.equal(code, 1, output);
    assert.match(output, /cannot read the certificates that AWS_CA_BUNDLE names, \/nonexistent\/ca\.pem: ENOENT/);
  });

  it('that are none are an error and no panic', async (t) => {
    const service = plainWith(t, 'v3', {
      custom: { secretBaker: ['/reach/one'], secretBakerOptions: { endpoint: standIn.tlsEndpoint } },
    });
    const file = join(service.parent, 'broken.pem');
    writeFileSync(file, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
    const { code, output } = await service.run(['package'], { env: { AWS_CA_BUNDLE: file } });
    assert.equal(code, 1, output);
    const said = 'one of the extra certificate bundles cannot be used: it holds no certificate that can be used';
    assert.ok(output.includes(said), output);
  });
});

describe('the endpoint', () => {
  const NOWHERE = 'http://127.0.0.1:9';

  it('of secretBakerOptions wins over those of the environment', async (t) => {
    const env = { AWS_ENDPOINT_URL: NOWHERE, AWS_ENDPOINT_URL_SSM: NOWHERE };
    const { code, output } = await packages(t, 'v3', standIn.endpoint, env);
    assert.equal(code, 0, output);
  });

  it('of AWS_ENDPOINT_URL_SSM wins over AWS_ENDPOINT_URL', async (t) => {
    const env = { AWS_ENDPOINT_URL: NOWHERE, AWS_ENDPOINT_URL_SSM: standIn.endpoint };
    const { code, output } = await packages(t, 'osls4', undefined, env);
    assert.equal(code, 0, output);
  });
});
