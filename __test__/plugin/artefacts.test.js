'use strict';

const assert = require('node:assert/strict');
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { BUNDLE } = require('./fake-core.js');
const { fakeService } = require('./fake-serverless.js');

const PACKAGED = ['before:package:cleanup', 'after:package:cleanup', 'before:package:compileLayers'];

/**
 * Packages a service and tells what the core was asked to carry.
 * @param {import('node:test').TestContext} t
 * @param {Parameters<typeof fakeService>[0]} wishes
 * @param {...string} events
 */
const packaged = async (t, wishes, ...events) => {
  const service = fakeService(wishes);
  t.after(service.remove);
  await service.run(...(events.length > 0 ? events : PACKAGED));
  return service;
};

for (const [title, keys, zips] of /** @type {[string, Record<string, any>, Record<string, string>][]} */ ([
  ['one for the whole service', {}, { a: '.serverless/service.zip', b: '.serverless/service.zip' }],
  [
    'one that the framework has packaged',
    { artifact: '/x/service.zip', package: { artifact: '/x/service.zip' } },
    { a: '.serverless/service.zip', b: '.serverless/service.zip' },
  ],
  ["the user's for the whole service", { package: { artifact: 'dist/app.zip' } }, { a: 'dist/app.zip', b: 'dist/app.zip' }],
  ['one for each', { package: { individually: true } }, { a: '.serverless/a.zip', b: '.serverless/b.zip' }],
  [
    "a function's own",
    { functions: { a: { package: { artifact: 'a.jar' } }, b: { package: { individually: true } } } },
    { a: 'a.jar', b: '.serverless/b.zip' },
  ],
])) {
  test(`before:package:compileLayers: looks into ${title}`, async (t) => {
    const { core, dir } = await packaged(t, { service: { functions: { a: {}, b: {} }, ...keys } });
    const [call] = core.carried;
    const functions = Object.entries(zips).map(([name, zip]) => ({ name, only: undefined, zip: path.join(zip) }));
    assert.deepEqual(call, { functions, bundle: BUNDLE, serviceDir: dir, folder: path.join(dir, '.serverless') });
  });
}

test('before:package:compileLayers: looks into what the framework does not package and deploys', async (t) => {
  const disabled = { package: { disable: true, artifact: 'a.zip' } };
  const { core } = await packaged(t, { service: { functions: { a: disabled, b: { package: { disable: true } }, c: {} } } });
  assert.deepEqual(
    core.carried[0]?.functions.map((each) => /** @type {any} */ (each).zip),
    ['a.zip', '.serverless/service.zip', '.serverless/service.zip'],
  );
});

test('before:package:compileLayers: passes over a function without anything, and `dev`', async (t) => {
  const { core } = await packaged(t, { service: { functions: { b: null, c: {} } } });
  assert.deepEqual(
    core.carried.flatMap(({ functions }) => functions.map((each) => /** @type {any} */ (each).name)),
    ['c'],
  );
  const dev = await packaged(t, { service: { functions: { c: {} } }, serverless: { devmodeEnabled: true } });
  assert.deepEqual(dev.core.carried, []);
});

test('before:package:compileLayers: points at the copies, absolute where the process runs elsewhere', async (t) => {
  const functions = { a: {}, b: {}, c: { package: { individually: true } } };
  const dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'secret-baker-test-')));
  const copy = path.join(dir, '.serverless/app.zip');
  const service = fakeService({
    dir,
    service: { functions, package: { artifact: 'dist/app.zip' } },
    core: {
      carried: {
        carried: [
          { functions: ['a', 'b'], path: copy, bundle: Buffer.alloc(0), digest: '', found: 'missing', strays: [], changed: true },
          {
            functions: ['c'],
            path: path.join(dir, 'c.zip'),
            bundle: Buffer.alloc(0),
            digest: '',
            found: 'right',
            strays: [],
            changed: false,
          },
        ],
      },
    },
  });
  t.after(service.remove);
  await service.run(...PACKAGED);
  assert.deepEqual(functions, {
    a: { package: { artifact: copy } },
    b: { package: { artifact: copy } },
    c: { package: { individually: true } },
  });
  assert.equal(service.serverless.service.package?.artifact, copy);
  assert.ok(service.log.lines.includes('verbose: secret-baker: put the secrets into .serverless/app.zip (a, b)'));
});

/**
 * What is said of an artefact in which there was something else.
 * @param {import('node:test').TestContext} t
 * @param {object} own of function `a`
 * @param {object} [found]
 */
const said = async (t, own, found = { found: 'other' }) => {
  const carried = [
    {
      functions: ['a'],
      path: '/x/a.zip',
      bundle: Buffer.alloc(0),
      digest: '',
      found: 'right',
      strays: [],
      changed: true,
      ...found,
    },
  ];
  const { log } = await packaged(t, { service: { functions: { a: own } }, core: { carried: { carried } } });
  return log.lines.find((line) => line.includes('a.zip (a)'))?.replace(/ in \S+x\/a\.zip/, ' in x/a.zip');
};

