// `bake` into folders and zips, against the stand-in.

import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startStandIn } from '../aws/stand-in.mjs';
import { bundleOf, FILE, readZip } from '../e2e/harness.mjs';
import { makeZip } from '../e2e/zips.mjs';
import { launcherProgram, noLauncher } from '../launcher.mjs';
import { assertAsDocumented } from './pages.mjs';
import { Commands } from './ways.mjs';

/** @import { TestContext } from 'node:test' */
/** @import { StandIn } from '../aws/stand-in.mjs' */
/** @import { ServiceOfTest, Way } from './ways.mjs' */

const WAYS = /** @type {Way[]} */ (['program', 'npm', 'v3']);
const HANDLER = 'exports.hello = () => {};\n';
const SECRETS = [
  { name: 'DB', path: '/bake/db' },
  { name: 'TOKEN', path: '/bake/token' },
];
const LAUNCHER = 'secret-baker-launcher';
const LAUNCHER_FILE = join(import.meta.dirname, '../../launcher/secret-baker-launcher-x86_64.gz');
const isNoLinux = process.platform !== 'linux' && 'paths have another length there';

/** @type {StandIn} */
let standIn;
/** @type {Buffer} */
let zip;
before(async () => {
  standIn = await startStandIn();
  await standIn.putSecret('/bake/db', 'correct horse');
  await standIn.putSecret('/bake/token', 'battery staple');
  zip = await makeZip([{ name: 'handler.js', content: HANDLER }]);
});
after(() => standIn.stop());

/**
 * A folder `api` and a zip `worker.zip` that some tool has built.
 * @param {TestContext} t
 * @param {Way} way
 * @param {Partial<ServiceOfTest>} [service]
 */
const built = (t, way, service = {}) =>
  new Commands(t, way, standIn, { secrets: SECRETS, ...service }, { 'api/handler.js': HANDLER, 'worker.zip': zip });

/**
 * A folder with a path of that length.
 * @param {string} dir
 * @param {number} length
 */
function longFolder(dir, length) {
  let path = dir;
  while (path.length < length - 201) path = join(path, 'x'.repeat(199));
  path = join(path, 'y'.repeat(length - path.length - 1));
  mkdirSync(path, { recursive: true });
  return path;
}

/** @param {string} path */
const namesInFolder = (path) => Object.keys(JSON.parse(readFileSync(join(path, FILE), 'utf8')));
/** @param {string} path */
const namesInZip = async (path) => Object.keys(await bundleOf(await readZip(path)));

for (const way of WAYS) {
  describe(`bake, by ${way}`, () => {
    it('puts all secrets into a folder and a zip, and nothing a second time', async (t) => {
      const commands = built(t, way);
      const first = await commands.run(['bake', 'api', 'worker.zip']);
      assert.equal(first.stdout, 'api\tDB, TOKEN\tput in\nworker.zip\tDB, TOKEN\tput in\n', first.stderr);
      assert.equal(first.code, 0);
      assert.deepEqual(namesInFolder(join(commands.dir, 'api')), ['DB', 'TOKEN']);
      assert.deepEqual(await namesInZip(join(commands.dir, 'worker.zip')), ['DB', 'TOKEN']);
      assert.deepEqual(readdirSync(join(commands.dir, 'api')).sort(), ['handler.js', FILE].sort());
      const second = await commands.run(['bake', 'api', 'worker.zip']);
      assert.equal(second.stdout, 'api\tDB, TOKEN\tright already\nworker.zip\tDB, TOKEN\tright already\n', second.stderr);
    });

    it('tells as JSON what its page shows', async (t) => {
      const { code, value, stderr } = await built(t, way).json(['bake', 'api', 'worker.zip']);
      assert.equal(code, 0, stderr);
      assertAsDocumented('bake', value);
      assert.deepEqual(
        value.artefacts.map((/** @type {any} */ { path, found, changed }) => [path, found, changed]),
        [
          ['api', 'missing', true],
          ['worker.zip', 'missing', true],
        ],
      );
    });

    it('only looks with --check, and finds what lacks its secrets', async (t) => {
      const commands = built(t, way);
      const lacking = await commands.json(['bake', 'api', '--check']);
      assert.equal(lacking.code, 1, lacking.stderr);
      assertAsDocumented('bake', lacking.value);
      assert.match(
        lacking.value.artefacts[0].lacks[0],
        /api does not hold just its secrets: there is no `secret-baker-secrets.json` at its root$/,
      );
      assert.deepEqual(readdirSync(join(commands.dir, 'api')), ['handler.js']);
      await commands.run(['bake', 'api']);
      const { code, stdout } = await commands.run(['bake', 'api', '--check']);
      assert.deepEqual({ code, stdout }, { code: 0, stdout: 'api\tDB, TOKEN\tright\n' });
    });

    it('changes nothing where a secret cannot be fetched', async (t) => {
      const commands = built(t, way, { secrets: [...SECRETS, { name: 'GONE', path: '/bake/gone' }] });
      const { code, stdout, stderr } = await commands.run(['bake', 'api', 'worker.zip']);
      assert.match(stderr, /\/bake\/gone/);
      assert.deepEqual({ code, stdout }, { code: 3, stdout: '' });
      assert.deepEqual(readdirSync(join(commands.dir, 'api')), ['handler.js']);
      assert.ok(readFileSync(join(commands.dir, 'worker.zip')).equals(zip));
    });
  });
}

