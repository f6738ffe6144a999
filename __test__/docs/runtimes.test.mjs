// The snippets of the runtimes' own documents are run. Those in Rust are its documentation tests.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { python, root } from '../aws/python.mjs';
import { credentials, region, startStandIn } from '../aws/stand-in.mjs';

const { loadBinary } = createRequire(import.meta.url)('../../plugin/binary.js');
const { Session } = loadBinary();

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;
/** @type {string} */
let folder;
before(async () => {
  standIn = await startStandIn();
  await standIn.putSecret('/runtimes/password', 'the password');
  const config = JSON.stringify({ DB_PASSWORD: '/runtimes/password' });
  const { value, failure } = await new Session().bake({
    config,
    serviceDir: '.',
    region,
    endpoints: { ssm: standIn.endpoint },
    credentials,
  });
  assert.equal(failure, undefined);
  folder = mkdtempSync(join(tmpdir(), 'snippets-'));
  writeFileSync(join(folder, 'secret-baker-secrets.json'), value.bundle.bytes());
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(join(root, 'runtime/node/dist'), join(folder, 'node_modules/secret-baker'), 'dir');
});
after(async () => {
  await standIn.stop();
  rmSync(folder, { recursive: true, force: true });
});

/**
 * @param {string} document
 * @param {string} language
 */
function snippets(document, language) {
  const text = readFileSync(join(root, document), 'utf8');
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, code = '']) => code);
}

/**
 * @param {string} command
 * @param {string[]} args
 */
function run(command, ...args) {
  const env = {
    PATH: process.env.PATH,
    PYTHONPATH: join(root, 'runtime/python/src'),
    AWS_ENDPOINT_URL: standIn.endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
  return promisify(execFile)(command, args, { cwd: folder, env, timeout: 60_000 });
}

describe('the documents of the runtimes', () => {
  const [node, py] = [snippets('runtime/node/README.md', 'js'), snippets('runtime/python/README.md', 'python')];

  it('show something', () => assert.ok(node.length > 0 && py.length > 0));

  for (const code of node) {
    it(`Node.js: ${code.split('\n')[0]}`, async () => {
      // `import` stands at the top of a module only.
      const module = code.startsWith('import ');
      const text = module ? code : `(async () => {\n${code}\n})().catch((error) => { throw error; });`;
      await run(process.execPath, ...(module ? ['--input-type=module'] : []), '-e', text);
    });
  }

  for (const code of py) {
    it(`Python: ${code.split('\n')[0]}`, async () => {
      await run(python, '-c', code);
    });
  }

  it('name commands that the tests and the linters run', () => {
    const scripts = ['scripts/test.mjs', 'scripts/lint.mjs', 'scripts/build-launcher.mjs'].map((path) =>
      readFileSync(join(root, path), 'utf8'),
    );
    const known = ['pytest', 'ruff', 'mypy', 'cargo', 'zigbuild', 'stand_in', 'sdk'];
    for (const word of known)
      assert.ok(
        scripts.some((script) => script.includes(word)),
        word,
      );
    const lines = ['python', 'rust', 'launcher'].flatMap((name) =>
      snippets(`runtime/${name}/README.md`, 'sh').join('\n').split('\n'),
    );
    for (const line of lines.filter(Boolean))
      assert.match(line, /pytest|ruff|mypy|make_contract\.py|^cargo (test|zigbuild)|^objdump/, line);
  });
});
