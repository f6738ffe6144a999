// `diff` of what is odd, damaged or hostile: each is read right or refused in words, whatever lies beside it, and every wait ends.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { makeZip } from '../e2e/zips.mjs';
import { deployedWorld, inRanges, rangeOf } from './deployed-world.mjs';
import { assertAsDocumented } from './pages.mjs';
import { Commands } from './ways.mjs';

/** @import { TestContext } from 'node:test' */

const FILE = 'secret-baker-secrets.json';
const KEY = 'arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';

/** Ciphertexts of the config itself, so that nobody is asked. */
const blob = (/** @type {number} */ material, rest = 1) =>
  Buffer.concat([Buffer.from([1, 2, 2, 0, 0x78]), Buffer.alloc(32, material), Buffer.alloc(40, rest)]).toString('base64');
const A = { source: 'kms', ciphertext: blob(1), key: KEY };
const SECRETS = { A: `kms::${KEY}::${A.ciphertext}` };
const SAME = JSON.stringify({ A });
const GONE = JSON.stringify({ A, B: A });

describe('diff of odd artefacts', () => {
  it('reads zips however they were written', async (t) => {
    const plain = await makeZip([{ name: FILE, content: GONE }]);
    const files = {
      'plain.zip': plain,
      'zip64.zip': await makeZip([{ name: FILE, content: GONE }], { zip64: true }),
      'descriptors.zip': await makeZip([{ name: FILE, content: GONE }], { descriptors: true }),
      'stored.zip': await makeZip([{ name: FILE, content: GONE, stored: true }]),
      'behind-a-program.zip': Buffer.concat([Buffer.from('#!/bin/sh\nexit\n'), plain]),
      'with-a-comment.zip': commented(plain, 'PK\u0005\u0006 is in the comment'),
    };
    const commands = new Commands(t, 'program', undefined, { secrets: SECRETS }, files);
    const { value, stderr } = await commands.json(['diff', ...Object.keys(files)]);
    assert.deepEqual(
      told(value),
      Object.keys(files).map((name) => `${name} B gone`),
      stderr,
    );
  });

  it('refuses in words what is none or cannot be read, and compares all others', async (t) => {
    const plain = await makeZip([{ name: FILE, content: GONE }]);
    const bomb = await makeZip([{ name: FILE, content: Buffer.alloc(17 * 1024 * 1024, 32) }]);
    const lie = await makeZip([{ name: FILE, content: Buffer.alloc(1024 * 1024, 32) }]);
    const files = {
      'good.zip': plain,
      'twice.zip': await makeZip([
        { name: FILE, content: SAME },
        { name: FILE, content: GONE },
      ]),
      'long.zip': bomb,
      'lying.zip': patched(lie, CENTRAL, 24, [10, 0, 0, 0]),
      'encrypted.zip': patched(plain, CENTRAL, 8, [1, 0]),
      'deflate64.zip': patched(plain, CENTRAL, 10, [9, 0]),
      'cut.zip': plain.subarray(0, plain.length - 30),
      'headless.zip': plain.subarray(20),
      'text.zip': 'no zip',
      'empty.zip': '',
      'list.zip': await makeZip([{ name: FILE, content: '[]' }]),
    };
    const commands = new Commands(t, 'program', undefined, { secrets: SECRETS }, files);
    execFileSync('mkfifo', [join(commands.dir, 'pipe.zip')]);
    const { code, value, stderr } = await commands.json(['diff', ...Object.keys(files), 'pipe.zip', 'none.zip'], {
      timeout: 30_000,
    });
    assertAsDocumented('diff', value);
    assert.deepEqual(told(value), ['good.zip B gone']);
    assert.equal(code, 3);
    const expected = {
      'twice.zip': 'is in it more than once',
      'long.zip': 'is longer than any bundle',
      'lying.zip': 'is damaged, encrypted, or compressed in a way that Lambda does not know',
      'encrypted.zip': 'is damaged, encrypted, or compressed in a way that Lambda does not know',
      'deflate64.zip': 'is damaged, encrypted, or compressed in a way that Lambda does not know',
      'cut.zip': 'it is no zip archive, or its end is missing',
      'headless.zip': 'outside the file',
      'text.zip': 'it is no zip archive',
      'empty.zip': 'it is no zip archive',
      'list.zip': 'is no bundle',
      'pipe.zip': 'it is neither a file nor a folder',
      'none.zip': 'does not exist',
    };
    const messages = value.unread.map((/** @type {any} */ one) => one.message);
    for (const [name, words] of Object.entries(expected)) {
      assert.ok(
        messages.some((/** @type {string} */ message) => message.includes(name) && message.includes(words)),
        `${name}: ${words}\n${messages.join('\n')}`,
      );
      assert.ok(stderr.includes(name), stderr);
    }
    assert.equal(messages.length, Object.keys(expected).length);
  });

  it('takes a bundle at the root alone, in a folder, behind a link, and has none in an empty one', async (t) => {
    const files = {
      'inner.zip': await makeZip([{ name: `python/${FILE}`, content: SAME }]),
      [`folder/${FILE}`]: GONE,
    };
    const commands = new Commands(t, 'program', undefined, { secrets: SECRETS }, files);
    mkdirSync(join(commands.dir, 'empty'));
    symlinkSync('folder', join(commands.dir, 'link'));
    const { code, value } = await commands.json(['diff', 'inner.zip', 'folder', 'link', 'empty']);
    assert.deepEqual(told(value), ['inner.zip A added', 'folder B gone', 'link B gone', 'empty A added']);
    assert.equal(code, 1);
  });

  it('tells another key by the material that a ciphertext names, and the same one sealed anew', async (t) => {
    const of = (/** @type {object} */ entry) => JSON.stringify({ A: { ...A, ...entry } });
    const alias = KEY.replace(/key\/.*/, 'alias/app');
    const files = {
      [`anew/${FILE}`]: of({ ciphertext: blob(1, 2) }),
      [`key/${FILE}`]: of({ ciphertext: blob(2), key: KEY.replace('1234abcd', '00000000') }),
      [`alias/${FILE}`]: of({ key: alias }),
      [`rotated/${FILE}`]: of({ ciphertext: blob(2) }),
      [`place/${FILE}`]: JSON.stringify({ A: { ciphertext: A.ciphertext, arn: 'arn:aws:ssm:r:1:parameter/a', version: 1 } }),
      [`odd/${FILE}`]: JSON.stringify({ A: 5 }),
    };
    const commands = new Commands(t, 'program', undefined, { secrets: SECRETS }, files);
    const { value } = await commands.json(['diff', 'anew', 'key', 'alias', 'rotated', 'place', 'odd']);
    assert.deepEqual(told(value), [
      'anew A sealed',
      'key A key',
      'alias A sealed',
      'rotated A sealed',
      'place A place',
      'odd A sealed',
    ]);
  });
});

