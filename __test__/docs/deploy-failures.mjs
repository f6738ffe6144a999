// What a deployment says of each code, provoked with the real core against the stand-in: the examples of docs/troubleshooting.md.

import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sealForAge } from '../../scripts/sops-file.mjs';
import { root } from '../aws/python.mjs';
import { credentials, region, startStandIn } from '../aws/stand-in.mjs';
import { makeZip } from '../e2e/zips.mjs';

const require = createRequire(import.meta.url);
const { loadBinary } = require('../../plugin/binary.js');
const { Bundle, Session } = loadBinary();
const { version } = require('../../package.json');
const { CALLER } = require('../../plugin/caller.js');
const { Preflight } = require('../../plugin/preflight.js');

const FILE = 'secret-baker-secrets.json';
const BUNDLE =
  '{"DB_PASSWORD":{"ciphertext":"AQICAA==","arn":"a","version":1},"API_KEY":{"ciphertext":"AQICAA==","arn":"b","version":1}}';
/** An age identity of nobody's. */
const RECIPIENT = 'age1raltp44lgcvm227n5jcgwlg5zzda0aeql6cqz3red76xhj2mrulsjjr79f';
const KEY = 'arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';
/** What says who and where somebody is. */
const AMBIENT = /^(AWS_|SOPS_|XDG_CONFIG_HOME$|HOME$)/;

/** @typedef {{code: string, message: string}} Failure */
/** @typedef {(service: Service) => Promise<Failure>} Provoke */

/** A folder with files and an AWS beside it. */
class Service {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'secret-baker-shop-')));

  /** @param {import('../aws/stand-in.mjs').StandIn} standIn */
  constructor(standIn) {
    this.standIn = standIn;
  }

  /** @param {string} name @param {string | Buffer} content */
  write(name, content) {
    mkdirSync(join(this.dir, name, '..'), { recursive: true });
    writeFileSync(join(this.dir, name), content);
  }

  /** @param {unknown} config @param {object} [more] @returns {Promise<Failure>} */
  async bake(config, more) {
    const json = JSON.stringify(config);
    const { endpoint } = this.standIn;
    const endpoints = { ssm: endpoint, dynamodb: endpoint, secretsmanager: endpoint, sts: endpoint };
    const request = { config: json, written: json, serviceDir: this.dir, region, endpoints, credentials, ...more };
    return failed(await new Session(CALLER).bake(request));
  }

  /** @param {unknown} config @param {string} file @returns {Promise<Failure>} */
  async open(config, file) {
    return failed(await new Session(CALLER).openLocally({ config: JSON.stringify(config), serviceDir: this.dir, file, region }));
  }

  /** @param {import('../../binding.js').FunctionToCarry[]} functions @param {'foresee' | 'put' | 'check'} [what] @returns {Promise<Failure>} */
  async carry(functions, what = 'foresee') {
    return failed(await new Session(CALLER)[what](functions, bundle(), this.dir, this.dir));
  }

  /** @param {string} text @returns {string} without what is of this machine */
  shown(text) {
    return text.replaceAll(this.dir, '/home/me/shop').replaceAll(this.standIn.endpoint, 'https://ssm.eu-central-1.amazonaws.com');
  }
}

/** @param {{failure?: Failure}} outcome */
function failed({ failure }) {
  assert.ok(failure, 'it succeeded');
  return failure;
}

function bundle() {
  const { value } = Bundle.read(Buffer.from(BUNDLE));
  assert.ok(value);
  return value;
}

/** Another process that packages the folder. @param {string} dir */
async function packagedByAnother(dir) {
  const script = `
    const { failure } = new (require('./plugin/binary.js').loadBinary().Session)().packaging().claim(${JSON.stringify(dir)}, ${JSON.stringify(dir)});
    console.log(failure?.message ?? 'claimed');
    process.stdin.resume();`;
  const child = spawn(process.execPath, ['-e', script], { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] });
  assert.equal(String((await once(child.stdout, 'data'))[0]).trim(), 'claimed');
  return child;
}

