// What the matrix does not ask: artefacts of the user, a function's own secrets, images, and a last look before the upload.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { root } from '../aws/python.mjs';
import { startStandIn } from '../aws/stand-in.mjs';
import { bundleOf, FILE, frameworks, plainWith } from './harness.mjs';
import { makeZip } from './zips.mjs';

/** @import { Service } from './harness.mjs' */

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;
before(async () => {
  standIn = await startStandIn();
  for (const name of ['a', 'b', 'c']) await standIn.putSecret(`/artefacts/${name}`, `value of ${name}`);
});
beforeEach(() => standIn.reset());
after(() => standIn.stop());

const custom = { secretBaker: { A: '/artefacts/a', B: '/artefacts/b', C: '/artefacts/c' } };
const HANDLER = { name: 'handler.js', content: 'exports.hello = async () => {};' };

/** @param {string} name */
const named = (name) => ({ handler: 'handler.hello', package: { artifact: name } });

/**
 * @param {Service} service
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 */
const run = (service, args, env) => service.run(args, { env: { AWS_ENDPOINT_URL: standIn.endpoint, ...env } });

/**
 * @param {Service} service
 * @param {Record<string, string>} [env]
 */
async function packaged(service, env) {
  const { code, output } = await run(service, ['package'], env);
  assert.equal(code, 0, output);
  assert.equal(service.has(FILE), false);
  return output;
}

/**
 * @param {Service} service
 * @param {string[]} args
 */
async function refused(service, args = ['package']) {
  const { code, output } = await run(service, args);
  assert.equal(code, 1, output);
  assert.doesNotMatch(output, /\n\s+at /);
  assert.equal(service.has(FILE), false);
  return output;
}

/** @param {Service} service */
const stateOf = (service) => JSON.parse(readFileSync(join(service.dir, '.serverless/serverless-state.json'), 'utf8')).service;

/** Neither by this test nor by the others, which deploy nothing either. */
async function nothingUploaded() {
  const uploads = (await standIn.calls()).filter(({ target }) => target.startsWith('PUT '));
  assert.deepEqual(uploads, []);
}

/** @param {string} path */
const sha = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');