test('before:package:compileLayers: says that it replaced another file, where nobody has asked for it', async (t) => {
  const replaced = 'secret-baker: replaced another secret-baker-secrets.json in x/a.zip (a)';
  assert.equal(await said(t, {}), `notice: ${replaced}`);
  assert.equal(await said(t, { secretBaker: ['X'] }), `verbose: ${replaced}`, 'the tool has packed the whole one');
  const users = { package: { artifact: 'a.zip' } };
  assert.equal(await said(t, { secretBaker: ['X'], ...users }), `notice: ${replaced}`, 'the user has');
});

test('before:package:compileLayers: says which files below the root it took out', async (t) => {
  const line = await said(t, {}, { strays: ['image/secret-baker-secrets.json'] });
  assert.match(line ?? '', /^notice: secret-baker: took image\/secret-baker-secrets\.json out of \S+a\.zip \(a\)$/);
});

test('before:package:compileLayers: no name of an artefact or a function forges a line of the log', async (t) => {
  const carried = [
    {
      functions: ['f\nINFO b'],
      path: '/x/a\nINFO a.zip',
      bundle: Buffer.alloc(0),
      digest: '',
      found: /** @type {const} */ ('other'),
      strays: ['c\nINFO c'],
      changed: false,
    },
  ];
  const functions = { 'd\nINFO d': { image: '123.dkr.ecr.eu-central-1.amazonaws.com/x:1' } };
  const { log } = await packaged(t, { service: { functions }, core: { carried: { carried } } });
  assert.ok(log.lines.some((line) => line.includes('replaced another')) && log.lines.some((line) => line.includes('an image')));
  for (const line of log.lines) assert.doesNotMatch(line, /\n/);
});

test('before:package:compileLayers: what the core cannot make right ends the command', async (t) => {
  const failure = { code: 'SECRET_BAKER_ARTEFACT_DAMAGED', message: 'functions.a: its artefact is broken' };
  const service = fakeService({ service: { functions: { a: {} } }, core: { carried: { carried: [], failure } } });
  t.after(service.remove);
  await assert.rejects(service.run(...PACKAGED), failure);
});

test('after:package:cleanup: names of a function are looked at before anything is packaged', async (t) => {
  const functions = { a: { secretBaker: ['X'] }, b: {}, c: { image: 'app' } };
  const provider = { ecr: { images: { app: { path: 'app' } } } };
  const failure = { code: 'SECRET_BAKER_CONFIG_INVALID', message: 'there is no secret X' };
  const service = fakeService({ service: { functions, provider }, core: { carried: { carried: [], failure } } });
  t.after(service.remove);
  await assert.rejects(service.run('after:package:cleanup'), failure);
  const zip = path.join('.serverless/service.zip');
  assert.deepEqual(service.core.foreseen, [
    [
      { name: 'a', only: ['X'], zip },
      { name: 'b', only: undefined, zip },
      { name: 'c', only: undefined, context: path.join(service.dir, 'app') },
    ],
  ]);
  assert.deepEqual(service.core.carried, []);
});

test('after:package:cleanup: a name that a function lists twice is one secret', async (t) => {
  const { core } = await packaged(t, { service: { functions: { a: { secretBaker: ['X', 'Y', 'X'] } } } });
  for (const [each] of [...core.foreseen, ...core.carried.map(({ functions }) => functions)]) {
    assert.deepEqual(each?.only, ['X', 'Y']);
  }
});

for (const value of ['X', { X: 1 }, [5], [null], 7, true]) {
  test(`after:package:cleanup: a function's secretBaker must be a list of names, not ${JSON.stringify(value)}`, async (t) => {
    const service = fakeService({ service: { functions: { a: { secretBaker: value } } } });
    t.after(service.remove);
    await assert.rejects(service.run('after:package:cleanup'), {
      code: 'SECRET_BAKER_CONFIG_INVALID',
      message: /^functions\.a\.secretBaker: expected a list of names/,
    });
  });
}