describe("diff of the framework's folder", () => {
  const secrets = { ...SECRETS, OTHER: SECRETS.A };

  it('compares a shared zip with what its functions carry, and takes a layer for none of theirs', async (t) => {
    const files = {
      '.serverless/shop.zip': await makeZip([{ name: FILE, content: SAME }]),
      '.serverless/own.zip': await makeZip([{ name: FILE, content: GONE }]),
      '.serverless/layer.zip': await makeZip([{ name: 'nodejs/a.js', content: '1' }]),
    };
    const functions = { one: { secrets: ['A'] }, two: { secrets: ['A'] }, own: { secrets: ['A'] } };
    const commands = new Commands(t, 'program', undefined, { secrets, functions }, files);
    for (const words of [['diff'], ['diff', '.serverless']]) {
      const { code, value } = await commands.json(words);
      assert.deepEqual(
        told(value).map((one) => one.replace(/^.*\.serverless/, '')),
        ['/own.zip B gone'],
      );
      assert.match(value.notCompared[0].place, /layer\.zip$/);
      assert.equal(value.notCompared.length, 1);
      assert.equal(code, 1);
    }
  });

  it('misses a bundle in the zip of the service', async (t) => {
    const files = { '.serverless/shop.zip': await makeZip([{ name: 'a.js', content: '1' }]) };
    const functions = { one: { secrets: ['A'] } };
    const commands = new Commands(t, 'program', undefined, { secrets, functions }, files);
    const { value } = await commands.json(['diff']);
    assert.deepEqual(
      told(value).map((one) => one.replace(/^.* A /, 'A ')),
      ['A added'],
    );
  });

  it('compares the secrets that are sealed into variables of its templates', async (t) => {
    const Variables = {
      SAME: `secret-baker:${JSON.stringify(A)}`,
      A: `secret-baker:${JSON.stringify({ ...A, ciphertext: blob(1, 2) })}`,
      OLD: `secret-baker:${JSON.stringify({ ...A, ciphertext: blob(1, 3) })}`,
      PLAIN: 'hunter2',
    };
    const hello = { Type: 'AWS::Lambda::Function', Properties: { Environment: { Variables } } };
    const template = JSON.stringify({ Resources: { HelloLambdaFunction: hello } });
    const files = {
      '.serverless/shop.zip': await makeZip([{ name: FILE, content: SAME }]),
      '.serverless/cloudformation-template-update-stack.json': template,
    };
    const commands = new Commands(t, 'program', undefined, { secrets: SECRETS }, files);
    const { code, value, stderr } = await commands.json(['diff']);
    const found = value.differences.map((/** @type {any} */ one) => `${one.variable} ${one.name} ${one.difference}`);
    assert.deepEqual(found, ['A A sealed', 'OLD OLD gone']);
    assert.match(value.differences[0].place, /update-stack\.json: HelloLambdaFunction$/);
    assert.equal(code, 1);
    assert.doesNotMatch(JSON.stringify(value) + stderr, /hunter2/);
    commands.write({ '.serverless/cloudformation-template-update-stack.json': '{' });
    const broken = await commands.run(['diff']);
    assert.match(broken.stderr, /the template .*update-stack\.json cannot be read: EOF while parsing/);
    assert.equal(broken.code, 3);
  });
});