/** A mistake of our own happens nowhere: what is said of one stands in the core. @returns {Failure} */
function internal() {
  const source = readFileSync(join(root, 'src/core/failure/internal.rs'), 'utf8');
  const [, sentence = ''] = /#\[error\("(.*)"\)\]/.exec(source) ?? [];
  const [, hint = ''] = /Some\("(.*)"\.to_owned/.exec(source) ?? [];
  const { page } = require('../../runtime/contract.json');
  const code = 'SECRET_BAKER_INTERNAL';
  const told = sentence.replace('{said}', 'index out of bounds (source/together.rs:172)');
  return { code, message: `${told}\n  hint: ${hint}\n  more: ${page}#${code.toLowerCase()}` };
}

/** @type {Record<string, Provoke>} */
const PROVOKED = {
  CONFIG_INVALID: (service) => service.bake([{ name: 'DB_PASSWORD', pth: '/app/db/password' }]),
  USAGE: ({ dir }) => {
    const program = join(root, 'bin/secret-baker.js');
    const { stdout, stderr } = spawnSync(process.execPath, [program, 'open', 'DB_PASSWORD', '--revael', '--json'], {
      cwd: dir,
      encoding: 'utf8',
    });
    const { failure } = JSON.parse(stdout);
    return Promise.resolve({ code: failure.code, message: stderr.trimEnd().replace(/^secret-baker: /, '') });
  },
  PARAMETER_NOT_FOUND: (service) => service.bake({ DB_PASSWORD: '/app/gone' }),
  SECRET_NOT_FOUND: (service) => service.bake({ DB_PASSWORD: { secretsManager: 'prod/gone' } }),
  VERSION_NOT_FOUND: (service) => service.bake({ DB_PASSWORD: '/app/db/password:9' }),
  FIELD_NOT_FOUND: (service) => service.bake({ DB_PASSWORD: { sops: 'secrets/prod.json', field: 'db.pasword' } }),
  FILE_INVALID: (service) => service.bake({ DB_PASSWORD: { sops: 'secrets/plain.json', field: 'db.password' } }),
  ACCESS_DENIED: (service) => service.bake({ DB_PASSWORD: '/app/denied' }),
  KEY_UNUSABLE: async (service) => {
    const { endpoint } = service.standIn;
    const endpoints = { ssm: endpoint, kms: endpoint, sts: endpoint, iam: endpoint };
    const config = JSON.stringify({ DB_PASSWORD: '/app/managed' });
    const request = { config, written: config, serviceDir: service.dir, region, endpoints, credentials };
    const report = /** @type {any} */ ({ notice: () => {} });
    const settings = () => ({ config, enabled: true, check: true });
    const commandService = async () => ({ request, options: '{}', functions: [] });
    try {
      await new Preflight(report, () => new Session(CALLER), commandService, settings).run();
    } catch (/** @type {any} */ error) {
      return { code: error.code, message: error.message };
    }
    return assert.fail('nothing was found');
  },
  NOT_ENCRYPTED: (service) => service.bake({ DB_PASSWORD: '/app/plain' }),
  UNKNOWN_CIPHERTEXT: (service) =>
    service.bake({ DB_PASSWORD: { kms: Buffer.from('not encrypted').toString('base64'), keyArn: KEY } }),
  CREDENTIALS: (service) => service.bake({ DB_PASSWORD: '/app/expired' }),
  REGION_MISSING: (service) => service.bake({ DB_PASSWORD: '/app/db/password' }, { region: undefined }),
  THROTTLED: (service) => service.bake({ DB_PASSWORD: '/app/throttled' }),
  TIMEOUT: (service) => service.bake({ DB_PASSWORD: '/app/silent' }),
  UNREACHABLE: (service) => service.bake({ DB_PASSWORD: '/app/db/password' }, { endpoints: { ssm: 'http://127.0.0.1:9' } }),
  SERVICE_ERROR: (service) => service.bake({ DB_PASSWORD: '/app/odd' }),
  CANCELLED: async ({ dir }) => {
    const session = new Session(CALLER);
    session.cancel();
    return failed(await session.bake({ config: '["/app/db/password"]', serviceDir: dir, region, credentials }));
  },
  LOCAL_VALUES: (service) => service.open({ DB_PASSWORD: '/app/db/password', API_KEY: '/app/key' }, 'local.env'),
  NO_IDENTITY: (service) => service.open({ DB_PASSWORD: '/app/db/password' }, 'local.yaml'),
  VARIABLES_TOO_LONG: (service) => {
    const value = `secret-baker:{"ciphertext":"AQIC${'A'.repeat(4100)}","arn":"a"}`;
    return service.carry([{ name: 'users', environment: [{ name: 'DB_PASSWORD', value }] }]);
  },
  ARTEFACT_REMOTE: (service) => service.carry([{ name: 'users', zip: 's3://my-bucket/users.zip' }], 'put'),
  ARTEFACT_MISSING: (service) => service.carry([{ name: 'users', zip: 'build/users.zip' }], 'put'),
  ARTEFACT_DAMAGED: (service) => service.carry([{ name: 'users', zip: 'damaged.zip' }], 'put'),
  ARTEFACT_SHARED: (service) =>
    service.carry(
      [
        { name: 'users', zip: 'shop.zip', only: ['DB_PASSWORD'] },
        { name: 'orders', zip: 'shop.zip', only: ['API_KEY'] },
      ],
      'put',
    ),
  ARTEFACT_WITHOUT_SECRETS: (service) => service.carry([{ name: 'users', zip: 'shop.zip' }], 'check'),
  NO_LAUNCHER: (service) => {
    const env = { place: 'custom.secretBakerOptions.env', launcher: join(service.dir, 'launcher-riscv64.gz') };
    return service.carry([{ name: 'users', zip: 'shop.zip', env }], 'put');
  },
  FOLDER_BUSY: async ({ dir }) => {
    const other = await packagedByAnother(dir);
    try {
      return failed(new Session(CALLER).packaging().claim(dir, dir));
    } finally {
      other.kill();
    }
  },
  FILE: async (service) => {
    service.write(FILE, 'mine');
    return failed(new Session(CALLER).folder(service.dir, service.dir, bundle()).write(service.dir));
  },
  INTERNAL: async () => internal(),
  NO_BINARY: async ({ dir }) => {
    try {
      loadBinary({ machine: { platform: 'linux', arch: 'x64', glibc: '2.36' }, own: '', root: dir });
    } catch (/** @type {any} */ error) {
      const message = error.message.replaceAll(`@${version}`, '@VERSION').replace(/\(Node [\d.]+\)/, '(Node 24.21.0)');
      return { code: error.code, message };
    }
    return assert.fail('it was loaded');
  },
  SEVERAL_PROBLEMS: (service) => service.bake({ DB_PASSWORD: '/app/gone', API_KEY: '/app/plain' }),
};

const FAULTS = [
  { names: ['/app/denied'], error: 'AccessDeniedException' },
  { names: ['/app/expired'], error: 'ExpiredTokenException', message: 'The security token included in the request is expired' },
  { names: ['/app/throttled'], error: 'ThrottlingException', message: 'Rate exceeded' },
  { names: ['/app/silent'], hang: true },
  { names: ['/app/odd'], error: 'OddException', message: 'something odd' },
];

/**
 * What each code of a deployment is told with, by the code without its prefix. Two of them take a minute, side by side.
 * @returns {Promise<Record<string, Failure>>}
 */
export async function deployFailures() {
  const before = Object.entries(process.env).filter(([name]) => AMBIENT.test(name));
  for (const [name] of before) delete process.env[name];
  const standIn = await startStandIn();
  const service = new Service(standIn);
  process.env.HOME = service.dir;
  try {
    await prepare(service);
    const told = Object.entries(PROVOKED).map(async ([code, provoke]) => {
      const { code: found, message } = await provoke(service);
      return /** @type {const} */ ([code, { code: found, message: service.shown(message) }]);
    });
    return Object.fromEntries(await Promise.all(told));
  } finally {
    await standIn.stop();
    rmSync(service.dir, { recursive: true });
    delete process.env.HOME;
    Object.assign(process.env, Object.fromEntries(before));
  }
}

/** @param {Service} service */
async function prepare(service) {
  const { standIn } = service;
  await standIn.putSecret('/app/db/password', 'a secret');
  await standIn.putSecret('/app/managed', 'a secret', { keyId: 'alias/aws/ssm' });
  await standIn.putSecret('/app/plain', 'a secret', { type: 'String' });
  await standIn.faults(FAULTS);
  const blob = Buffer.concat([Buffer.from([1, 2]), Buffer.alloc(150, 7)]).toString('base64');
  const iv = Buffer.alloc(32).toString('base64');
  const password = `ENC[AES256_GCM,data:AAAA,iv:${iv},tag:${Buffer.alloc(16).toString('base64')},type:str]`;
  const sops = { kms: [{ arn: KEY, enc: blob }], version: '3.11.0' };
  service.write('secrets/prod.json', JSON.stringify({ db: { password }, sops }));
  service.write('secrets/plain.json', JSON.stringify({ db: { password: 'a secret' } }));
  execFileSync('git', ['init', '--quiet', service.dir]);
  service.write('.gitignore', 'local.env\n');
  service.write('local.env', 'DB_PASSWORD=a secret\n');
  service.write('local.yaml', await sealForAge({ DB_PASSWORD: 'a secret' }, [RECIPIENT]));
  service.write('damaged.zip', 'PK and no more');
  service.write('shop.zip', await makeZip([{ name: 'handler.js', content: 'exports.handler = async () => {};' }]));
}
