// What was built or is deployed, against what a bake would give now.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { credentials, region, startStandIn } from '../aws/stand-in.mjs';
import { makeZip } from '../e2e/zips.mjs';
import { assertAsDocumented } from './pages.mjs';
import { Commands } from './ways.mjs';

/** @import { StandIn } from '../aws/stand-in.mjs' */

/** @type {StandIn} */
let standIn;
before(async () => {
  standIn = await startStandIn();
});
after(() => standIn.stop());

for (const way of /** @type {const} */ (['program', 'v3'])) {
  describe(`diff, by ${way}`, () => {
    it('tells what is added, gone and of another version, and decrypts nothing', async (t) => {
      const folder = `/diff-${process.pid}-${way}`;
      await standIn.putSecret(`${folder}/db`, 'first');
      await standIn.putSecret(`${folder}/new`, 'new');
      const { Parameter } = await standIn.ssm('GetParameter', { Name: `${folder}/db` });
      const entry = { ciphertext: Parameter.Value, arn: Parameter.ARN, version: 1 };
      await standIn.putSecret(`${folder}/db`, 'second');
      const commands = new Commands(t, way, standIn, { secrets: { DB: `${folder}/db`, NEW: `${folder}/new` } });
      commands.write({ 'built/secret-baker-secrets.json': JSON.stringify({ DB: entry, OLD: entry }) });
      const before = (await standIn.calls()).filter(({ action }) => action === 'Decrypt').length;
      const { code, value } = await commands.json(['diff', 'built']);
      assertAsDocumented('diff', value);
      const told = value.differences.map((/** @type {any} */ { name, difference }) => `${name} ${difference}`);
      assert.deepEqual(told, ['DB version', 'NEW added', 'OLD gone']);
      assert.equal(code, 1);
      const { stdout } = await commands.run(['diff', 'built']);
      assert.match(stdout, /^built\tDB\tversion\t1\t2\n/);
      assert.equal((await standIn.calls()).filter(({ action }) => action === 'Decrypt').length, before);
    });

    it('takes from a lock what a bake would, and asks for nothing then', async (t) => {
      const folder = `/diff-lock-${process.pid}-${way}`;
      await standIn.putSecret(`${folder}/db`, 'first');
      const { Parameter } = await standIn.ssm('GetParameter', { Name: `${folder}/db` });
      const entry = { ciphertext: Parameter.Value, arn: Parameter.ARN, version: 1 };
      const commands = new Commands(t, way, standIn, { secrets: { DB: `${folder}/db` } });
      commands.write({ 'built/secret-baker-secrets.json': JSON.stringify({ DB: entry }) });
      assert.equal((await commands.run(['lock'])).code, 0);
      await standIn.putSecret(`${folder}/db`, 'second');
      const asked = async () => (await standIn.calls()).filter(({ names }) => names.includes(`${folder}/db`)).length;
      const before = await asked();
      const held = await commands.run(['diff', 'built']);
      assert.deepEqual([held.code, held.stdout], [0, ''], held.stderr);
      assert.equal(await asked(), before);
      assert.equal((await commands.run(['update'])).code, 0);
      assert.equal((await commands.run(['diff', 'built'])).stdout, 'built\tDB\tversion\t1\t2\n');
    });

    it('tells a key from a ciphertext that is only another, and 2.1.0 from what has changed', async (t) => {
      const folder = `/diff-key-${process.pid}-${way}`;
      const entries = /** @type {Record<string, object>} */ ({});
      for (const name of ['anew', 'key', 'old', 'pinned']) {
        await standIn.putSecret(`${folder}/${name}`, name);
        const { Parameter } = await standIn.ssm('GetParameter', { Name: `${folder}/${name}` });
        const { Value: ciphertext, ARN: arn } = Parameter;
        entries[name.toUpperCase()] = { ciphertext, arn, ...(name !== 'old' && { version: 1 }) };
      }
      for (const [name, kept] of /** @type {const} */ ([
        ['anew', {}],
        ['key', { keyId: await standIn.createKey() }],
      ])) {
        await standIn.ssm('DeleteParameter', { Name: `${folder}/${name}` });
        await standIn.putSecret(`${folder}/${name}`, name, kept);
      }
      await standIn.putSecret(`${folder}/pinned`, 'newer');
      const secrets = { ANEW: `${folder}/anew`, KEY: `${folder}/key`, OLD: `${folder}/old`, PINNED: `${folder}/pinned:1` };
      const commands = new Commands(t, way, standIn, { secrets });
      commands.write({ 'built/secret-baker-secrets.json': JSON.stringify(entries) });
      const { stdout } = await commands.run(['diff', 'built']);
      assert.equal(stdout, 'built\tANEW\tsealed\t1\t1\nbuilt\tKEY\tkey\t1\t1\n');
    });

    it('tells an artefact that is none', async (t) => {
      const commands = new Commands(t, way, standIn, { secrets: [] });
      commands.write({ 'broken.zip': 'no zip' });
      const { code, stderr } = await commands.run(['diff', 'broken.zip', 'none.zip']);
      assert.match(stderr, /broken\.zip cannot be used/);
      assert.match(stderr, /none\.zip does not exist/);
      assert.equal(code, 3);
    });
  });
}

