'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { version } = require('../../package.json');
const { page } = require('../../runtime/contract.json');
const { loadBinary } = require('../../plugin/binary.js');
const { platformOf, thisMachine } = require('../../plugin/platform.js');

/** @import { Machine } from '../../plugin/platform.js' */

/** @type {Machine[]} */
const SUPPORTED = [
  { platform: 'linux', arch: 'x64', glibc: '2.36' },
  { platform: 'linux', arch: 'arm64', glibc: '2.36' },
  { platform: 'linux', arch: 'x64' },
  { platform: 'linux', arch: 'arm64' },
  { platform: 'darwin', arch: 'x64' },
  { platform: 'darwin', arch: 'arm64' },
  { platform: 'win32', arch: 'x64' },
  { platform: 'win32', arch: 'arm64' },
];
const GLIBC = { platform: 'linux', arch: 'x64', glibc: '2.12' };
const MUSL = { platform: 'linux', arch: 'x64' };
const NODE = `(Node ${process.versions.node})`;
const FORGOTTEN =
  'npm leaves it out with --omit=optional, and where package-lock.json or node_modules comes from another platform';
const BUILD =
  'build it on this machine, with Rust, and let SECRET_BAKER_BINARY name the .node file that this makes: ' +
  `git clone --branch v${version} https://github.com/secret-baker/serverless-secret-baker.git && cd serverless-secret-baker && npm ci && npm run build`;
const RIGHT = /** @type {any} */ ({ VERSION: version });

/** A folder that the plugin might lie in. @param {import('node:test').TestContext} t */
const folder = (t) => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'secret-baker-binary-'));
  t.after(() => fs.rmSync(root, { recursive: true, force: true }));
  return root;
};

/**
 * As npm would install a platform's package.
 * @param {string} root
 * @param {string} platform
 */
const install = (root, platform) => {
  const to = path.join(root, 'node_modules', `serverless-secret-baker-${platform}`);
  fs.mkdirSync(to, { recursive: true });
  fs.writeFileSync(path.join(to, 'package.json'), JSON.stringify({ version }));
  const file = path.join(to, `secret-baker.${platform}.node`);
  fs.writeFileSync(file, 'no binary');
  return fs.realpathSync(file);
};

/**
 * @param {Parameters<typeof loadBinary>[0]} given
 * @returns {string[]} the lines of the failure, above that of its page
 */
const failureOf = (given) => {
  try {
    loadBinary(given);
  } catch (error) {
    assert(error instanceof Error && 'code' in error);
    assert.equal(error.code, 'SECRET_BAKER_NO_BINARY');
    const [more, ...lines] = error.message.split('\n').reverse();
    assert.equal(more, `  more: ${page}#secret_baker_no_binary`);
    return lines.reverse();
  }
  assert.fail('it is loaded');
};

/** @param {string} message of the loader */
const refusing = (message) => () => {
  throw new Error(message);
};

test('the binary that was built in this clone is loaded on this machine, and is of the version of the plugin', () => {
  const { Session, VERSION } = loadBinary({ own: '' });
  assert.equal(typeof Session, 'function');
  assert.equal(VERSION, version);
});

for (const machine of SUPPORTED) {
  const platform = platformOf(machine);
  const dependency = `serverless-secret-baker-${platform}`;

  test(`${platform}: loads the binary of its package, and none of another platform`, (t) => {
    const root = folder(t);
    const files = SUPPORTED.map((each) => install(root, platformOf(each)));
    const loaded = /** @type {string[]} */ ([]);
    const load = (/** @type {string} */ file) => {
      loaded.push(file);
      return RIGHT;
    };
    assert.equal(loadBinary({ machine, own: '', root, load }), RIGHT);
    assert.deepEqual(loaded, [files[SUPPORTED.indexOf(machine)]]);
  });

  test(`${platform}: a missing package is named with its version, and the command that installs it`, (t) => {
    const root = folder(t);
    for (const other of SUPPORTED) if (other !== machine) install(root, platformOf(other));
    const [what, hint, ...more] = failureOf({ machine, own: '', root, load: refusing('not asked') });
    assert.match(what ?? '', new RegExp(`^the package ${dependency}@${version} is not installed: it has the binary for `));
    assert.equal(hint, `  hint: npm install --save-dev --include=optional serverless-secret-baker@${version}; ${FORGOTTEN}`);
    assert.deepEqual(more, []);
  });
}