for (const framework of frameworks) {
  describe(`artefacts on ${framework}`, () => {
    it('of the user are copied, as a link and read-only too, and never changed', async (t) => {
      const zip = await makeZip([HANDLER], { zip64: true });
      const streamed = await makeZip([HANDLER], { descriptors: true });
      const functions = { own: named('dist/own.zip'), link: named('dist/link.zip'), same: named('dist/own.zip') };
      const service = plainWith(t, framework, { custom, functions }, { 'dist/own.zip': zip, 'store/x.zip': streamed });
      chmodSync(join(service.dir, 'dist/own.zip'), 0o444);
      symlinkSync('../store/x.zip', join(service.dir, 'dist/link.zip'));
      await packaged(service);
      assert.deepEqual(readFileSync(join(service.dir, 'dist/own.zip')), zip);
      assert.deepEqual(readFileSync(join(service.dir, 'store/x.zip')), streamed);
      assert.ok(lstatSync(join(service.dir, 'dist/link.zip')).isSymbolicLink());
      const state = stateOf(service);
      for (const [name, path] of Object.entries({ own: 'own', same: 'own', link: 'link' })) {
        assert.equal(state.functions[name].package.artifact, `.serverless/${path}.zip`);
        const copy = await service.zip(`.serverless/${path}.zip`);
        assert.deepEqual([...copy.keys()], ['handler.js', FILE]);
        assert.deepEqual(Object.keys(await bundleOf(copy)), ['A', 'B', 'C']);
      }
    });

    it('are the same to the byte when packaged again', async (t) => {
      const functions = { own: named('dist/own.zip'), hello: { handler: 'handler.hello' } };
      const service = plainWith(t, framework, { custom, functions }, { 'dist/own.zip': await makeZip([HANDLER]) });
      const hashes = [];
      for (const _ of [1, 2]) {
        await packaged(service);
        hashes.push(['own', 'plain'].map((name) => sha(join(service.dir, `.serverless/${name}.zip`))));
      }
      assert.deepEqual(hashes[0], hashes[1]);
    });

    it('with another file of that name get the right one, and the user is told', async (t) => {
      const zip = await makeZip([{ name: FILE, content: '{"STALE":{}}' }, HANDLER]);
      const service = plainWith(t, framework, { custom, functions: { own: named('own.zip') } }, { 'own.zip': zip });
      const output = await packaged(service);
      assert.match(output, /secret-baker: replaced another secret-baker-secrets\.json in \.serverless\/own\.zip \(own\)/);
      assert.deepEqual(Object.keys(await bundleOf(await service.zip('.serverless/own.zip'))), ['A', 'B', 'C']);
      assert.doesNotMatch(readFileSync(join(service.dir, '.serverless/own.zip'), 'latin1'), /STALE/);
    });

    it('that cannot be used are all told at once', async (t) => {
      const functions = { broken: named('broken.zip'), short: named('short.zip'), hello: { handler: 'handler.hello' } };
      const zip = await makeZip([HANDLER]);
      const files = { 'broken.zip': 'this is no zip', 'short.zip': zip.subarray(0, zip.length - 9) };
      const output = await refused(plainWith(t, framework, { custom, functions }, files));
      assert.match(
        output,
        /2 problems:\n {2}functions\.broken: its artefact \S+\/broken\.zip cannot be used: it is no zip archive/,
      );
      assert.match(output, /functions\.short: its artefact \S+\/short\.zip cannot be used/);
      assert.match(output, /hint: build it again; nothing was changed/);
    });

    it('that lie in a bucket are refused with what to do', async (t) => {
      const functions = { far: named('s3://builds/app.zip') };
      const output = await refused(plainWith(t, framework, { custom, functions }));
      assert.match(
        output,
        /functions\.far: its artefact s3:\/\/builds\/app\.zip lies elsewhere, and nothing can be put into it there/,
      );
      assert.match(output, /hint: name a local file/);
    });

    it('carry only the secrets of their function, and not the name of another', async (t) => {
      const functions = {
        all: { handler: 'handler.hello' },
        some: { handler: 'handler.hello', secretBaker: ['C', 'A'] },
        none: { handler: 'handler.hello', secretBaker: [] },
        // The framework does not package this one, and deploys it. Its schema does not know the key.
        built: { handler: 'handler.hello', secretBaker: ['B'], package: { disable: true, artifact: 'dist/built.zip' } },
      };
      const files = { 'dist/built.zip': await makeZip([{ name: FILE, content: '{"STALE":{}}' }, HANDLER]) };
      const keys = { custom, functions, package: { individually: true }, configValidationMode: 'warn' };
      const service = plainWith(t, framework, keys, files);
      assert.match(await packaged(service), /replaced another \S+ in \.serverless\/built\.zip \(built\)/);
      assert.equal(stateOf(service).functions.built.package.artifact, '.serverless/built.zip');
      const wanted = { all: ['A', 'B', 'C'], some: ['A', 'C'], none: [], built: ['B'] };
      for (const [name, names] of Object.entries(wanted)) {
        assert.deepEqual(Object.keys(await bundleOf(await service.zip(`.serverless/${name}.zip`))), names);
      }
      // Entries are stored as they are, so a name that was left behind would show.
      assert.doesNotMatch(readFileSync(join(service.dir, '.serverless/some.zip'), 'latin1'), /artefacts\/b/);
    });

    it('have no file that a killed run has left in another folder, nor have layers', async (t) => {
      const left = JSON.stringify({ B: { ciphertext: 'AQICAA==', arn: 'arn:of:b', version: 1 } });
      const functions = { some: { handler: 'handler.hello', secretBaker: ['A'] } };
      const service = plainWith(
        t,
        framework,
        { custom, functions, layers: { shared: { path: 'layer', package: { patterns: ['**'] } } } },
        { [`image/${FILE}`]: left, 'image/Dockerfile': '', [`layer/deep/${FILE}`]: left, 'layer/code.js': '' },
      );
      assert.match(await packaged(service), /secret-baker: took image\/secret-baker-secrets\.json out of \S+plain\.zip \(some\)/);
      const paths = async (/** @type {string} */ name) => [...(await service.zip(`.serverless/${name}.zip`)).keys()].sort();
      assert.deepEqual(await paths('plain'), ['.point-at-stand-in.js', 'handler.js', 'image/Dockerfile', FILE].sort());
      assert.deepEqual(await paths('shared'), ['code.js']);
      assert.doesNotMatch(readFileSync(join(service.dir, '.serverless/plain.zip'), 'latin1'), /arn:of:b/);
    });

    it('must not be shared by functions with different secrets', async (t) => {
      const functions = { one: { handler: 'handler.hello' }, two: { handler: 'handler.hello', secretBaker: ['A'] } };
      const output = await refused(plainWith(t, framework, { custom, functions }));
      assert.match(output, /functions\.two\.secretBaker: its artefact \S+plain\.zip is that of function `one` too/);
      assert.match(output, /hint: give each function an artefact of its own: `package: \{ individually: true \}`/);
    });

    it('of functions that ask for secrets that there are not are not even packaged', async (t) => {
      const functions = { one: { handler: 'handler.hello', secretBaker: ['A', 'BB', 'NOTHING_LIKE_IT'] } };
      const service = plainWith(t, framework, { custom, functions, package: { individually: true } });
      const output = await refused(service);
      assert.match(
        output,
        /functions\.one\.secretBaker\[1\]: there is no secret `BB` in custom\.secretBaker, did you mean `B`\?/,
      );
      assert.match(output, /functions\.one\.secretBaker\[2\]: there is no secret `NOTHING_LIKE_IT` in custom\.secretBaker/);
      assert.equal(existsSync(join(service.dir, '.serverless/one.zip')), false);
    });

    it('of images find the file in the build context while it is built, and nowhere afterwards', async (t) => {
      const images = { app: { path: './image' }, small: './small' };
      const functions = {
        zip: { handler: 'handler.hello' },
        app: { image: 'app' },
        small: { image: { name: 'small' }, secretBaker: ['B'] },
        given: {
          secretBaker: ['A'],
          image: { uri: `${'1'.repeat(12)}.dkr.ecr.eu-central-1.amazonaws.com/x@sha256:${'1'.repeat(64)}` },
        },
      };
      const provider = { name: 'aws', runtime: 'nodejs20.x', region: 'eu-central-1', ecr: { images } };
      const files = {
        'image/Dockerfile': DOCKERFILE,
        'image/handler.js': '',
        'small/Dockerfile': 'FROM scratch',
        '../bin/docker': DOCKER,
      };
      const service = plainWith(t, framework, { custom, functions, provider }, files);
      const bin = join(service.parent, 'bin');
      chmodSync(join(bin, 'docker'), 0o755);
      const env = { PATH: `${bin}:${process.env.PATH}` };
      const output = await packaged(service, env);
      const seen = (/** @type {string} */ image) => Object.keys(JSON.parse(readFileSync(join(bin, image), 'utf8')));
      assert.deepEqual([seen('image'), seen('small')], [['A', 'B', 'C'], ['B']]);
      for (const folder of ['image', 'small', '.']) assert.equal(service.has(join(folder, FILE)), false);
      const zip = await service.zip('.serverless/plain.zip');
      assert.deepEqual(
        [...zip.keys()].filter((name) => name.endsWith(FILE)),
        [FILE],
      );
      assert.match(output, /function given runs an image that is built elsewhere.*\n?.*COPY secret-baker-secrets\.json/);
      assert.match(output, /no list of a function narrows anything there/);
      // As that message says. A copy in a build context would go into the next zip.
      const kept = await run(service, ['package', '--no-secret-baker-cleanup'], env);
      assert.equal(kept.code, 0, kept.output);
      assert.deepEqual(Object.keys(JSON.parse(readFileSync(join(service.dir, FILE), 'utf8'))), ['A', 'B', 'C']);
      for (const folder of ['image', 'small']) assert.equal(service.has(join(folder, FILE)), false);
    });

    it('of images are refused where a build context would hold the secrets of another', async (t) => {
      const provider = (/** @type {object} */ images) => ({ name: 'aws', region: 'eu-central-1', ecr: { images } });
      const functions = { outer: { image: 'outer', secretBaker: ['A'] }, inner: { image: 'inner', secretBaker: ['B'] } };
      for (const [outer, inner, says] of /** @type {[string, string, RegExp][]} */ ([
        ['.', 'inner', /functions\.outer: its build context \S+ holds that of function `inner`, where secrets lie/],
        ['..', 'inner', /functions\.outer: its build context \S+ holds the service's own folder, where secrets lie/],
        ['inner', 'inner', /functions\.inner\.secretBaker: its build context \S+inner is that of function `outer` too/],
      ])) {
        const images = { outer: { path: outer }, inner: { path: inner } };
        const service = plainWith(t, framework, { custom, functions, provider: provider(images) });
        const output = await refused(service);
        assert.match(output, says);
        assert.match(output, /hint: give each function an image with a build context of its own/);
      }
    });

    it('that another plugin changes after us are not deployed', async (t) => {
      const plugins = ['./.point-at-stand-in.js', 'serverless-secret-baker', './rezip.js'];
      const files = { 'rezip.js': REZIP, 'without.zip': await makeZip([HANDLER]) };
      const service = plainWith(t, framework, { custom, plugins }, files);
      const output = await refused(service, ['deploy']);
      assert.match(
        output,
        /functions\.hello: its artefact \S+plain\.zip does not hold just its secrets: there is no `secret-baker-secrets\.json` at its root/,
      );
      assert.match(output, /hint: package again with this plugin/);
    });

    for (const [title, other] of /** @type {[string, object][]} */ ([
      ['without us', { plugins: ['./.point-at-stand-in.js'] }],
      ['before there was custom.secretBaker', { custom: {} }],
      ['while we were switched off', { custom: { ...custom, secretBakerOptions: { enabled: false } } }],
    ])) {
      it(`that were packaged earlier ${title} are not deployed`, async (t) => {
        const service = plainWith(t, framework, { custom });
        const config = readFileSync(join(service.dir, 'serverless.yml'), 'utf8');
        service.write({ 'serverless.yml': JSON.stringify({ ...JSON.parse(config), ...other }) });
        const { code, output } = await run(service, ['package', '--package', 'out']);
        assert.equal(code, 0, output);
        service.write({ 'serverless.yml': config });
        const refusal = await refused(service, ['deploy', '--package', 'out']);
        assert.match(
          refusal,
          /custom\.secretBaker is set, and the package that is to be deployed was made without its secrets\n\s+hint: run "serverless package" again/,
        );
        await nothingUploaded();
      });
    }

    it('that were packaged earlier and changed since are not deployed', async (t) => {
      const service = plainWith(t, framework, { custom });
      const { code, output } = await run(service, ['package', '--package', 'out']);
      assert.equal(code, 0, output);
      const baked = await bundleOf(await service.zip('out/plain.zip'));
      const arn = 'arn:aws:ssm:eu-central-1:123456789012:parameter/another/stage';
      for (const [changed, why] of /** @type {[object, RegExp][]} */ ([
        [{ ...baked, B: 'plaintext!' }, /their ciphertexts are not those that were packaged/],
        [{ ...baked, B: { ...baked.B, arn } }, /their ciphertexts are not those that were packaged/],
        [{ A: baked.A, C: baked.C, D: baked.B }, /it lacks `B` and has `D`, which it is not to carry/],
      ])) {
        service.write({ 'out/plain.zip': await makeZip([HANDLER, { name: FILE, content: JSON.stringify(changed) }]) });
        const refusal = await refused(service, ['deploy', '--package', 'out']);
        assert.match(refusal, /functions\.hello: its artefact \S+plain\.zip does not hold just its secrets: /);
        assert.match(refusal, why);
      }
      await nothingUploaded();
    });
  });
}

/** The one that the documents show. */
const [, DOCKERFILE = ''] = /```dockerfile\n(.*?)```/s.exec(readFileSync(join(root, 'docs/packaging.md'), 'utf8')) ?? [];

/** Stands in for Docker, which no test machine has: notes what the bundle in the build context is. */
const DOCKER = `#!/bin/sh
case "$1" in
build)
  for context; do :; done
  # What the Dockerfile copies must be there.
  for file in $(sed -n 's/^COPY \\(.*\\) .*/\\1/p' "$context/Dockerfile"); do test -e "$context/$file" || exit 1; done
  cp "$context/${FILE}" "$(dirname "$0")/$(basename "$context")"
  ;;
push) echo "digest: sha256:${'0'.repeat(64)} size: 1" ;;
esac
`;

/** A plugin that packages once more, at the last moment. */
const REZIP = `module.exports = class {
  constructor(serverless) {
    this.hooks = {
      'after:package:finalize': () => require('node:fs').copyFileSync('without.zip', '.serverless/plain.zip'),
    };
  }
};
`;