describe('each artefact', () => {
  const functions = {
    api: { secrets: ['DB'], artefact: 'api' },
    worker: { artefact: 'worker.zip' },
  };

  it('of a function gets the secrets of that function, named or not', async (t) => {
    const commands = built(t, 'program', { functions });
    const { code, value, stderr } = await commands.json(['bake']);
    assert.equal(code, 0, stderr);
    assert.deepEqual(
      value.artefacts.map((/** @type {any} */ { functions: own, secrets }) => [own, secrets]),
      [
        [['api'], ['DB']],
        [['worker'], ['DB', 'TOKEN']],
      ],
    );
    const again = await commands.run(['bake', './api/../api/']);
    assert.equal(again.stdout, 'api\tDB\tright already\n', again.stderr);
  });

  it('of no function gets those of --function, else the default', async (t) => {
    const commands = built(t, 'program', { functions: { api: { secrets: ['DB'] } }, options: { default: ['TOKEN'] } });
    assert.match((await commands.run(['bake', 'api', '--function', 'api'])).stdout, /^api\tDB\t/);
    assert.match((await commands.run(['bake', 'api'])).stdout, /^api\tTOKEN\tin place of another bake's\n$/);
    assert.deepEqual(namesInFolder(join(commands.dir, 'api')), ['TOKEN']);
  });

  it('is found from a folder below', async (t) => {
    const commands = built(t, 'program', { functions });
    const { stdout, stderr } = await commands.run(['bake', '.'], { cwd: 'api' });
    assert.match(stdout, /api\tDB\tput in\n$/, stderr);
  });

  it('is copied with --out, and left as it was', async (t) => {
    const commands = built(t, 'program', { functions });
    symlinkSync('handler.js', join(commands.dir, 'api/link.js'));
    chmodSync(join(commands.dir, 'api/handler.js'), 0o755);
    for (const _ of ['made', 'made again']) {
      const { code, stdout, stderr } = await commands.run(['bake', '--out', 'baked']);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^baked\/api\tDB\tput in\nbaked\/worker.zip\tDB, TOKEN\tput in\n$/);
    }
    assert.deepEqual(readdirSync(join(commands.dir, 'api')).sort(), ['handler.js', 'link.js']);
    assert.ok(readFileSync(join(commands.dir, 'worker.zip')).equals(zip));
    const copy = join(commands.dir, 'baked/api');
    assert.deepEqual(readdirSync(join(commands.dir, 'baked')).sort(), ['api', 'worker.zip']);
    assert.deepEqual(readdirSync(copy).sort(), ['handler.js', 'link.js', FILE].sort());
    assert.equal(statSync(join(copy, 'handler.js')).mode & 0o777, 0o755);
    assert.deepEqual(namesInFolder(copy), ['DB']);
  });

  it('loses bundles that lie deeper, and keeps files of others of that name', async (t) => {
    const commands = built(t, 'program');
    await commands.run(['bake', 'api']);
    const bundle = readFileSync(join(commands.dir, 'api', FILE));
    commands.write({ [`api/old/${FILE}`]: bundle, [`api/own/${FILE}`]: '["mine"]' });
    const { stdout } = await commands.run(['bake', 'api']);
    assert.equal(stdout, `api\tDB, TOKEN\tright already; taken out: old/${FILE}\n`);
    assert.deepEqual(
      [existsSync(join(commands.dir, `api/old/${FILE}`)), existsSync(join(commands.dir, `api/own/${FILE}`))],
      [false, true],
    );
  });

  it('gets a file of mode 0644 in place of a link, and what it leads to stays', async (t) => {
    const commands = built(t, 'program');
    commands.write({ 'elsewhere.json': 'mine' });
    symlinkSync('../elsewhere.json', join(commands.dir, 'api', FILE));
    assert.equal((await commands.run(['bake', 'api'])).code, 0);
    assert.equal(statSync(join(commands.dir, 'api', FILE)).mode & 0o777, 0o644);
    assert.equal(readFileSync(join(commands.dir, 'elsewhere.json'), 'utf8'), 'mine');
  });

  it('gets the launcher, unpacked and executable', { skip: noLauncher }, async (t) => {
    for (const [way, words] of /** @type {[Way, string[]][]} */ ([
      ['npm', []],
      ['program', ['--launcher-file', LAUNCHER_FILE]],
    ])) {
      const commands = built(t, way);
      const { code, stderr } = await commands.run(['bake', 'api', 'worker.zip', '--launcher', ...words]);
      assert.equal(code, 0, stderr);
      const path = join(commands.dir, 'api', LAUNCHER);
      assert.ok(readFileSync(path).equals(launcherProgram()));
      assert.equal(statSync(path).mode & 0o777, 0o755);
      assert.equal((await readZip(join(commands.dir, 'worker.zip'))).get(LAUNCHER)?.mode, 0o755);
      const once = await commands.run(['bake', 'api', '--launcher', ...words]);
      assert.equal(once.stdout, 'api\tDB, TOKEN\tright already\n');
    }
  });
});