test('images: the build context holds the bundle from before they are built until they are', async (t) => {
  const images = { one: { path: './one' }, two: 'two', given: { uri: '123456789012.dkr.ecr.r.amazonaws.com/x' } };
  const functions = {
    a: { image: 'one' },
    b: { image: { name: 'two' } },
    c: { image: 'given' },
    d: { image: '123456789012.dkr.ecr.r.amazonaws.com/y' },
    e: { image: { uri: '123456789012.dkr.ecr.r.amazonaws.com/z' }, secretBaker: ['MY_SECRET'] },
  };
  const service = fakeService({ service: { functions, provider: { ecr: { images } } } });
  t.after(service.remove);
  const contexts = ['one', 'two'].map((name) => path.join(service.dir, name));
  for (const context of contexts) fs.mkdirSync(context);
  const files = () => contexts.map((context) => service.file(context));
  await service.run(...PACKAGED);
  assert.deepEqual(files(), [undefined, undefined], 'any earlier it would be packed into zips');
  await service.run('before:package:compileFunctions');
  assert.deepEqual(files(), [BUNDLE, BUNDLE]);
  await service.run('after:package:compileFunctions');
  assert.deepEqual(files(), [undefined, undefined]);
  const elsewhere = service.log.lines.filter((line) => /built elsewhere/.test(line));
  assert.equal(elsewhere.length, 3);
  assert.match(
    elsewhere[0] ?? '',
    /^notice: secret-baker: function c runs an image .* COPY secret-baker-secrets\.json into \$\{LAMBDA_TASK_ROOT\}$/,
  );
  assert.match(elsewhere[2] ?? '', /; that file has all secrets, and no list of a function narrows anything there$/);
});

test('before:deploy:function:deploy: carries this function only, and writes for its image', async (t) => {
  const functions = { a: { image: 'one' }, b: {} };
  const wishes = { options: { function: 'a' }, service: { functions, provider: { ecr: { images: { one: '.' } } } } };
  const { core, dir } = await packaged(
    t,
    wishes,
    'before:deploy:function:initialize',
    'after:deploy:function:initialize',
    'before:deploy:function:deploy',
  );
  assert.deepEqual(core.carried[0]?.functions, [{ name: 'a', only: undefined, context: dir }]);
  assert.equal(core.folder.filter((what) => what === `write ${dir}`).length, 2);
});

for (const [title, pack, zip] of /** @type {[string, object, string][]} */ ([
  ['the zip that is packaged for it alone', {}, '.serverless/b.zip'],
  ["the service's own artefact", { artifact: 'dist/app.zip' }, 'dist/app.zip'],
])) {
  test(`before:deploy:function:deploy: looks into ${title}`, async (t) => {
    const wishes = { options: { function: 'b' }, service: { functions: { a: {}, b: {} }, package: pack } };
    const { core } = await packaged(t, wishes, 'after:deploy:function:initialize', 'before:deploy:function:deploy');
    assert.deepEqual(core.carried[0]?.functions, [{ name: 'b', only: undefined, zip: path.join(zip) }]);
  });
}

const LAST_LOOK = 'before:aws:deploy:deploy:createStack';
const DIGEST = createHash('sha256').update(BUNDLE).digest('hex');

test('before:package:compileLayers: writes what each function carries into what the framework saves', async (t) => {
  const images = { app: { path: '.' } };
  const functions = { a: {}, image: { image: 'app' }, given: { image: '123456789012.dkr.ecr.r.amazonaws.com/y' } };
  const { serverless } = await packaged(t, { service: { functions, provider: { ecr: { images } } } });
  assert.deepEqual(serverless.service.custom, {
    secretBaker: ['MY_SECRET'],
    secretBakerPackaged: { a: DIGEST, image: DIGEST },
  });
});

test(`${LAST_LOOK}: looks once more, with what this process has baked`, async (t) => {
  const { core, dir } = await packaged(t, { service: { functions: { a: {} } } }, ...PACKAGED, LAST_LOOK);
  const functions = [{ name: 'a', only: undefined, zip: path.join('.serverless/service.zip') }];
  assert.deepEqual(core.checked, [{ functions, bundle: BUNDLE, serviceDir: dir }]);
});

/**
 * Deploys a package: the framework puts what it finds there in the place of the config.
 * @param {import('node:test').TestContext} t
 * @param {Record<string, any> | undefined} config `custom` of the config
 * @param {Record<string, any> | undefined} custom that of the package
 * @param {object} [core]
 */
const deployed = async (t, config, custom, core) => {
  const service = fakeService({ custom: config, core, service: { custom: config, package: { artifact: 'dist/app.zip' } } });
  t.after(service.remove);
  await service.run('initialize');
  const functions = { a: { package: { artifact: '.serverless/app.zip' } }, i: { image: 'x' } };
  Object.assign(service.serverless.service, { custom, functions });
  await service.run(LAST_LOOK);
  return service;
};

const ENABLED = { secretBaker: ['A'] };
const DISABLED = { secretBaker: ['A'], secretBakerOptions: { enabled: false } };
const RECORDED = { secretBaker: ['A'], secretBakerPackaged: { a: DIGEST } };

