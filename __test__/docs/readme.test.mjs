// Every command and snippet of the documents is run, or is a piece of a file that is.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import yaml from 'js-yaml';
import { root } from '../aws/python.mjs';
import { credentials, region, startStandIn } from '../aws/stand-in.mjs';
import { blocks, textOf } from './blocks.mjs';
import { entriesOf, store, whole } from './places.mjs';

const require = createRequire(import.meta.url);
const { loadBinary } = require('../../plugin/binary.js');
const { Session } = loadBinary();
const { readSettings } = require('../../plugin/settings.js');
const { parse } = require('../../runtime/node/lib/source/registry.js');

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;
before(async () => {
  standIn = await startStandIn();
});
after(() => standIn.stop());

/** @param {string} title */
const npm = (title, /** @type {string[]} */ args, /** @type {string} */ cwd = root) =>
  assert.doesNotThrow(() => execFileSync('npm', args, { cwd, stdio: 'pipe', timeout: 300_000 }), title);

const identitiesOfSops = () => assert.match(textOf('src/core/local/identity/tests.rs'), /sops\/age\/keys\.txt/);
const filesOfSops = () => assert.match(textOf('src/core/local/tests.rs'), /x25519\.yaml/);
const invokedLocally = () => assert.match(textOf('__test__/e2e/local-values.test.mjs'), /'--secret-baker-local'/);

/** What each shell line of the documents does here. @type {Record<string, () => void | Promise<void>>} */
const commands = {
  'npm run demo': () => npm('the demo succeeds', ['run', 'demo']),
  // The command that runs this very test: only that the words mean it.
  'npm test': () => assert.equal(require('../../package.json').scripts.test, 'node scripts/test.mjs'),
  'npm run bench': () => assert.equal(require('../../package.json').scripts.bench, 'node scripts/bench.mjs'),
  // A suite of its own runs it.
  'node bench/main.mjs --quick': () => assert.match(textOf('scripts/test.mjs'), /'bench\/main\.mjs', '--quick'/),
  'node bench/main.mjs --only speed': measuresThePace,
  'node bench/main.mjs --only sources': measuresSources,
  'node bench/main.mjs --only commands': measuresCommands,
  'node bench/main.mjs --only cold': measuresColdStarts,
  'npm install --save-dev serverless-secret-baker': installAsUserWould,
  // An own binary. Its name and the variable: __test__/plugin and __test__/install.
  'git clone --branch vVERSION https://github.com/secret-baker/serverless-secret-baker.git': isTagged,
  'cd serverless-secret-baker && npm ci && npm run build': buildsIntoTheClone,
  'export SECRET_BAKER_BINARY=$HOME/serverless-secret-baker/secret-baker.freebsd-x64.node': buildsIntoTheClone,
  // Tools of others, which are not here. What they write is opened by other tests.
  'age-keygen -o ~/.config/sops/age/keys.txt    # or take the SSH key that you have': identitiesOfSops,
  'sops encrypt --age age1... secrets.plain.yaml > secrets.local.yaml': filesOfSops,
  'serverless invoke local -f hello --secret-baker-local secrets.local.yaml': invokedLocally,
  'aws kms encrypt --key-id alias/app --plaintext fileb://secret.txt --encryption-context service=billing --query CiphertextBlob --output text':
    encryptsByKms,
};