describe('a bundle on standard output', () => {
  it('is all that is there', async (t) => {
    const commands = built(t, 'program', { functions: { api: { secrets: ['DB'] } } });
    const { code, stdout } = await commands.run(['bake', '-', '--function', 'api']);
    assert.equal(code, 0);
    assert.deepEqual(Object.keys(JSON.parse(stdout)), ['DB']);
    assert.deepEqual(readdirSync(join(commands.dir, 'api')), ['handler.js']);
  });

  it('stands beside nothing else', async (t) => {
    const { code, stdout, stderr } = await built(t, 'program').run(['bake', '-', 'api']);
    assert.match(stderr, /`-` writes the bundle to standard output, and other targets cannot stand beside it/);
    assert.deepEqual({ code, stdout }, { code: 2, stdout: '' });
  });
});

describe('what cannot be baked into', () => {
  it('is told all at once, before anything is asked', async (t) => {
    const commands = built(t, 'program');
    await standIn.reset();
    const { code, stderr } = await commands.run([
      'bake',
      'gone',
      's3://bucket/a.zip',
      '/dev/null',
      'api',
      './api',
      '--function',
      'nobody',
    ]);
    assert.equal(code, 3);
    for (const said of [
      /gone: it does not exist/,
      /s3:\/\/bucket\/a.zip: it lies elsewhere/,
      /\/dev\/null: it is neither a folder nor a zip/,
      /\.\/api: it is named twice/,
      /there is no function `nobody`/,
    ])
      assert.match(stderr, said);
    assert.deepEqual(await standIn.calls(), []);
  });

  it('is a file that is no zip, one within another, and the folder of the copies; the rest stays as it was', async (t) => {
    const commands = built(t, 'program');
    commands.write({ 'api/deep/x.js': '', 'text.zip': 'no zip' });
    for (const [words, said] of /** @type {[string[], RegExp][]} */ ([
      [['text.zip', 'worker.zip'], /text.zip cannot be used: /],
      [['api', 'api/deep'], /api\/deep lies in .*api, which is an artefact itself/],
      [['api', '--out', 'api/copies'], /api\/copies\/api, within /],
      [['worker.zip', '--out', '.'], /where an artefact itself lies/],
      [[], /nothing is named to bake into, and no function's `artefact` does so/],
      [['api', '--launcher'], /there is no launcher for x86_64[\s\S]*--launcher-file FILE/],
    ])) {
      const { code, stdout, stderr } = await commands.run(['bake', ...words]);
      assert.match(stderr, said);
      assert.deepEqual({ code, stdout }, { code: 3, stdout: '' });
    }
    assert.ok(readFileSync(join(commands.dir, 'worker.zip')).equals(zip));
    assert.ok(!existsSync(join(commands.dir, 'api', FILE)));
  });

  it('is a folder with a file of yours where the bundle must go', async (t) => {
    const commands = built(t, 'program');
    commands.write({ [`api/${FILE}`]: '["mine"]' });
    const { code, stderr } = await commands.run(['bake', 'worker.zip', 'api']);
    assert.match(stderr, /is no bundle of this plugin, and the bundle must go there/);
    assert.equal(code, 3);
    assert.ok(readFileSync(join(commands.dir, 'worker.zip')).equals(zip));
  });

  it('is a folder with a folder where the bundle must go', async (t) => {
    const commands = built(t, 'program');
    mkdirSync(join(commands.dir, 'api', FILE));
    const { code, stderr } = await commands.run(['bake', 'worker.zip', 'api']);
    assert.match(stderr, /api: .*secret-baker-secrets.json is a folder, and a file must go there/);
    assert.equal(code, 3);
    assert.ok(readFileSync(join(commands.dir, 'worker.zip')).equals(zip));
  });

  it('leaves what was written before, which is told', { skip: isNoLinux }, async (t) => {
    const commands = built(t, 'program');
    // The bundle's path is as long as a path may be, and the one that it is written under first is longer.
    const long = longFolder(commands.dir, 4060);
    const { code, stderr } = await commands.run(['bake', 'worker.zip', long]);
    assert.match(stderr, /^written already: worker.zip$/m);
    assert.match(stderr, /cannot write .*: File name too long/);
    assert.equal(code, 3);
    assert.deepEqual(readdirSync(long), []);
    assert.deepEqual(await namesInZip(join(commands.dir, 'worker.zip')), ['DB', 'TOKEN']);
  });

  it('is told together with what is wrong with the secrets', async (t) => {
    const commands = built(t, 'program', { secrets: [{ name: 'DB', pth: '/bake/db' }] });
    const { code, stderr } = await commands.run(['bake', 'gone']);
    assert.equal(code, 3);
    assert.match(stderr, /gone: it does not exist/);
    assert.match(stderr, /secrets\[0\]/);
  });

  it('is nothing at all: an empty artefact, and a look at copies', async (t) => {
    const commands = built(t, 'program', { functions: { api: { artefact: '' } } });
    const empty = await commands.run(['bake']);
    assert.match(empty.stderr, /functions\.api\.artefact: must be the path of a folder or zip/);
    assert.deepEqual([empty.code, existsSync(join(commands.dir, FILE))], [3, false]);
    const copies = await commands.run(['bake', 'api', '--check', '--out', 'baked']);
    assert.match(copies.stderr, /--check writes nothing, and --out cannot stand beside it/);
    assert.equal(copies.code, 2);
  });

  it('is a read-only folder', { skip: process.getuid?.() === 0 && 'root may write into any folder' }, async (t) => {
    const commands = built(t, 'program');
    chmodSync(join(commands.dir, 'api'), 0o555);
    t.after(() => chmodSync(join(commands.dir, 'api'), 0o755));
    const { code, stderr } = await commands.run(['bake', 'api']);
    assert.match(stderr, /cannot write .*api: Permission denied/);
    assert.equal(code, 3);
  });
});

describe('copies', () => {
  it('never take the place of what they are copied from, nor of what is around it, by whichever link', async (t) => {
    const commands = built(t, 'program');
    commands.write({ 'top/in/in/a.js': '', 'top/in/b.js': '' });
    symlinkSync('.', join(commands.dir, 'here'));
    symlinkSync('api', join(commands.dir, 'within'));
    assert.equal((await commands.run(['bake', 'top/in'])).code, 0);
    for (const [target, out, said] of /** @type {[string, string, RegExp][]} */ ([
      ['worker.zip', 'here', /where an artefact itself lies/],
      ['api', 'within', /within\/api, within .*\/api/],
      ['top/in/in', 'top', /top\/in, in which .*top\/in\/in lies/],
      ['api', 'worker.zip', /the copies would go into .*worker.zip, which is no folder/],
    ])) {
      const { code, stderr } = await commands.run(['bake', target, '--out', out]);
      assert.match(stderr, said);
      assert.equal(code, 3);
    }
    assert.deepEqual(readdirSync(join(commands.dir, 'top/in')).sort(), ['b.js', 'in', FILE].sort());
    assert.ok(readFileSync(join(commands.dir, 'worker.zip')).equals(zip));
  });
});

describe('many bakes at once', () => {
  it('of one folder and one zip all go well, and leave nothing but the bundle', async (t) => {
    const commands = built(t, 'program');
    const words = ['bake', 'api', 'worker.zip', '--out', 'baked'];
    const runs = [1, 2, 3].flatMap(() => [commands.run(words.slice(0, 3)), commands.run(words)]);
    for (const { code, stderr } of await Promise.all(runs)) assert.equal(code, 0, stderr);
    assert.deepEqual(readdirSync(join(commands.dir, 'api')).sort(), ['handler.js', FILE].sort());
    assert.deepEqual(readdirSync(join(commands.dir, 'baked')).sort(), ['api', 'worker.zip']);
    const looked = await commands.run(['bake', 'api', 'worker.zip', 'baked/api', 'baked/worker.zip', '--check']);
    assert.equal(looked.code, 0, looked.stdout + looked.stderr);
  });
});

describe('--check', () => {
  it('tells of each target what it is, and ends with 1 for one that is not right and 3 for one that cannot be read', async (t) => {
    const commands = built(t, 'program', { functions: { api: { secrets: ['DB'], artefact: 'api' } } });
    await commands.run(['bake', 'api', 'worker.zip']);
    commands.write({ 'bare/a.js': '', [`stale/${FILE}`]: readFileSync(join(commands.dir, 'api', FILE)) });
    const bundle = JSON.parse(readFileSync(join(commands.dir, 'api', FILE), 'utf8'));
    bundle.DB.version = 7;
    commands.write({ [`api/${FILE}`]: JSON.stringify(bundle) });
    const looked = await commands.run(['bake', 'api', 'worker.zip', 'bare', 'stale', '--check']);
    const lines = looked.stdout.trim().split('\n');
    assert.match(lines[0] ?? '', /^api\tDB\t.*`DB` is not what was baked$/);
    assert.equal(lines[1], 'worker.zip\tDB, TOKEN\tright');
    assert.match(lines[2] ?? '', /^bare\tDB, TOKEN\t.*there is no `secret-baker-secrets.json` at its root$/);
    assert.match(lines[3] ?? '', /^stale\tDB, TOKEN\t.*it lacks `TOKEN`$/);
    assert.equal(looked.code, 1, looked.stderr);
    commands.write({ 'text.zip': 'no zip' });
    assert.equal((await commands.run(['bake', 'text.zip', 'worker.zip', '--check'])).code, 3);
  });
});

for (const way of /** @type {Way[]} */ (['program', 'v3'])) {
  describe(`settings, by ${way}`, () => {
    it('put the launcher into what a function has that makes variables of its secrets', { skip: noLauncher }, async (t) => {
      const commands = built(t, way, {
        functions: { api: { secrets: ['DB'] }, worker: {} },
        options: { env: { api: ['DB=DATABASE'] } },
      });
      const words = way === 'program' ? ['--launcher-file', LAUNCHER_FILE] : [];
      for (const [target, name] of [
        ['api', 'api'],
        ['worker.zip', 'worker'],
      ]) {
        const { code, stderr } = await commands.run(['bake', String(target), '--function', String(name), ...words]);
        assert.equal(code, 0, stderr);
      }
      assert.deepEqual(readdirSync(join(commands.dir, 'api')).sort(), ['handler.js', FILE, LAUNCHER].sort());
      assert.ok(!(await readZip(join(commands.dir, 'worker.zip'))).has(LAUNCHER));
    });

    it('are told where they stand when they name what is not there', { skip: noLauncher }, async (t) => {
      const root = way === 'program' ? 'options' : 'custom.secretBakerOptions';
      const words = ['bake', 'api', '--function', 'api', ...(way === 'program' ? ['--launcher-file', LAUNCHER_FILE] : [])];
      const secret = built(t, way, { functions: { api: { secrets: ['DB'] } }, options: { env: { api: ['TOKEN'] } } });
      const noSecret = await secret.run(words);
      assert.match(noSecret.stderr, new RegExp(`${root}.env.api: function \`api\` carries no secret \`TOKEN\``));
      const nobody = built(t, way, { functions: { api: {} }, options: { env: { ap: true } } });
      const noFunction = await nobody.run(words);
      assert.match(noFunction.stderr, new RegExp(`${root}.env: there is no function \`?ap`));
      assert.deepEqual([noSecret.code, noFunction.code], [3, 3]);
      assert.deepEqual(readdirSync(join(secret.dir, 'api')), ['handler.js']);
    });

    it('may turn it off: nothing is baked, which is told', async (t) => {
      const commands = built(t, way, { options: { enabled: false } });
      await standIn.reset();
      for (const words of [['api'], ['api', '--check']]) {
        const { code, stdout, stderr } = await commands.run(['bake', ...words]);
        assert.match(stderr, /nothing is baked: `enabled` is false in the settings/);
        assert.deepEqual({ code, stdout }, { code: 0, stdout: '' });
      }
      assert.equal((await commands.run(['bake', '-'])).code, 3);
      assert.deepEqual(await standIn.calls(), []);
      assert.deepEqual(readdirSync(join(commands.dir, 'api')), ['handler.js']);
    });
  });
}

describe('a lock', () => {
  it('that is behind the config fails in CI, and nothing is written', async (t) => {
    const commands = built(t, 'program');
    assert.equal((await commands.run(['lock'])).code, 0);
    const lock = readFileSync(join(commands.dir, 'secret-baker.lock.json'));
    commands.write({ 'secret-baker.yml': JSON.stringify({ secrets: [...SECRETS, { name: 'MORE', path: '/bake/token' }] }) });
    const { code, stdout, stderr } = await commands.run(['bake', 'api', 'worker.zip'], { env: { CI: 'true' } });
    assert.match(stderr, /MORE/);
    assert.deepEqual({ code, stdout }, { code: 3, stdout: '' });
    assert.ok(readFileSync(join(commands.dir, 'secret-baker.lock.json')).equals(lock));
    assert.deepEqual(readdirSync(join(commands.dir, 'api')), ['handler.js']);
  });

  it('gives the bundle without a call, and with --check is not written', async (t) => {
    const commands = built(t, 'program');
    assert.equal((await commands.run(['lock'])).code, 0);
    await standIn.reset();
    const { code, stderr } = await commands.run(['bake', 'api', '--frozen']);
    assert.equal(code, 0, stderr);
    assert.deepEqual(await standIn.calls(), []);
    rmSync(join(commands.dir, 'api', FILE));
    assert.equal((await commands.run(['bake', 'api', '--check', '--frozen'])).code, 1);
    assert.deepEqual(await standIn.calls(), []);
  });
});

it('shows a table in a terminal', async (t) => {
  const { code, output } = await built(t, 'program').inTerminal(['bake', 'api'], [], { env: { NO_COLOR: '1' } });
  assert.match(output, /ARTEFACT +SECRETS +DONE[\s\S]*api +DB, TOKEN +put in/);
  assert.equal(code, 0);
});