test(`${LAST_LOOK}: of a package made earlier looks at its bytes, bakes nothing and deploys the copy`, async (t) => {
  const { core, serverless, log } = await deployed(t, ENABLED, RECORDED);
  const [look] = core.checked;
  assert.deepEqual([look?.bundle, look?.digests, look?.config], [undefined, { a: DIGEST }, '["A"]']);
  assert.deepEqual(core.requests, []);
  assert.equal(serverless.service.package?.artifact, '.serverless/app.zip');
  assert.deepEqual(log.lines, []);
});

test(`${LAST_LOOK}: of a package whose record is blank knows nothing to be right`, async (t) => {
  const { core } = await deployed(t, ENABLED, { secretBaker: ['A'], secretBakerPackaged: null });
  assert.deepEqual(core.checked[0]?.digests, {});
});

for (const [config, custom] of [
  [ENABLED, {}],
  [ENABLED, undefined],
  [ENABLED, ENABLED],
  [ENABLED, DISABLED],
  [{}, ENABLED],
]) {
  test(`${LAST_LOOK}: with ${JSON.stringify(config)} refuses a package made with ${JSON.stringify(custom)} and no record`, async (t) => {
    await assert.rejects(deployed(t, config, custom), {
      code: 'SECRET_BAKER_ARTEFACT_WITHOUT_SECRETS',
      message:
        /^custom\.secretBaker is set, and the package .* was made without its secrets\n {2}hint: run "serverless package" again/,
    });
  });
}

for (const config of [{ secretBaker: ['A', 'B'] }, {}, { secretBaker: { A: '/other' } }]) {
  test(`${LAST_LOOK}: with ${JSON.stringify(config)} deploys another package as it is, and says so`, async (t) => {
    const { core, log } = await deployed(t, config, RECORDED);
    assert.equal(core.checked[0]?.config, '["A"]');
    assert.deepEqual(log.lines, [
      'notice: secret-baker: the package was made with another custom.secretBaker: it is deployed as it was packaged',
    ]);
  });
}

test(`${LAST_LOOK}: a package made under another grammar is deployed for its bytes`, async (t) => {
  const older = { secretBaker: 'x', secretBakerOptions: { unknown: 1 }, secretBakerPackaged: { a: DIGEST } };
  const { core } = await deployed(t, ENABLED, older);
  const [look] = core.checked;
  assert.deepEqual([look?.digests, look?.config], [{ a: DIGEST }, '"x"']);
  assert.equal(look?.functions.length, 2);
});

test(`${LAST_LOOK}: with nothing to bake, then or now, loads nothing`, async (t) => {
  for (const config of [undefined, {}, DISABLED]) {
    for (const custom of [undefined, {}, DISABLED]) assert.equal((await deployed(t, config, custom)).core.loads, 0);
  }
});

test(`${LAST_LOOK}: what another plugin has switched off before it was packaged is not missed`, async (t) => {
  const service = fakeService({ custom: ENABLED, service: { functions: { a: {} } } });
  t.after(service.remove);
  await service.run('initialize');
  service.serverless.service.custom = {};
  await service.run(...PACKAGED, LAST_LOOK);
  assert.equal(service.core.loads, 0);
});

test(`${LAST_LOOK}: an artefact without its secrets is not deployed`, async (t) => {
  const lacks = { code: 'SECRET_BAKER_ARTEFACT_WITHOUT_SECRETS', message: 'functions.a: nothing in it' };
  await assert.rejects(deployed(t, ENABLED, RECORDED, { lacks }), lacks);
});

for (const custom of [undefined, { secretBaker: ['A'], secretBakerOptions: { enabled: false } }]) {
  test(`nothing is claimed, carried or checked with custom ${JSON.stringify(custom)}`, async (t) => {
    const wishes = { custom: custom ?? {}, service: { functions: { a: {} } } };
    const { core } = await packaged(
      t,
      wishes,
      ...PACKAGED,
      'before:package:compileFunctions',
      'before:aws:deploy:deploy:createStack',
    );
    assert.equal(core.loads, 0);
  });
}

for (const event of ['before:package:cleanup', 'before:deploy:function:initialize']) {
  test(`${event}: takes the right to package, and the command's end gives it back`, async (t) => {
    const service = await packaged(t, {}, event, event);
    assert.deepEqual(service.core.right, [`claim ${service.dir}`, `claim ${service.dir}`]);
    await service.run('after:package:compileFunctions');
    assert.equal(service.core.right.includes('release'), false, 'the artefacts are not uploaded yet');
    await service.run('finalize');
    assert.equal(service.core.right.at(-1), 'release');
  });

  test(`${event}: while another run packages, nothing is baked`, async (t) => {
    const busy = { code: 'SECRET_BAKER_FOLDER_BUSY', message: 'another run is packaging' };
    const service = fakeService({ core: { busy } });
    t.after(service.remove);
    await assert.rejects(service.run(event), busy);
    await service.run('error');
    assert.deepEqual(service.core.requests, []);
  });
}
