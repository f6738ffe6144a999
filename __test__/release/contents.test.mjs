// What is packed is checked against what each package holds: the real archives are right, and each fault in one is told.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { readArchive } from '../../scripts/archive.mjs';
import { absentParts, packedMistakes } from '../../scripts/contents.mjs';
import { packAll } from '../../scripts/pack.mjs';
import { publishOrder } from '../../scripts/publish-order.mjs';
import { python, root } from '../aws/python.mjs';

/** @import { Packed } from '../../scripts/pack.mjs' */

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'secret-baker-contents-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** @type {Packed} */
let packed;
/** @type {string} this machine's platform */
let platform;
before(async () => {
  packed = await packAll(folder);
  [platform = ''] = Object.keys(packed.platforms);
});

/**
 * Packs one of the packages again, changed, and says what is wrong then.
 * @param {string} archive
 * @param {(files: string) => void} change gets the folder of its files
 * @returns {string[]} without the archive's name
 */
function mistakesOf(archive, change) {
  const files = mkdtempSync(join(folder, 'changed-'));
  const top = join(files, archive.endsWith('.tgz') ? 'package' : basename(archive).replace(/\.tar\.gz$|\.crate$|\.whl$/, ''));
  for (const [path, { bytes, executable }] of readArchive(archive)) {
    mkdirSync(dirname(join(top, path)), { recursive: true });
    writeFileSync(join(top, path), bytes, { mode: executable ? 0o755 : 0o644 });
  }
  change(top);
  const changed = join(mkdtempSync(join(folder, 'packed-')), basename(archive));
  const [command, args] = archive.endsWith('.whl')
    ? [python, ['-m', 'zipfile', '-c', changed, ...readdirSync(top).map((name) => join(top, name))]]
    : ['tar', ['-czf', changed, '-C', files, basename(top)]];
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  const name = Object.entries(packed).find(([, path]) => path === archive)?.[0];
  const mistakes = packedMistakes(name === undefined ? { platforms: { [platform]: changed } } : { [name]: changed }, version);
  return mistakes.map((mistake) => {
    assert(mistake.startsWith(`${basename(archive)} `), mistake);
    return mistake.slice(basename(archive).length + 1);
  });
}

/**
 * @param {string} top
 * @param {(manifest: any) => void} change
 */