test('what was built in a clone comes before what is installed', (t) => {
  const root = folder(t);
  install(root, 'linux-x64-musl');
  const built = path.join(root, 'secret-baker.linux-x64-musl.node');
  fs.writeFileSync(built, '');
  const load = (/** @type {string} */ file) => /** @type {any} */ ({ VERSION: version, file });
  assert.equal(/** @type {any} */ (loadBinary({ machine: MUSL, own: '', root, load })).file, built);
});

test('a platform that has no package: tells which have one, and how to build', (t) => {
  for (const [machine, words] of /** @type {[Machine, string][]} */ ([
    [{ platform: 'freebsd', arch: 'x64' }, 'freebsd x64'],
    [{ platform: 'linux', arch: 'riscv64', glibc: '2.39' }, 'linux riscv64 with glibc 2.39'],
    [{ platform: 'win32', arch: 'ia32' }, 'win32 ia32'],
    [{ platform: 'linux', arch: 's390x' }, 'linux s390x with musl'],
  ])) {
    assert.deepEqual(failureOf({ machine, own: '', root: folder(t), load: refusing('not asked') }), [
      `there is no binary of serverless-secret-baker for ${words} ${NODE}, only for darwin-arm64, darwin-x64, linux-arm64-gnu, ` +
        'linux-arm64-musl, linux-x64-gnu, linux-x64-musl, win32-arm64-msvc, win32-x64-msvc',
      `  hint: ${BUILD}`,
    ]);
  }
});

test('a binary for another C library: tells what it needs and what is here', (t) => {
  const root = folder(t);
  for (const platform of ['linux-x64-gnu', 'linux-x64-musl']) install(root, platform);
  for (const [machine, said, needed] of /** @type {[Machine, string, string][]} */ ([
    [
      GLIBC,
      "/lib64/libc.so.6: version `GLIBC_2.17' not found (required by /x.node)",
      'linux x64 with glibc 2.12 (Node NODE): it needs glibc 2.17 or newer',
    ],
    [
      GLIBC,
      'libc.musl-x86_64.so.1: cannot open shared object file: No such file or directory',
      'linux x64 with glibc 2.12 (Node NODE): it needs musl instead of glibc',
    ],
    [
      MUSL,
      'Error loading shared library ld-linux-x86-64.so.2: No such file or directory (needed by /x.node)',
      'linux x64 with musl (Node NODE): it needs glibc instead of musl',
    ],
    [
      MUSL,
      'Error loading shared library libc.so.6: No such file or directory',
      'linux x64 with musl (Node NODE): it needs glibc instead of musl',
    ],
  ])) {
    assert.deepEqual(failureOf({ machine, own: '', root, load: refusing(said) }), [
      `the binary of serverless-secret-baker-${platformOf(machine)} cannot be loaded on ${needed.replace('NODE', process.versions.node)}`,
      `  hint: ${BUILD}`,
    ]);
  }
});

test('a damaged binary: tells what the loader said, fit for a terminal, and to install it again', (t) => {
  const root = folder(t);
  install(root, 'linux-x64-musl');
  assert.deepEqual(
    failureOf({ machine: MUSL, own: '', root, load: refusing('/x.node: invalid ELF header\u001b[2J\nRequire stack:') }),
    [
      `the binary of serverless-secret-baker-linux-x64-musl cannot be loaded on linux x64 with musl ${NODE}: ` +
        '/x.node: invalid ELF header\\u{1b}[2J Require stack:',
      '  hint: npm ci, which installs it anew',
    ],
  );
});

test('a package whose package.json is damaged is not taken for a missing one', (t) => {
  const root = folder(t);
  const file = install(root, 'linux-x64-gnu');
  fs.writeFileSync(path.join(file, '..', 'package.json'), '{');
  const [what, hint] = failureOf({ machine: GLIBC, own: '', root });
  assert.match(
    what ?? '',
    /^the package serverless-secret-baker-linux-x64-gnu, which has the binary for linux x64 with glibc 2\.12 \(Node \S+\), cannot be read: .*package\.json/,
  );
  assert.equal(hint, '  hint: npm ci, which installs it anew');
});