/** The repository's address, and how the release workflow calls its tags. */
function isTagged() {
  assert.match(require('../../package.json').repository.url, /github\.com\/secret-baker\/serverless-secret-baker\.git$/);
  assert.match(textOf('.github/workflows/release.yml'), /^ +tags: \['?"?v/m);
}

/** `napi build --platform` names the file after the binary's name and the platform. */
function buildsIntoTheClone() {
  const { scripts, napi } = require('../../package.json');
  assert.match(scripts.build, /^napi build --platform .* --output-dir \.$/);
  assert.equal(napi.binaryName, 'secret-baker');
}

/** What the AWS CLI sends, and what it prints. */
async function encryptsByKms() {
  const context = { service: 'billing' };
  const { KeyMetadata } = await standIn.kms('CreateKey', {});
  const question = { KeyId: KeyMetadata.Arn, Plaintext: Buffer.from('secret').toString('base64'), EncryptionContext: context };
  const { CiphertextBlob } = await standIn.kms('Encrypt', question);
  const config = JSON.stringify([{ name: 'DB_PASSWORD', kms: CiphertextBlob, keyArn: KeyMetadata.Arn, context }]);
  const { value, failure } = await new Session().bake({ config, serviceDir: '.' });
  assert(value, failure?.message);
  const { DB_PASSWORD } = JSON.parse(String(value.bundle.bytes()));
  assert.deepEqual(DB_PASSWORD, { source: 'kms', ciphertext: CiphertextBlob, key: KeyMetadata.Arn, context });
}

/** The command, small: it tells of each source, and of local values. */
function measuresSources() {
  const options = { cwd: root, encoding: /** @type {const} */ ('utf8'), timeout: 300_000 };
  const said = execFileSync(process.execPath, ['bench/main.mjs', '--quick', '--only', 'sources'], options);
  for (const source of ['KMS ciphertext in the config', 'one SOPS file', 'Secrets Manager', 'credstash'])
    assert.match(said, new RegExp(`^\\| ${source} \\| 4 \\| [04] \\| `, 'm'));
  assert.match(said, /^From nothing to the first of 10 local secrets /m);
}

/** The command, small: it tells of each way to ask, and of the goal. */
function measuresCommands() {
  const options = { cwd: root, encoding: /** @type {const} */ ('utf8'), timeout: 300_000 };
  const said = execFileSync(process.execPath, ['bench/main.mjs', '--quick', '--only', 'commands'], options);
  for (const way of ['`list`, by the npm package', 'AWS SDK v3, the calls of `list` but for aliases, all at once'])
    assert.ok(said.includes(`\n| ${way} | 60 | `), said);
  assert.match(said, /^- `list` of 60 secrets at 5 ms within 2 s, /m);
}

/** The command, small: it tells of each language and the launcher, and leaves the documents alone. */
function measuresColdStarts() {
  const written = ['README.md', 'docs/benchmarks.md'];
  const before = written.map(textOf);
  const options = { cwd: root, encoding: /** @type {const} */ ('utf8'), timeout: 300_000 };
  const said = execFileSync(process.execPath, ['bench/main.mjs', '--quick', '--only', 'cold'], options);
  for (const way of ['secret-baker, Node\\.js 2\\d', 'secret-baker, Python 3\\.\\d+', 'the launcher, Node\\.js 2\\d'])
    assert.match(said, new RegExp(`^\\| ${way} \\| -?[\\d.,]+ ms \\(-?[\\d.,]+ \\+ -?[\\d.,]+\\) \\|$`, 'm'));
  assert.match(said, /^- the launcher adds at most 15 ms and one round trip: /m);
  assert.deepEqual(written.map(textOf), before);
}

/** The command, small: it tells of both goals, and leaves the documents alone. */
function measuresThePace() {
  const written = ['README.md', 'docs/benchmarks.md'];
  const before = written.map(textOf);
  const options = { cwd: root, encoding: /** @type {const} */ ('utf8'), timeout: 300_000 };
  const said = execFileSync(process.execPath, ['bench/main.mjs', '--quick', '--only', 'speed'], options);
  assert.match(said, /^- 25 secrets at 30 ms in at most 4\.5 round trips, where nothing throttles: \d+\.\d\d, /m);
  assert.match(said, /^- under the bucket no more throttled calls than 18 of 118: \d+ of \d+, /m);
  assert.deepEqual(written.map(textOf), before);
}

/** Packs and installs what a user would get, and bakes with it. */
async function installAsUserWould() {
  const folder = mkdtempSync(join(tmpdir(), 'install-'));
  try {
    const packed = execFileSync('npm', ['pack', '--json', '--loglevel=error', '--pack-destination', folder], { cwd: root });
    const listing = JSON.parse(String(packed));
    const { filename } = Array.isArray(listing) ? listing[0] : /** @type {any} */ (Object.values(listing)[0]);
    npm('the tarball installs', ['install', '--no-audit', '--no-fund', '--prefix', folder, join(folder, filename)], folder);
    const installed = join(folder, 'node_modules/serverless-secret-baker');
    const addon = readdirSync(root).find((name) => name.endsWith('.node'));
    const script =
      "const { Session } = require('./plugin/core.js').loadCore(); require('./index.js'); new Session().bake({ config: '[]', serviceDir: '.' }).then(({ value }) => console.log(String(value.bundle.bytes())))";
    const env = { ...process.env, SECRET_BAKER_BINARY: join(root, String(addon)) };
    assert.equal(String(execFileSync(process.execPath, ['-e', script], { cwd: installed, env })).trim(), '{}');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} text */
const codes = (text) => new Set(text.match(/SECRET_BAKER_[A-Z_]+[A-Z]/g));

describe('the documents', () => {
  const found = blocks();

  for (const { document, line, text } of found.filter(({ language }) => language === 'sh')) {
    for (const command of text
      .trim()
      .replaceAll(/ \\\n\s*/g, ' ')
      .split('\n')) {
      it(`${document}:${line} runs: ${command}`, async () => {
        assert.ok(commands[command], `nobody has said how to test \`${command}\``);
        await commands[command]();
      });
    }
  }

  for (const { document, line, text } of found.filter(({ language }) => language === 'yaml')) {
    it(`${document}:${line} is a config that bakes`, () => bakes(/** @type {any} */ (yaml.load(whole(text)))));
  }

  const folders = /** @type {Record<string, string>} */ ({
    js: 'examples/node',
    python: 'examples/python',
    rust: 'examples/rust/src',
    ruby: 'examples/ruby',
  });
  for (const { document, line, language, text } of found.filter(({ language }) => language in folders)) {
    it(`${document}:${line} is a piece of an example`, () => {
      const folder = String(folders[language]);
      const names = readdirSync(join(root, folder), { withFileTypes: true }).filter((entry) => entry.isFile());
      const files = names.map(({ name }) => readFileSync(join(root, folder, name), 'utf8'));
      assert.ok(
        files.some((file) => file.includes(text)),
        `no file of ${folder} holds it`,
      );
    });
  }

  for (const { document, line, text } of found.filter(({ language }) => language === 'json')) {
    it(`${document}:${line} is a policy, or a bundle that an opener reads`, () => {
      const value = JSON.parse(whole(text));
      if (value.Statement || value.Effect || Array.isArray(value)) return isPolicy([value.Statement ?? value].flat());
      assert.ok(Object.keys(value).length > 0);
      for (const entry of /** @type {any[]} */ (Object.values(value))) {
        if (entry.source === undefined) assert.deepEqual(Object.keys(entry), ['ciphertext', 'arn', 'version']);
        assert.ok(parse(entry).describe().place);
      }
    });
  }

  it('have no block in a language that nobody tests', () => {
    // The Dockerfile is built by __test__/e2e/artefacts.test.mjs.
    const tested = ['sh', 'yaml', 'json', 'text', 'dockerfile', ...Object.keys(folders)];
    assert.deepEqual(
      found.filter(({ language }) => !tested.includes(language)),
      [],
    );
  });

  it('say nothing of a code of the plugin that there is not', () => {
    const { deployCodes } = JSON.parse(textOf('runtime/contract.json'));
    const variables = ['ENV', 'NEXT_WRAPPER', 'ALLOW_INSECURE_ENDPOINT', 'LOCAL', 'BINARY'];
    const known = new Set([...Object.keys(deployCodes), ...variables].map((name) => `SECRET_BAKER_${name}`));
    const plugin = readdirSync(join(root, 'plugin')).map((name) => textOf(join('plugin', name)));
    const used = [...codes(plugin.join('\n')), ...codes(textOf('README.md'))];
    assert.deepEqual(
      used.filter((code) => !known.has(code)),
      [],
    );
  });

  it('list every code of the readers, and no other', () => {
    const contract = JSON.parse(textOf('runtime/contract.json'));
    const known = Object.keys({ ...contract.codes, ...contract.launcherCodes }).map((code) => `SECRET_BAKER_${code}`);
    const [, table = ''] = /## What can go wrong(.*?)\n## /s.exec(textOf('docs/bundle.md')) ?? [];
    const listed = [...table.matchAll(/^\| `(SECRET_BAKER_\w+)`/gm)].map((match) => String(match[1]));
    assert.deepEqual([...new Set(listed)].sort(), known.sort());
  });
});

/** @param {any} service */
async function bakes(service) {
  const settings = readSettings(service.custom);
  if (settings === undefined) return assert.deepEqual(service, { plugins: ['serverless-secret-baker'] });
  const folder = mkdtempSync(join(tmpdir(), 'documented-'));
  try {
    await store(standIn, folder, entriesOf(service.custom.secretBaker));
    const endpoints = Object.fromEntries(['ssm', 'dynamodb', 'secretsmanager'].map((id) => [id, standIn.endpoint]));
    const request = { config: settings.config, serviceDir: folder, region, endpoints, credentials };
    const session = new Session();
    const { value, failure } = await session.bake(request);
    assert(value, failure?.message);
    for (const { source, ciphertext, arn } of Object.values(JSON.parse(String(value.bundle.bytes())))) {
      if (source === undefined) assert.match(await standIn.decrypt(ciphertext, arn), /^the secret of /);
    }
    const functions = Object.entries(service.functions ?? {}).map(([name, own]) => ({ name, only: own.secretBaker }));
    assert.deepEqual(await session.foresee(functions, value.bundle, root), {});
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await standIn.reset();
  }
}

const ACTIONS = [
  ...['ssm:GetParameters', 'ssm:GetParameter', 'ssm:GetParametersByPath', 'kms:Decrypt'],
  ...['secretsmanager:DescribeSecret', 'secretsmanager:UpdateSecretVersionStage', 'secretsmanager:GetSecretValue'],
  ...['dynamodb:Query', 'dynamodb:GetItem'],
];

/** @param {any[]} statements of a policy */
function isPolicy(statements) {
  for (const { Effect, Action, Resource } of statements) {
    assert.equal(Effect, 'Allow');
    assert.ok(Resource);
    for (const action of [Action].flat()) assert.ok(ACTIONS.includes(action), action);
  }
}