it('finds what serverless 3 has packaged as a bake would give it, until a secret changes', async (t) => {
  const folder = `/diff-packaged-${process.pid}`;
  for (const name of ['db', 'other']) await standIn.putSecret(`${folder}/${name}`, 'first');
  const commands = new Commands(t, 'v3', standIn, {
    secrets: { DB: `${folder}/db`, OTHER: `${folder}/other` },
    functions: {
      hello: { secrets: ['DB'], environment: { SEALED: `\${secretBaker:OTHER}` } },
      own: { secrets: ['OTHER'], package: { individually: true } },
    },
  });
  const packaged = await commands.service?.run(['package'], { env: { AWS_ENDPOINT_URL: standIn.endpoint } });
  assert.equal(packaged?.code, 0, packaged?.output);
  const same = await commands.json(['diff']);
  assert.deepEqual([same.value, same.code], [{ differences: [], notCompared: [], unread: [] }, 0], same.stderr);
  await standIn.putSecret(`${folder}/other`, 'second');
  const { value } = await commands.json(['diff']);
  const found = value.differences.map((/** @type {any} */ one) => [one.place, one.variable, one.name, one.difference]);
  assert.deepEqual(found, [
    ['.serverless/own.zip', null, 'OTHER', 'version'],
    ['.serverless/cloudformation-template-update-stack.json: HelloLambdaFunction', 'SEALED', 'OTHER', 'version'],
  ]);
});

/** Far more than one answer may have. */
const CODE = randomBytes(3_000_000);
const FILE = 'secret-baker-secrets.json';
const WAYS = /** @type {const} */ (['program', 'v3']);

for (const way of WAYS) {
  describe(`diff of deployed functions, by ${way}`, () => {
    it('fetches the end of the zip and one entry, and decrypts nothing', async (t) => {
      const own = ownName(way, 'ranges');
      const { entry } = await outdated(own);
      const size = await deploy(own, await zipOf({ 'code.bin': CODE, [FILE]: JSON.stringify({ DB: entry, OLD: entry }) }));
      const commands = new Commands(t, way, standIn, { secrets: { DB: `/${own}/db`, NEW: `/${own}/new` } });
      const before = (await standIn.calls()).length;
      const { code, value } = await commands.json(['diff', '--function', own]);
      assertAsDocumented('diff', value);
      assert.deepEqual(told(value), [`${own} DB version`, `${own} NEW added`, `${own} OLD gone`]);
      assert.equal(code, 1);
      const calls = (await standIn.calls()).slice(before);
      const asked = calls.filter(({ target }) => target.includes('/__code/') && target.endsWith(`/${own}`));
      assert.ok(asked.length > 0);
      const bytes = asked.map(({ range }) => lengthOf(range)).reduce((sum, length) => sum + length, 0);
      assert.ok(bytes < 200_000 && bytes < size / 10, `${bytes} of ${size} bytes were asked for`);
      assert.ok(asked.every(({ accessKeyId }) => accessKeyId === null));
      assert.equal(calls.filter(({ action, accessKeyId }) => action === 'Decrypt' && accessKeyId !== null).length, 0);
    });

    it('tells nothing, and ends with 0, where all is the same', async (t) => {
      const own = ownName(way, 'same');
      const { entry } = await current(own);
      await deploy(own, await zipOf({ 'code.bin': CODE, [FILE]: JSON.stringify({ DB: entry }) }));
      const commands = new Commands(t, way, standIn, { secrets: { DB: `/${own}/db` } });
      assert.deepEqual(await commands.run(['diff', '--function', own]).then(({ code, stdout }) => [code, stdout]), [0, '']);
    });

    it('takes the functions of a stack, narrowed as each carries, over several pages', async (t) => {
      const own = ownName(way, 'stack');
      const { entry } = await current(own);
      await standIn.putSecret(`/${own}/other`, 'other');
      const has = { 'code.bin': CODE.subarray(0, 1000), [FILE]: JSON.stringify({ DB: entry }) };
      const none = { 'code.bin': CODE.subarray(0, 1000) };
      const customs = ['CustomA', 'CustomB', 'CustomC', 'CustomD'];
      await createStack(own, {
        NarrowLambdaFunction: await zipOf(has),
        WholeLambdaFunction: await zipOf(has),
        ...Object.fromEntries(await Promise.all(customs.map(async (name) => [name, await zipOf(none)]))),
      });
      const functions = { narrow: { secrets: ['DB'] }, whole: {} };
      const secrets = { DB: `/${own}/db`, OTHER: `/${own}/other` };
      const commands = new Commands(t, way, standIn, { secrets, functions });
      const { code, value } = await commands.json(['diff', '--stack', own]);
      assert.deepEqual(told(value), [`${own}-WholeLambdaFunction OTHER added`]);
      const why = 'the service has no such function, and it carries no secrets';
      assert.deepEqual(
        value.notCompared,
        customs.map((name) => ({ place: `${own}-${name}`, why })),
      );
      assert.equal(code, 1);
    });
  });
}