test('a package without its binary is damaged', (t) => {
  const root = fs.realpathSync(folder(t));
  const file = install(root, 'linux-x64-gnu');
  fs.rmSync(file);
  const [what, hint] = failureOf({ machine: GLIBC, own: '', root, load: refusing('not asked') });
  assert.equal(what, `the binary of serverless-secret-baker-linux-x64-gnu: there is no such file (${file})`);
  assert.equal(hint, '  hint: npm ci, which installs it anew');
});

test('a binary of another version is refused, wherever it comes from', (t) => {
  const root = folder(t);
  const load = (/** @type {any} */ VERSION) => () => /** @type {any} */ ({ VERSION });
  install(root, 'linux-x64-gnu');
  assert.deepEqual(failureOf({ machine: GLIBC, own: '', root, load: load('3.0.0\u0007') }), [
    `the binary of serverless-secret-baker-linux-x64-gnu is of version 3.0.0\\u{7}, and this plugin of ${version}`,
    `  hint: npm install --save-dev --include=optional serverless-secret-baker@${version}`,
  ]);
  const built = path.join(root, 'secret-baker.linux-x64-gnu.node');
  fs.writeFileSync(built, '');
  assert.deepEqual(failureOf({ machine: GLIBC, own: '', root, load: load('2.9.9') }), [
    `the binary that was built here (${built}) is of version 2.9.9, and this plugin of ${version}`,
    '  hint: npm run build',
  ]);
  for (const noneTold of [load(undefined), () => /** @type {any} */ (null)]) {
    assert.deepEqual(failureOf({ machine: GLIBC, own: built, root, load: noneTold }), [
      `SECRET_BAKER_BINARY (${built}) is of an unknown version, and this plugin of ${version}`,
      `  hint: ${OWN}`,
    ]);
  }
});

const OWN = `let SECRET_BAKER_BINARY name a .node file that was built of version ${version} for a machine like this, or take it away`;

test('SECRET_BAKER_BINARY is taken before all others, from the current folder', (t) => {
  const root = folder(t);
  fs.writeFileSync(path.join(root, 'secret-baker.linux-x64-gnu.node'), '');
  const own = path.join(root, 'own.node');
  fs.writeFileSync(own, '');
  const load = (/** @type {string} */ file) => /** @type {any} */ ({ VERSION: version, file });
  for (const value of [own, path.relative(process.cwd(), own)]) {
    for (const machine of [GLIBC, { platform: 'freebsd', arch: 'x64' }]) {
      assert.equal(/** @type {any} */ (loadBinary({ machine, own: value, root, load })).file, own);
    }
  }
});

test('SECRET_BAKER_BINARY that cannot be used is an error, whatever else there is', (t) => {
  const root = folder(t);
  fs.mkdirSync(path.join(root, 'folder.node'));
  const text = path.join(root, 'text.node');
  fs.writeFileSync(text, 'no binary');
  const loop = path.join(root, 'loop.node');
  fs.symlinkSync(loop, loop);
  for (const [own, said] of /** @type {[string, string][]} */ ([
    [path.join(root, 'none\u001b.node'), `SECRET_BAKER_BINARY (${root}/none\\u{1b}.node): there is no such file`],
    [path.join(text, 'below.node'), `SECRET_BAKER_BINARY (${text}/below.node): there is no such file`],
    [loop, `SECRET_BAKER_BINARY (${loop}): there is no such file`],
    [path.join(root, 'folder.node'), `SECRET_BAKER_BINARY (${root}/folder.node): there is no such file`],
    [path.join(root, 'index.js'), `SECRET_BAKER_BINARY (${root}/index.js) does not end in .node`],
  ])) {
    assert.deepEqual(failureOf({ own }), [said.replaceAll('/', path.sep), `  hint: ${OWN}`]);
  }
  const [what, hint] = failureOf({ own: text });
  assert.ok(what?.startsWith(`SECRET_BAKER_BINARY (${text}) cannot be loaded on `), what);
  assert.equal(hint, `  hint: ${OWN}`);
});

test('SECRET_BAKER_BINARY names a real binary, and it is loaded', (t) => {
  const own = path.join(folder(t), 'renamed.node');
  fs.symlinkSync(path.join(__dirname, '..', '..', `secret-baker.${platformOf(thisMachine())}.node`), own);
  assert.equal(loadBinary({ own }).VERSION, version);
});
