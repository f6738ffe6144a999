// The way of `open` and `exec` to AWS: proxy and certificates, of the bake's calls and of those that open.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startProxy } from '../aws/proxy.mjs';
import { startStandIn } from '../aws/stand-in.mjs';
import { Commands } from './ways.mjs';

/** @import { TestContext } from 'node:test' */
/** @import { Proxy } from '../aws/proxy.mjs' */
/** @import { StandIn } from '../aws/stand-in.mjs' */

/** @type {StandIn} */
let standIn;
before(async () => {
  standIn = await startStandIn({ tls: true });
  await standIn.putSecret('/reach-open/db', 'over a proxy');
});
after(() => standIn.stop());

/** @param {TestContext} t */
async function proxyOf(t) {
  const proxy = await startProxy();
  t.after(() => proxy.stop());
  return proxy;
}

/** @param {TestContext} t */
const shop = (t) => new Commands(t, 'program', standIn, { secrets: { DB_PASSWORD: '/reach-open/db' } });

/**
 * Parameter Store by its address, KMS by its name: the proxy sees which of them was called.
 * @param {string | undefined} endpoint
 */
function endpoints(endpoint) {
  const kms = String(endpoint).replace('127.0.0.1', 'localhost');
  return { AWS_ENDPOINT_URL: endpoint, AWS_ENDPOINT_URL_KMS: kms };
}

/** @param {Proxy} proxy */
const hosts = (proxy) => [...new Set(proxy.seen.map(({ how }) => /(127\.0\.0\.1|localhost):\d+/.exec(how)?.[1]))].sort();

const BOTH = ['127.0.0.1', 'localhost'];
const SHOW = ['exec', '--', process.execPath, '-e', 'process.stdout.write(process.env.DB_PASSWORD)'];

for (const [name, words] of /** @type {const} */ ([
  ['open', ['open', 'DB_PASSWORD', '--reveal']],
  ['exec', SHOW],
])) {
  describe(`${name}, by program`, () => {
    it('goes through the tunnel of a proxy, with its credentials, and trusts AWS_CA_BUNDLE there', async (t) => {
      const proxy = await proxyOf(t);
      const HTTPS_PROXY = `http://user:pass%20word@127.0.0.1:${proxy.port}`;
      const env = { ...endpoints(standIn.tlsEndpoint), HTTPS_PROXY, AWS_CA_BUNDLE: standIn.ca };
      const { code, stdout, stderr } = await shop(t).run([...words], { env });
      assert.equal(stdout, 'over a proxy', stderr);
      assert.equal(code, 0);
      assert.deepEqual(hosts(proxy), BOTH);
      const BASIC = `Basic ${Buffer.from('user:pass word').toString('base64')}`;
      for (const { how, authorization } of proxy.seen) {
        assert.match(how, /^CONNECT /);
        assert.equal(authorization, BASIC);
      }
    });

    it('asks a proxy for what is at an http endpoint', async (t) => {
      const proxy = await proxyOf(t);
      const env = { ...endpoints(standIn.endpoint), HTTP_PROXY: `http://127.0.0.1:${proxy.port}` };
      const { code, stdout, stderr } = await shop(t).run([...words], { env });
      assert.equal(stdout, 'over a proxy', stderr);
      assert.equal(code, 0);
      assert.deepEqual(hosts(proxy), BOTH);
    });

    it('passes a proxy by where NO_PROXY says so', async (t) => {
      const proxy = await proxyOf(t);
      const url = `http://127.0.0.1:${proxy.port}`;
      const env = { ...endpoints(standIn.endpoint), HTTP_PROXY: url, NO_PROXY: '127.0.0.1' };
      const { code, stdout, stderr } = await shop(t).run([...words], { env });
      assert.equal(stdout, 'over a proxy', stderr);
      assert.equal(code, 0);
      assert.deepEqual(hosts(proxy), ['localhost']);
    });

    it('trusts the authority of AWS_CA_BUNDLE, without a proxy too', async (t) => {
      const env = { ...endpoints(standIn.tlsEndpoint), AWS_CA_BUNDLE: standIn.ca };
      const { code, stdout, stderr } = await shop(t).run([...words], { env });
      assert.equal(stdout, 'over a proxy', stderr);
      assert.equal(code, 0);
    });

    it('tells a certificate of KMS that is not trusted, and opens nothing', async (t) => {
      const env = { ...endpoints(standIn.endpoint), AWS_ENDPOINT_URL_KMS: standIn.tlsEndpoint };
      const { code, stdout, stderr } = await shop(t).run([...words], { env });
      assert.equal(stdout, '');
      assert.match(stderr, /invalid peer certificate: UnknownIssuer.*\[SECRET_BAKER_UNREACHABLE\]/);
      assert.equal(code, 3);
    });
  });
}