describe('diff of deployed functions', () => {
  it('without targets and with nothing built takes those that the service names', async (t) => {
    const own = ownName('program', 'own');
    const { entry } = await outdated(own);
    await deploy(own, await zipOf({ [FILE]: JSON.stringify({ DB: entry }) }));
    const functions = { hello: { name: own } };
    const commands = new Commands(t, 'program', standIn, { secrets: { DB: `/${own}/db` }, functions });
    const { value } = await commands.json(['diff']);
    assert.deepEqual(told(value), [`${own} DB version`]);
    assert.deepEqual(told((await commands.json(['diff', '--function', 'hello'])).value), [`${own} DB version`]);
  });

  it('reads what a server without ranges gives whole, and refuses it where that is large', async (t) => {
    const [small, large] = [ownName('program', 'small'), ownName('program', 'large')];
    const { entry } = await outdated(small);
    const bundle = JSON.stringify({ DB: entry });
    await deploy(small, await zipOf({ [FILE]: bundle }));
    await deploy(large, await zipOf({ 'code.bin': CODE, [FILE]: bundle }));
    const commands = new Commands(t, 'program', standIn, { secrets: { DB: `/${small}/db` } });
    await standIn.faults([{ target: 'GET /__code/*', whole: true }]);
    t.after(() => standIn.faults());
    assert.deepEqual(told((await commands.json(['diff', '--function', small])).value), [`${small} DB version`]);
    const { code, stderr } = await commands.run(['diff', '--function', large]);
    assert.match(
      stderr,
      new RegExp(`the code of function .${large}. cannot be fetched: http://127\\.0\\.0\\.1:\\d+ cannot be read`),
    );
    assert.doesNotMatch(stderr, /X-Amz|__code/);
    assert.equal(code, 3);
  });

  it('names the action that is denied, and each function that is not there', async (t) => {
    const own = ownName('program', 'denied');
    const commands = new Commands(t, 'program', standIn, { secrets: [] });
    const message = 'User: me is not authorized';
    await standIn.faults([{ target: `GET /2015-03-31/functions/${own}`, error: 'AccessDeniedException', status: 403, message }]);
    t.after(() => standIn.faults());
    const { code, stderr } = await commands.run(['diff', '--function', own, '--function', `${own}-gone`]);
    assert.match(stderr, /lambda:GetFunction in region eu-central-1 is denied: User: me is not authorized/);
    assert.match(stderr, /allow `lambda:GetFunction` on this function/);
    assert.match(stderr, new RegExp(`there is no function .${own}-gone. in region eu-central-1`));
    assert.equal(code, 3);
    const stack = await commands.run(['diff', '--stack', `${own}-stack`]);
    assert.match(stack.stderr, new RegExp(`there is no stack .${own}-stack. in region eu-central-1`));
    assert.equal(stack.code, 3);
  });

  it('says of an image that it is not compared, and fails of code under a key that may not be used', async (t) => {
    const [image, sealed] = [ownName('program', 'image'), ownName('program', 'sealed')];
    const key = `arn:aws:kms:${region}:123456789012:key/${await standIn.createKey()}`;
    await createFunction(image, {
      Code: { ImageUri: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:1' },
      PackageType: 'Image',
    });
    await deploy(sealed, await zipOf({ 'code.bin': CODE.subarray(0, 9) }), { SourceKMSKeyArn: key });
    await standIn.faults([{ target: `GET /__code/*`, error: 'AccessDenied', status: 403 }]);
    t.after(() => standIn.faults());
    const commands = new Commands(t, 'program', standIn, { secrets: [] });
    const { code, stdout, stderr } = await commands.run(['diff', '--function', image, '--function', sealed]);
    assert.match(stderr, new RegExp(`^${image}: not compared: it is a container image$`, 'm'));
    const denied = `the code of function .${sealed}. may not be read: it is encrypted under ${key}, which the caller may not use`;
    assert.match(stderr, new RegExp(denied));
    assert.match(stderr, /allow `kms:Decrypt` on its key to whoever compares/);
    assert.deepEqual([code, stdout], [3, '']);
    const alone = await commands.run(['diff', '--function', image]);
    assert.deepEqual([alone.code, alone.stdout], [0, '']);
  });

  it('takes one kind of target at a time', async (t) => {
    const commands = new Commands(t, 'program', standIn, { secrets: [] });
    for (const words of [
      ['--stack', 'a', '--function', 'b'],
      ['a.zip', '--function', 'b'],
      ['a.zip', '--stack', 'b'],
    ]) {
      assert.equal((await commands.run(['diff', ...words])).code, 2);
    }
  });
});

/**
 * @param {string} way
 * @param {string} of
 */
const ownName = (way, of) => `diff-${process.pid}-${way}-${of}`;

/** @param {any} value */
const told = ({ differences }) => differences.map((/** @type {any} */ one) => `${one.place} ${one.name} ${one.difference}`);

/**
 * A secret, and what a bake gives of it.
 * @param {string} own
 */
async function current(own) {
  await standIn.putSecret(`/${own}/db`, 'first');
  const { Parameter } = await standIn.ssm('GetParameter', { Name: `/${own}/db` });
  return { entry: { ciphertext: Parameter.Value, arn: Parameter.ARN, version: 1 } };
}

/**
 * The same before its second version; and a new secret.
 * @param {string} own
 */
async function outdated(own) {
  const found = await current(own);
  await standIn.putSecret(`/${own}/db`, 'second');
  await standIn.putSecret(`/${own}/new`, 'new');
  return found;
}

/** @param {string | undefined} range */
function lengthOf(range) {
  const [, first, last] = /^bytes=(\d*)-(\d+)$/.exec(range ?? '') ?? [];
  assert.ok(last, `no range: ${range}`);
  return first ? Number(last) - Number(first) + 1 : Number(last);
}

/** @param {Record<string, string | Buffer>} files */
function zipOf(files) {
  return makeZip(Object.entries(files).map(([name, content]) => ({ name, content })));
}

/**
 * @param {string} name
 * @param {Buffer} zip
 * @param {object} [more] of its code
 */
async function deploy(name, zip, more) {
  await createFunction(name, { Runtime: 'nodejs22.x', Handler: 'a.b', Code: { ZipFile: zip.toString('base64'), ...more } });
  return zip.length;
}

/**
 * @param {string} name
 * @param {object} more
 */
async function createFunction(name, more) {
  const Role = await standIn.createRole(name, [{ Effect: 'Allow', Action: 'logs:*', Resource: '*' }]);
  await ask('lambda', 'POST', '/2015-03-31/functions', JSON.stringify({ FunctionName: name, Role, ...more }));
}

/**
 * Functions that are called as the stack and their ids.
 * @param {string} name
 * @param {Record<string, Buffer>} zips by id
 */
async function createStack(name, zips) {
  const Role = await standIn.createRole(name, [{ Effect: 'Allow', Action: 'logs:*', Resource: '*' }]);
  const place = `<CreateBucketConfiguration><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`;
  await ask('s3', 'PUT', `/${name}`, place);
  const resources = Object.entries(zips).map(async ([id, zip]) => {
    await ask('s3', 'PUT', `/${name}/${id}`, zip);
    const Code = { S3Bucket: name, S3Key: id };
    const Properties = { FunctionName: `${name}-${id}`, Runtime: 'nodejs22.x', Handler: 'a.b', Role, Code };
    return [id, { Type: 'AWS::Lambda::Function', Properties }];
  });
  const TemplateBody = JSON.stringify({ Resources: Object.fromEntries(await Promise.all(resources)) });
  const form = new URLSearchParams({ Action: 'CreateStack', Version: '2010-05-15', StackName: name, TemplateBody });
  await ask('cloudformation', 'POST', '/', String(form), 'application/x-www-form-urlencoded');
}

/**
 * @param {string} service
 * @param {string} method
 * @param {string} path
 * @param {string | Buffer} [body]
 * @param {string} [kind]
 */
async function ask(service, method, path, body, kind = 'application/json') {
  const scope = `${credentials.accessKeyId}/20260101/${region}/${service}/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`;
  const headers = { authorization, 'content-type': kind };
  const response = await fetch(`${standIn.endpoint}${path}`, { method, headers, ...(body !== undefined && { body }) });
  assert.ok(response.ok, `${service}: ${await response.text()}`);
}