function changeManifest(top, change) {
  const path = join(top, 'package.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  change(manifest);
  writeFileSync(path, JSON.stringify(manifest, undefined, 2));
}

/** A header of an ELF file, as far as it is read. */
function elf(/** @type {number} */ processor, /** @type {string} */ libc) {
  const bytes = Buffer.alloc(256);
  bytes.writeUInt32BE(0x7f454c46, 0);
  bytes.writeUInt16LE(processor, 18);
  bytes.write(libc, 100);
  return bytes;
}

describe('what is packed here', () => {
  it('is right', () => assert.deepEqual(packedMistakes(packed, version), []));

  it('is not all of a release, and what is absent is named', () => {
    const absent = absentParts(packed);
    assert(!absent.includes(`the binary for ${platform}`));
    assert.equal(absent.filter((part) => part.startsWith('the binary for ')).length, 8 - Object.keys(packed.platforms).length);
  });

  it('is published in an order in which whatever a package asks for is there before', () => {
    const names = publishOrder(readdirSync(folder)).map(({ name }) => name);
    const at = (/** @type {string} */ archive) => names.indexOf(basename(archive));
    assert.equal(names.length, 6 + Object.keys(packed.platforms).length);
    for (const archive of [...Object.values(packed.platforms), packed.launcher])
      assert(at(archive) !== -1 && at(archive) < at(packed.plugin));
  });
});

describe('a package with another file', () => {
  const cases = /** @type {[Exclude<keyof Packed, 'platforms'>, string][]} */ ([
    ...[
      '.env',
      'plugin/binary.test.js',
      'plugin/age.key',
      'src/core/lib.rs',
      'binding.js',
      'secret-baker.linux-x64-gnu.node',
    ].map((path) => ['plugin', path]),
    ['launcher', 'secret-baker-launcher-x86_64'],
    ...['lib/aws/sign.js', 'test/aes.test.mjs', '.npmrc'].map((path) => ['node', path]),
    ...['tests/test_aes.py', '.gitattributes', 'src/secret_baker/key.pem'].map((path) => ['sdist', path]),
    ...['tests/vectors.rs', 'examples/axum.rs', '.env'].map((path) => ['crate', path]),
  ]);
  for (const [name, path] of cases) {
    it(`is told: ${path} in ${name}`, () => {
      const mistakes = mistakesOf(packed[name], (top) => {
        mkdirSync(dirname(join(top, path)), { recursive: true });
        writeFileSync(join(top, path), 'x');
      });
      assert.deepEqual(mistakes, [`holds ${path}, which does not belong there`]);
    });
  }

  it('is told: a test in the wheel, which its RECORD does not know either', () => {
    const mistakes = mistakesOf(packed.wheel, (top) => writeFileSync(join(top, 'secret_baker/test_aes.py'), 'x'));
    assert.deepEqual(mistakes, [
      'holds secret_baker/test_aes.py, which does not belong there',
      'has a RECORD that is wrong about secret_baker/test_aes.py',
    ]);
  });

  it('is told: a link and a program', () => {
    const mistakes = mistakesOf(packed.plugin, (top) => {
      rmSync(join(top, 'plugin/core.js'));
      symlinkSync('/etc/hostname', join(top, 'plugin/core.js'));
      chmodSync(join(top, 'index.js'), 0o755);
    });
    assert.deepEqual(mistakes, ['holds index.js, which is executable', 'holds plugin/core.js, which is no plain file']);
  });
});

describe('an archive', () => {
  /** @param {string[]} args of tar, which packs */
  const packedBy = (...args) => {
    const archive = join(mkdtempSync(join(folder, 'odd-')), 'odd.tgz');
    const { status, stderr } = spawnSync('tar', ['-czf', archive, ...args], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    return archive;
  };
  const odd = mkdtempSync(join(folder, 'odd-'));
  mkdirSync(join(odd, 'package'));
  writeFileSync(join(odd, 'package/index.js'), 'x');
  linkSync(join(odd, 'package/index.js'), join(odd, 'package/linked.js'));

  it('is not read that holds a path from the root, or one that leads out of it', () => {
    for (const path of ['/package', '../package']) {
      const archive = packedBy('-P', '-C', odd, `--transform=s,^package,${path},`, 'package');
      assert.throws(() => readArchive(archive), /odd\.tgz cannot be read: /);
    }
  });

  it('has no plain file where two names are of one', () => {
    const files = readArchive(packedBy('-C', odd, 'package'));
    assert.deepEqual(
      [...files].map(([path, { plain }]) => [path, plain]),
      [
        ['index.js', false],
        ['linked.js', false],
      ],
    );
  });

  it('is told of a size that only a mistake can have', () => {
    const mistakes = mistakesOf(packed.node, (top) => writeFileSync(join(top, 'env.js'), Buffer.alloc(12_000_001)));
    assert.equal(mistakes.length, 1);
    assert.match(String(mistakes[0]), /^has 12\d{6} bytes, and 12000000 at most are expected/);
  });
});

describe('a package that lacks something', () => {
  it('is told: the binary', () => {
    const archive = String(packed.platforms[platform]);
    const binary = `secret-baker.${platform}.node`;
    assert.deepEqual(
      mistakesOf(archive, (top) => rmSync(join(top, binary))),
      [`has no ${binary}`],
    );
  });

  it('is told: every launcher', () => {
    const mistakes = mistakesOf(packed.launcher, (top) => {
      for (const name of readdirSync(top)) if (name.endsWith('.gz')) rmSync(join(top, name));
    });
    assert.deepEqual(mistakes, ['has a launcher for no processor']);
  });

  for (const name of /** @type {const} */ (['plugin', 'launcher', 'node', 'sdist', 'crate'])) {
    it(`is told: README and LICENSE of ${name}, both at once`, () => {
      const mistakes = mistakesOf(packed[name], (top) => {
        for (const file of ['README.md', 'LICENSE']) rmSync(join(top, file));
      });
      assert.deepEqual(mistakes, ['has no README.md', 'has no LICENSE']);
    });
  }

  it('is told: types and what marks them', () => {
    assert.deepEqual(
      mistakesOf(packed.node, (top) => rmSync(join(top, 'index.d.mts'))),
      ['has no index.d.mts'],
    );
    assert.deepEqual(
      mistakesOf(packed.sdist, (top) => rmSync(join(top, 'src/secret_baker/py.typed'))),
      ['has no src/secret_baker/py.typed'],
    );
  });
});

describe('a binary of another machine', () => {
  const other = () => (platform === 'linux-arm64-gnu' ? 'linux-x64-gnu' : 'linux-arm64-gnu');
  const machines = /** @type {[string, string, () => Buffer][]} */ ([
    ['another processor', 'linux-arm64-gnu', () => elf(183, '\0libc.so.6\0')],
    ['another C library', 'linux-x64-musl', () => elf(62, '\0libc.so\0')],
    ['a processor that we have nothing for', 'linux-other-gnu', () => elf(40, '\0libc.so.6\0')],
    ['no binary at all', 'no binary', () => Buffer.from('not found')],
  ]);
  for (const [what, machine, bytes] of machines) {
    it(`is told: ${what}`, () => {
      const name = `secret-baker.${platform}.node`;
      const archive = String(packed.platforms[platform]);
      const mistakes = mistakesOf(archive, (top) => writeFileSync(join(top, name), bytes()));
      assert.deepEqual(
        mistakes,
        machine === platform ? [] : [`holds ${name}, which should be for ${platform} and is: ${machine}`],
      );
    });
  }

  it('is told: the launcher of the other processor', () => {
    const processor = other() === 'linux-arm64-gnu' ? 'x86_64' : 'arm64';
    const name = `secret-baker-launcher-${processor}.gz`;
    const mistakes = mistakesOf(packed.launcher, (top) => {
      writeFileSync(join(top, name), gzipSync(elf(processor === 'arm64' ? 62 : 183, '\0libc.so.6\0')));
    });
    assert.deepEqual(mistakes, [
      `holds ${name}, which should be for ${processor === 'arm64' ? 'linux-arm64-gnu' : 'linux-x64-gnu'} and is: ${other()}`,
    ]);
  });
});

describe('a launcher', () => {
  it('is told that is no gzip file, or one of something huge', () => {
    for (const bytes of [Buffer.from('not found'), gzipSync(Buffer.alloc(12_000_001))]) {
      const name = 'secret-baker-launcher-arm64.gz';
      assert.deepEqual(
        mistakesOf(packed.launcher, (top) => writeFileSync(join(top, name), bytes)),
        [`holds ${name}, which should be for linux-arm64-gnu and is: no binary`],
      );
    }
  });
});

describe('a manifest', () => {
  it('is refused that runs something, depends on something, or is of another version', () => {
    const mistakes = mistakesOf(packed.plugin, (top) => {
      changeManifest(top, (manifest) => {
        manifest.version = '9.8.7';
        manifest.scripts.postinstall = 'node install.js';
        manifest.dependencies = { 'left-pad': '1.0.0' };
        manifest.peerDependencies = { middy: '>=5' };
        manifest.optionalDependencies['serverless-secret-baker-launcher'] = '^3.0.0';
      });
    });
    assert.deepEqual(mistakes, [
      `names the version 9.8.7 in package.json, and should be ${version}`,
      'runs a script when it is installed: postinstall',
      'depends on left-pad@1.0.0, middy@>=5, serverless-secret-baker-launcher@^3.0.0',
    ]);
  });

  it('is refused that names a file which is not there', () => {
    const mistakes = mistakesOf(packed.node, (top) => {
      changeManifest(top, (manifest) => {
        manifest.exports['./env'].types = './environment.d.ts';
      });
    });
    assert.deepEqual(mistakes, ['names ./environment.d.ts in its package.json, which is not in it']);
  });

  it('is refused in a wheel, an sdist and a crate of another version', () => {
    const at = /** @type {const} */ ({ sdist: 'PKG-INFO', crate: 'Cargo.toml' });
    for (const name of /** @type {const} */ (['sdist', 'crate'])) {
      const mistakes = mistakesOf(packed[name], (top) => {
        const path = join(top, at[name]);
        writeFileSync(path, readFileSync(path, 'utf8').replace(/^(Version: |version = ").*?("?)$/m, '$19.8.7$2'));
      });
      assert.deepEqual(mistakes, [`names the version 9.8.7 in ${at[name]}, and should be ${version}`]);
    }
  });
});

describe('`npm run release`', () => {
  /** @param {string[]} args */
  const release = (...args) => spawnSync(process.execPath, ['scripts/release.mjs', ...args], { cwd: root, encoding: 'utf8' });

  it('packs, checks, and says what would be published in which order', () => {
    const { status, stdout, stderr } = release('--dry-run');
    assert.equal(status, 0, stderr);
    const lines = stdout.split('\n').map((line) => line.replace(/ \(.*\)$/, ''));
    const expected = publishOrder(readdirSync(folder)).map(({ name, to }) => `  ${to}: ${name}`);
    assert.deepEqual(
      lines.filter((line) => /^ {2}(npm|PyPI|crates\.io): /.test(line)),
      expected,
    );
    assert(lines.includes(`release: ${version} can be released, as far as can be seen here`));

    const made = join(root, 'release');
    const sums = readFileSync(join(made, 'SHA256SUMS'), 'utf8').trim().split('\n');
    assert.deepEqual(
      sums.map((line) => line.slice(66)).sort(),
      readdirSync(made)
        .filter((name) => name !== 'SHA256SUMS')
        .sort(),
    );
    for (const line of sums) {
      assert.equal(
        line.slice(0, 64),
        createHash('sha256')
          .update(readFileSync(join(made, line.slice(66))))
          .digest('hex'),
      );
    }
    const sbom = JSON.parse(readFileSync(join(made, `serverless-secret-baker-${version}.cdx.json`), 'utf8'));
    assert.equal(sbom.bomFormat, 'CycloneDX');
    assert.equal(sbom.metadata.component.purl, `pkg:npm/serverless-secret-baker@${version}`);
    assert.equal(sbom.components.length, 9);
  });

  it('is no release without every platform: all that is absent is told at once', () => {
    const { status, stderr } = release('--dry-run', '--all');
    assert.equal(status, 1);
    for (const part of absentParts(packed)) assert(stderr.includes(`release: lacks ${part}\n`), `${part}: ${stderr}`);
  });

  it('publishes nothing, and says who does', () => {
    for (const args of [[], ['--publish'], ['--dry-run', '--everything'], ['--tag']]) {
      const { status, stdout, stderr } = release(...args);
      assert.equal(status, 2, args.join(' '));
      assert.equal(stdout, '');
      assert.match(stderr, /^A release is published by its workflow, when a tag is pushed/);
    }
  });

  it('refuses a tag of another version', () => {
    const { status, stderr } = release('--tag', 'v9.8.7');
    assert.equal(status, 1);
    assert(stderr.includes(`release: the tag is v9.8.7, and the version ${version}: it must be v${version}\n`), stderr);
  });
});