describe('diff of a stack with others in it', () => {
  const STACK = 'AWS::CloudFormation::Stack';

  it('follows them, and names their functions by their place', async (t) => {
    const zip = await makeZip([{ name: FILE, content: GONE }]);
    const world = await deployedWorld(t, {
      functions: { top: { zip }, inner: { zip }, deep: { zip } },
      stacks: {
        shop: [
          { id: 'TopLambdaFunction', name: 'top' },
          { id: 'Api', name: 'arn:api', type: STACK },
        ],
        'arn:api': [
          { id: 'InnerLambdaFunction', name: 'inner' },
          { id: 'Users', name: 'arn:users', type: STACK },
        ],
        // A circle, which CloudFormation itself does not make.
        'arn:users': [
          { id: 'DeepLambdaFunction', name: 'deep' },
          { id: 'Again', name: 'arn:api', type: STACK },
          { id: 'Top', name: 'shop', type: STACK },
        ],
      },
    });
    const { code, value } = await service(t, world).json(['diff', '--stack', 'shop']);
    assert.deepEqual(told(value), ['top B gone', 'Api/inner B gone', 'Api/Users/deep B gone']);
    assert.deepEqual([value.unread, value.notCompared], [[], []]);
    assert.equal(code, 1);
    assert.equal(world.asked.filter((asked) => asked.startsWith('ListStackResources')).length, 3);
  });

  it('tells one that may not be read, compares the others, and fails', async (t) => {
    const zip = await makeZip([{ name: FILE, content: SAME }]);
    const world = await deployedWorld(t, {
      functions: { top: { zip }, shut: { code: 'AccessDeniedException', status: 403 } },
      stacks: {
        shop: [
          { id: 'Api', name: 'arn:api', type: STACK },
          { id: 'TopLambdaFunction', name: 'top' },
          { id: 'ShutLambdaFunction', name: 'shut' },
        ],
        'arn:api': { code: 'AccessDenied', status: 403 },
      },
    });
    const { code, value, stderr } = await service(t, world).json(['diff', '--stack', 'shop']);
    assertAsDocumented('diff', value);
    assert.deepEqual(value.differences, []);
    const messages = value.unread.map((/** @type {any} */ one) => one.message);
    assert.match(messages[0], /^nested stack `Api`: cloudformation:ListStackResources in region eu-central-1 is denied/);
    assert.match(messages[1], /^function `shut`: lambda:GetFunction in region eu-central-1 is denied/);
    assert.match(stderr, /allow `cloudformation:ListStackResources` on this nested stack/);
    assert.equal(code, 3);
  });

  it('ends where they have no end', async (t) => {
    const zip = await makeZip([{ name: FILE, content: SAME }]);
    /** @type {Record<string, import('./deployed-world.mjs').Resource[]>} */
    const stacks = { shop: [{ id: 'TopLambdaFunction', name: 'top' }] };
    for (let at = 0; at < 12; at += 1) stacks[`arn:${at}`] = [{ id: 'Down', name: `arn:${at + 1}`, type: STACK }];
    for (let at = 0; at < 250; at += 1) stacks.shop?.push({ id: `Wide${at}`, name: `arn:wide${at}`, type: STACK });
    for (let at = 0; at < 250; at += 1) stacks[`arn:wide${at}`] = [];
    stacks.deep = [{ id: 'Down', name: 'arn:0', type: STACK }];
    const world = await deployedWorld(t, { functions: { top: { zip } }, stacks });
    const commands = service(t, world);
    const wide = await commands.json(['diff', '--stack', 'shop']);
    assert.equal(wide.value.unread.length, 51);
    assert.equal(wide.code, 3);
    const deep = await commands.run(['diff', '--stack', 'deep']);
    assert.match(deep.stderr, /nested stack `Down\/.*` is not looked at: 200 stacks are at most, and 8 within each other/);
    assert.equal(deep.code, 3);
    assert.equal(world.asked.filter((asked) => asked.includes('arn:8')).length, 0);
  });
});

