'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { afterEach, beforeEach, test } = require('node:test');
const { fakeService, KEYS } = require('./fake-serverless.js');
const { paged } = require('./paged.js');

const NAMES = [
  ...['AWS_ENDPOINT_URL_STS', 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS', 'AWS_USE_FIPS_ENDPOINT', 'AWS_USE_DUALSTACK_ENDPOINT'],
  ...['AWS_ENDPOINT_URL_DYNAMODB', 'AWS_ENDPOINT_URL_SECRETS_MANAGER'],
  ...['AWS_ENDPOINT_URL_SSM', 'AWS_ENDPOINT_URL', 'AWS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS', 'NO_PROXY', 'no_proxy'],
  ...['proxy', 'HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy'],
  ...['ca', 'HTTPS_CA', 'https_ca', 'cafile', 'HTTPS_CAFILE', 'https_cafile'],
];
const saved = Object.fromEntries(NAMES.map((name) => [name, process.env[name]]));

beforeEach(() => {
  for (const name of NAMES) delete process.env[name];
});

afterEach(() => {
  for (const [name, value] of Object.entries(saved)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

/**
 * The request that the core gets.
 * @param {import('node:test').TestContext} t
 * @param {object} given
 * @param {Record<string, string>} [given.env]
 * @param {Record<string, any>} [given.options] of custom.secretBakerOptions
 * @param {Record<string, any>} [given.provider]
 */
const request = async (t, { env = {}, options = {}, provider = {} }) => {
  Object.assign(process.env, env);
  const custom = { secretBaker: ['A'], secretBakerOptions: options };
  // Keeps a getter of the provider a getter.
  const whole = Object.create(provider, { getCredentials: { value: async () => KEYS } });
  const service = fakeService({ custom, provider: whole });
  t.after(service.remove);
  await service.run('after:package:cleanup');
  return service.core.requests[0] ?? assert.fail('no request');
};

test('after:package:cleanup: region: the option, then the provider, then none', async (t) => {
  const provider = { getRegion: () => 'eu-west-1' };
  assert.equal((await request(t, { provider, options: { region: 'us-east-1' } })).region, 'us-east-1');
  assert.equal((await request(t, { provider })).region, 'eu-west-1');
  assert.equal((await request(t, {})).region, undefined);
});

test('after:package:cleanup: endpoint: the option, the variables, the SDK of the framework, then none', async (t) => {
  const config = { endpoint: 'http://general.test', ssm: { endpoint: 'http://ssm.test' } };
  const provider = { sdk: { config } };
  const both = { AWS_ENDPOINT_URL_SSM: 'http://variable-ssm.test', AWS_ENDPOINT_URL: 'http://variable.test' };
  const options = { endpoint: 'http://option.test' };
  assert.equal((await request(t, { provider, env: both, options })).endpoints?.ssm, 'http://option.test');
  assert.equal((await request(t, { provider, env: both })).endpoints?.ssm, 'http://variable-ssm.test');
  delete process.env.AWS_ENDPOINT_URL_SSM;
  assert.equal((await request(t, { provider })).endpoints?.ssm, 'http://variable.test');
  delete process.env.AWS_ENDPOINT_URL;
  assert.equal((await request(t, { provider })).endpoints?.ssm, 'http://ssm.test');
  assert.equal(
    (await request(t, { provider: { sdk: { config: { endpoint: config.endpoint } } } })).endpoints?.ssm,
    'http://general.test',
  );
  assert.equal((await request(t, { provider: { sdk: { config: {} } } })).endpoints?.ssm, undefined);
});

test('after:package:cleanup: endpoint: an object of the SDK is its address', async (t) => {
  const provider = { sdk: { config: { endpoint: { href: 'http://object.test/' } } } };
  assert.equal((await request(t, { provider })).endpoints?.ssm, 'http://object.test/');
});

test('after:package:cleanup: endpoint: osls 4 has no such SDK and throws', async (t) => {
  const provider = {
    get sdk() {
      throw Object.assign(new Error('removed'), { code: 'AWS_SDK_V2_SURFACE_REMOVED' });
    },
  };
  assert.equal((await request(t, { provider })).endpoints?.ssm, undefined);
});

test('after:package:cleanup: endpoint: a bare host, as the SDK takes it, gets its scheme', async (t) => {
  const of = async (/** @type {object} */ config) => (await request(t, { provider: { sdk: { config } } })).endpoints?.ssm;
  assert.equal(await of({ endpoint: 'localhost:4566' }), 'https://localhost:4566');
  assert.equal(await of({ endpoint: 'localhost:4566', sslEnabled: false }), 'http://localhost:4566');
});

test('after:package:cleanup: endpoint of STS: its own variable, that of all, the SDK; never that of Parameter Store', async (t) => {
  const provider = { sdk: { config: { endpoint: 'http://general.test', sts: { endpoint: 'http://sts.test' } } } };
  const options = { endpoint: 'http://option.test' };
  const env = { AWS_ENDPOINT_URL_SSM: 'http://ssm.test' };
  assert.equal((await request(t, { env, options })).endpoints?.sts, undefined);
  assert.equal((await request(t, { env, options, provider })).endpoints?.sts, 'http://sts.test');
  const general = { AWS_ENDPOINT_URL: 'http://variable.test' };
  assert.equal((await request(t, { env: general, provider })).endpoints?.sts, 'http://variable.test');
  const own = { AWS_ENDPOINT_URL_STS: 'http://variable-sts.test' };
  assert.equal((await request(t, { env: own, provider })).endpoints?.sts, 'http://variable-sts.test');
});

test('after:package:cleanup: endpoints: the option is that of every service but STS', async (t) => {
  const { endpoints } = await request(t, { options: { endpoint: 'http://option.test' } });
  const services = ['ssm', 'dynamodb', 'secretsmanager', 'kms', 'iam', 'lambda', 'cloudformation'];
  const all = Object.fromEntries(services.map((service) => [service, 'http://option.test']));
  assert.deepEqual(endpoints, all);
  assert.deepEqual((await request(t, {})).endpoints, {});
});

test('after:package:cleanup: endpoints: each service has its own variable, before that of all and the SDK', async (t) => {
  const provider = { sdk: { config: { secretsmanager: { endpoint: 'http://sdk.test' } } } };
  const env = { AWS_ENDPOINT_URL_DYNAMODB: 'http://table.test' };
  const own = { dynamodb: 'http://table.test', secretsmanager: 'http://sdk.test' };
  assert.deepEqual((await request(t, { env, provider })).endpoints, own);
  const more = { AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://secrets.test', AWS_ENDPOINT_URL: 'http://variable.test' };
  assert.deepEqual((await request(t, { env: { ...env, ...more }, provider })).endpoints, {
    ssm: 'http://variable.test',
    dynamodb: 'http://table.test',
    secretsmanager: 'http://secrets.test',
    kms: 'http://variable.test',
    iam: 'http://variable.test',
    lambda: 'http://variable.test',
    cloudformation: 'http://variable.test',
    sts: 'http://variable.test',
  });
});

test('after:package:cleanup: AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: the variables count no more, the settings do', async (t) => {
  const env = {
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'True',
    AWS_ENDPOINT_URL: 'http://variable.test',
    AWS_ENDPOINT_URL_SSM: 'http://variable-ssm.test',
    AWS_ENDPOINT_URL_STS: 'http://variable-sts.test',
  };
  const bare = await request(t, { env });
  assert.deepEqual([bare.endpoints?.ssm, bare.endpoints?.sts], [undefined, undefined]);
  assert.equal((await request(t, { env, options: { endpoint: 'http://option.test' } })).endpoints?.ssm, 'http://option.test');
  process.env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS = 'false';
  assert.equal((await request(t, {})).endpoints?.ssm, 'http://variable-ssm.test');
});

for (const [region, domain] of [
  ['eu-central-1', 'amazonaws.com'],
  ['cn-north-1', 'amazonaws.com.cn'],
  ['us-gov-west-1', 'amazonaws.com'],
  ['eusc-de-east-1', 'amazonaws.eu'],
  ['us-iso-east-1', 'c2s.ic.gov'],
  ['us-isob-east-1', 'sc2s.sgov.gov'],
  ['eu-isoe-west-1', 'cloud.adc-e.uk'],
  ['us-isof-south-1', 'csp.hci.ic.gov'],
]) {
  test(`after:package:cleanup: proxy: none for the host of ${region}, however it is spelt`, async (t) => {
    const of = async (/** @type {string} */ NO_PROXY, more = {}) => {
      const env = { HTTP_PROXY: 'http://b.test', NO_PROXY, ...more };
      return (await request(t, { env, provider: { getRegion: () => region } })).proxy;
    };
    assert.equal(await of(`ssm.${region}.${domain}`), undefined);
    assert.equal(await of(`.${domain}`), undefined);
    assert.equal(await of(`ssm.${region}.example.test`), 'http://b.test');
    assert.equal(await of(`ssm-fips.${region}.${domain}`, { AWS_USE_FIPS_ENDPOINT: 'true' }), undefined);
    assert.equal(await of(`ssm.${region}.${domain}`, { AWS_USE_DUALSTACK_ENDPOINT: 'true' }), 'http://b.test');
  });
}

test('after:package:cleanup: proxy: none for the dual-stack host', async (t) => {
  const env = { HTTP_PROXY: 'http://b.test', NO_PROXY: 'ssm.eu-central-1.api.aws', AWS_USE_DUALSTACK_ENDPOINT: 'true' };
  assert.equal((await request(t, { env, provider: { getRegion: () => 'eu-central-1' } })).proxy, undefined);
});

/** @type {[string, Record<string, string>, string | undefined][]} */
const PROXIES = [
  ['none', {}, undefined],
  ['proxy before all', { proxy: 'http://a.test', HTTP_PROXY: 'http://b.test', HTTPS_PROXY: 'http://c.test' }, 'http://a.test'],
  ['HTTP_PROXY, as the framework, for HTTPS too', { HTTP_PROXY: 'http://b.test', HTTPS_PROXY: 'http://c.test' }, 'http://b.test'],
  ['http_proxy', { http_proxy: 'http://b.test' }, 'http://b.test'],
  ['HTTPS_PROXY, which the core reads itself', { HTTPS_PROXY: 'http://c.test' }, undefined],
  ['https_proxy, which the core reads itself', { https_proxy: 'http://c.test' }, undefined],
  ['none for all hosts', { HTTP_PROXY: 'http://b.test', NO_PROXY: '*' }, undefined],
  ['none for a domain', { HTTP_PROXY: 'http://b.test', NO_PROXY: 'x.test, .amazonaws.com' }, undefined],
  ['none for a host', { HTTP_PROXY: 'http://b.test', no_proxy: 'ssm.eu-west-1.amazonaws.com' }, undefined],
  ['one in spite of another domain', { HTTP_PROXY: 'http://b.test', NO_PROXY: 'zonaws.com,,x.test' }, 'http://b.test'],
  [
    'none for an address',
    { HTTP_PROXY: 'http://b.test', NO_PROXY: '127.0.0.1', AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' },
    undefined,
  ],
];

for (const [title, env, expected] of PROXIES) {
  test(`after:package:cleanup: proxy: ${title}`, async (t) => {
    const { proxy } = await request(t, { env, options: { region: 'eu-west-1' } });
    assert.equal(proxy, expected);
  });
}

/** @param {string} name */
const pem = (name) => `-----BEGIN CERTIFICATE-----\n${name}\n-----END CERTIFICATE-----\n`;

/** @param {import('node:test').TestContext} t */
const folder = (t) => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'secret-baker-test-'));
  t.after(() => fs.rmSync(dir, { recursive: true }));
  return (/** @type {string} */ name, text = pem(name)) => {
    fs.writeFileSync(path.join(dir, name), text);
    return path.join(dir, name);
  };
};

test('after:package:cleanup: certificates of each variable, each once', async (t) => {
  const file = folder(t);
  const env = {
    AWS_CA_BUNDLE: file('bundle'),
    NODE_EXTRA_CA_CERTS: file('bundle'),
    cafile: `${file('first')}, ${file('second')}`,
    ca: pem('inline').replaceAll('\n', '\\n'),
  };
  const { certificates } = await request(t, { env });
  assert.deepEqual(certificates, [pem('bundle'), pem('first'), pem('second'), pem('inline')]);
});

test('after:package:cleanup: no certificates', async (t) => {
  assert.deepEqual((await request(t, { env: { AWS_CA_BUNDLE: '' } })).certificates, []);
});

for (const name of ['AWS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS', 'cafile', 'HTTPS_CAFILE', 'https_cafile']) {
  test(`after:package:cleanup: ${name}: a file that cannot be read is named`, async (t) => {
    await assert.rejects(
      request(t, { env: { [name]: '/absent.pem' } }),
      paged(
        'SECRET_BAKER_FILE',
        `cannot read the certificates that ${name} names, /absent.pem: ` +
          `ENOENT: no such file or directory, stat '/absent.pem'\n  hint: correct ${name} or unset it`,
      ),
    );
  });

  test(`after:package:cleanup: ${name}: what is no file, or has no end, is refused unread`, async (t) => {
    for (const [file, reason] of /** @type {const} */ ([
      [os.tmpdir(), 'it is not a file'],
      [folder(t)('large', 'x'.repeat(8 * 1024 * 1024 + 1)), 'it has more than 8 MB'],
    ])) {
      const message = `cannot read the certificates that ${name} names, ${file}: ${reason}\n  hint: correct ${name} or unset it`;
      await assert.rejects(request(t, { env: { [name]: file } }), paged('SECRET_BAKER_FILE', message));
    }
  });

  test(`after:package:cleanup: ${name}: a file without a certificate is named`, async (t) => {
    const file = folder(t)('key.pem', 'nothing');
    await assert.rejects(
      request(t, { env: { [name]: file } }),
      paged(
        'SECRET_BAKER_FILE',
        `no PEM certificate in the file ${file} that ${name} names\n  hint: correct ${name} or unset it`,
      ),
    );
  });
}

test('after:package:cleanup: AWS_CA_BUNDLE: a byte order mark would hide the first certificate, so it is told', async (t) => {
  const file = folder(t)('mark.pem', `\ufeff${pem('one')}${pem('two')}`);
  await assert.rejects(
    request(t, { env: { AWS_CA_BUNDLE: file } }),
    paged(
      'SECRET_BAKER_FILE',
      `a byte order mark begins the file ${file} that AWS_CA_BUNDLE names\n  hint: correct AWS_CA_BUNDLE or unset it`,
    ),
  );
});

for (const name of ['ca', 'HTTPS_CA', 'https_ca']) {
  test(`after:package:cleanup: ${name}: a text that is no certificate is not repeated`, async (t) => {
    await assert.rejects(
      request(t, { env: { [name]: 'something private' } }),
      paged('SECRET_BAKER_FILE', `no PEM certificate in ${name}\n  hint: correct ${name} or unset it`),
    );
  });
}