describe('diff of odd deployed functions', () => {
  it('refuses what S3 would not answer, shows no signature, and compares all others', async (t) => {
    // Its bundle is not in what ends it.
    const zip = await makeZip([
      { name: FILE, content: GONE },
      { name: 'code.bin', content: Buffer.alloc(200_000, 'x'), stored: true },
    ]);
    const elsewhere = await deployedWorld(t, { functions: { lost: { zip } } });
    const world = await deployedWorld(t, {
      functions: {
        good: { zip },
        redirected: {
          zip,
          serve: (_, response) => response.writeHead(307, { location: `${elsewhere.endpoint}/code/lost` }).end(),
        },
        another: {
          zip,
          serve: (request, response) => {
            const [first, end] = rangeOf(request, zip);
            response
              .writeHead(206, { 'content-range': `bytes ${first + 1}-${end}/${zip.length + 1}` })
              .end(zip.subarray(first, end - 9));
          },
        },
        growing: {
          zip,
          serve: (request, response) => {
            const [first, end] = rangeOf(request, zip);
            const size = zip.length + (request.headers.range?.startsWith('bytes=-') ? 0 : 1);
            response.writeHead(206, { 'content-range': `bytes ${first}-${end - 1}/${size}` }).end(zip.subarray(first, end));
          },
        },
        expired: { zip, serve: (_, response) => response.writeHead(403).end('<Error><Code>AccessDenied</Code></Error>') },
        nothing: { zip: Buffer.from('no zip') },
        file: { answer: { Code: { Location: 'file:///etc/passwd' } } },
        odd: { answer: { Code: [] } },
      },
    });
    const names = ['good', 'redirected', 'another', 'growing', 'expired', 'nothing', 'file', 'odd'];
    const { code, value, stderr } = await service(t, world).json(['diff', ...names.flatMap((name) => ['--function', name])], {
      timeout: 60_000,
    });
    assert.deepEqual(told(value), ['good B gone']);
    const expected = [
      /`redirected` cannot be fetched: .* answers HTTP 307/,
      /`another` cannot be fetched: .* does not answer with the range that it was asked for/,
      /`growing` cannot be fetched: .* does not answer with the range that it was asked for/,
      /`expired` cannot be fetched: .* answers HTTP 403/,
      /`nothing` cannot be used: it is no zip archive/,
      /does not tell a function's code/,
      /does not tell a function's code/,
    ];
    const messages = value.unread.map((/** @type {any} */ one) => one.message);
    for (const [index, words] of expected.entries()) assert.match(messages[index], words);
    assert.equal(messages.length, expected.length);
    assert.equal(code, 3);
    assert.doesNotMatch(JSON.stringify(value) + stderr, /X-Amz|etc\/passwd/);
    assert.deepEqual(elsewhere.asked, []);
  });

  it('tries again where an answer is cut off or S3 fails', async (t) => {
    const zip = await makeZip([{ name: FILE, content: GONE }]);
    const failed = new Set();
    const world = await deployedWorld(t, {
      functions: {
        cut: {
          zip,
          serve: (request, response, whole) => {
            if (failed.has('cut')) return inRanges(request, response, whole);
            failed.add('cut');
            response.writeHead(206, {
              'content-length': whole.length,
              'content-range': `bytes 0-${whole.length - 1}/${whole.length}`,
            });
            response.write(whole.subarray(0, 9));
            return setImmediate(() => response.destroy());
          },
        },
        failing: {
          zip,
          serve: (request, response, whole) => {
            if (failed.has('failing')) return inRanges(request, response, whole);
            failed.add('failing');
            return response.writeHead(503).end();
          },
        },
      },
    });
    const { code, value, stderr } = await service(t, world).json(['diff', '--function', 'cut', '--function', 'failing']);
    assert.deepEqual(told(value), ['cut B gone', 'failing B gone'], stderr);
    assert.deepEqual([code, failed.size], [1, 2]);
  });

  it('compares sealed variables, and fails where they may not be read', async (t) => {
    const zip = await makeZip([{ name: FILE, content: SAME }]);
    const sealed = (/** @type {object} */ entry) => `secret-baker:${JSON.stringify({ ...A, ...entry })}`;
    const error = { ErrorCode: 'AccessDeniedException', Message: 'kms:Decrypt is not allowed' };
    const world = await deployedWorld(t, {
      functions: {
        own: {
          zip,
          variables: { PLAIN: 'hunter2', FINE: sealed({}), A: sealed({ ciphertext: blob(1, 2) }), BAD: 'secret-baker:hunter3' },
        },
        shut: { answer: { Code: { ImageUri: 'a' }, Configuration: { Environment: { Error: error } } } },
      },
    });
    const commands = service(t, world);
    const { code, value, stderr } = await commands.json(['diff', '--function', 'own', '--function', 'shut']);
    assert.deepEqual(told(value), ['own A sealed']);
    assert.equal(value.differences[0].variable, 'A');
    assert.deepEqual(value.notCompared[0], { place: 'own', why: 'its environment variable `BAD` holds no sealed secret' });
    assert.equal(
      value.unread[0].message,
      'the environment variables of function `shut` may not be read: AccessDeniedException: kms:Decrypt is not allowed',
    );
    assert.equal(code, 3);
    assert.doesNotMatch(JSON.stringify(value) + stderr, /hunter/);
    assert.match((await commands.run(['diff', '--function', 'own'])).stdout, /^own, variable A\tA\tsealed\t-\t-\n$/);
  });

  it('takes versions and aliases, each function once, and no path', async (t) => {
    const zip = await makeZip([{ name: FILE, content: GONE }]);
    const world = await deployedWorld(t, { functions: { 'own:live': { zip }, 'own:7': { zip } } });
    const commands = service(t, world, { own: { name: 'own', secrets: [] } });
    const words = ['own:live', 'own:7', 'own:live', '..'].flatMap((name) => ['--function', name]);
    const { value } = await commands.json(['diff', ...words]);
    assert.deepEqual(told(value), ['own:live A gone', 'own:live B gone', 'own:7 A gone', 'own:7 B gone']);
    assert.match(value.unread[0].message, /^there is no function `\.\.` in region/);
    assert.equal(value.unread.length, 1);
  });

  it('tells all mistakes in one go, those of the secrets too', async (t) => {
    const zip = await makeZip([{ name: FILE, content: GONE }]);
    const world = await deployedWorld(t, { functions: { own: { zip } } });
    const commands = new Commands(t, 'program', /** @type {any} */ (world), { secrets: { A: 'kms::x::y' } });
    const { code, stderr } = await commands.run(['diff', '--function', 'own', '--function', 'gone']);
    assert.match(stderr, /there is no function `gone`/);
    assert.match(stderr, /secrets\.A/);
    assert.equal(code, 3);
  });
});

/**
 * @param {TestContext} t
 * @param {{endpoint: string}} world
 * @param {Record<string, Record<string, unknown>>} [functions]
 */
function service(t, world, functions) {
  return new Commands(t, 'program', /** @type {any} */ (world), { secrets: SECRETS, ...(functions && { functions }) });
}

/**
 * @param {any} value
 * @returns {string[]}
 */
const told = ({ differences }) => differences.map((/** @type {any} */ one) => `${one.place} ${one.name} ${one.difference}`);

const CENTRAL = 0x02014b50;

/**
 * A zip with other bytes in the first record of its directory.
 * @param {Buffer} zip
 * @param {number} signature
 * @param {number} at within the record
 * @param {number[]} bytes
 */
function patched(zip, signature, at, bytes) {
  const start = Buffer.alloc(4);
  start.writeUInt32LE(signature);
  const copy = Buffer.from(zip);
  Buffer.from(bytes).copy(copy, copy.indexOf(start) + at);
  return copy;
}

/**
 * @param {Buffer} zip
 * @param {string} comment
 */
function commented(zip, comment) {
  const copy = Buffer.concat([zip, Buffer.from(comment)]);
  copy.writeUInt16LE(Buffer.byteLength(comment), zip.length - 2);
  return copy;
}
