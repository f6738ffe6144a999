// Against the stand-in for AWS: ciphertext as Parameter Store gives it, in both tiers.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { region, startStandIn } from '../../../__test__/aws/stand-in.mjs';
import * as seal from './seal.mjs';
import { FILE, folderWith, keysAsEnv, runFresh } from './workshop.mjs';

const values = { STANDARD: 'plaintext of the standard tier', ADVANCED: 'x'.repeat(8_000) };

/** @type {Awaited<ReturnType<typeof startStandIn>>} */
let aws;
/** @type {string} */
let cwd;
before(async () => {
  aws = await startStandIn({ tls: true });
  await aws.putSecret('/app/standard', values.STANDARD);
  await aws.putSecret('/app/advanced', values.ADVANCED, { tier: 'Advanced' });
  cwd = folderWith({ [FILE]: { STANDARD: await baked('/app/standard'), ADVANCED: await baked('/app/advanced') } });
});
after(() => aws.stop());

/** @param {string} Name */
const baked = async (Name) => {
  const { Parameter } = await aws.ssm('GetParameter', { Name, WithDecryption: false });
  return { ciphertext: Parameter.Value, arn: Parameter.ARN, version: Parameter.Version };
};
const env = (/** @type {Record<string, string | undefined>} */ more = {}) => ({
  ...keysAsEnv,
  AWS_ENDPOINT_URL: aws.endpoint,
  ...more,
});
const open = 'const { STANDARD, ADVANCED } = await baker.secrets(); print({ STANDARD, ADVANCED });';

test('opens both tiers', async () => assert.deepEqual(await runFresh(open, { cwd, env: env() }), values));

/** A data key as KMS makes it. @param {string} KeyId @param {number} NumberOfBytes @param {object} [EncryptionContext] */
async function dataKeyOf(KeyId, NumberOfBytes, EncryptionContext = {}) {
  const made = await aws.kms('GenerateDataKey', { KeyId, NumberOfBytes, EncryptionContext });
  return { key: Buffer.from(made.Plaintext, 'base64'), blob: made.CiphertextBlob, arn: made.KeyId };
}

/** @param {string} KeyId @param {string} plaintext @param {object} [EncryptionContext] */
async function encrypted(KeyId, plaintext, EncryptionContext = {}) {
  const Plaintext = Buffer.from(plaintext).toString('base64');
  return (await aws.kms('Encrypt', { KeyId, Plaintext, EncryptionContext })).CiphertextBlob;
}

test('opens what KMS has really encrypted: in the config, in files, in a credential', async () => {
  const id = await aws.createKey();
  const context = { app: 'shop' };
  const [ofFile, ofSops, ofItem] = [await dataKeyOf(id, 32), await dataKeyOf(id, 32, context), await dataKeyOf(id, 64, context)];
  const leaf = (/** @type {string} */ value, /** @type {string} */ aad) =>
    seal.sops(value, ofSops.key, [{ arn: ofSops.arn, ciphertext: ofSops.blob, context }], aad);
  const bundle = {
    KMS: { source: 'kms', key: ofFile.arn, ciphertext: await encrypted(id, 'of the config', context), context },
    KMSFILE: { ...seal.kmsfile('of the file of 2016', ofFile.key).entry, key: ofFile.blob, arn: ofFile.arn },
    CREDSTASH: { ...seal.credstash('of the credential', ofItem.key, context).entry, key: ofItem.blob, region },
    SOPS: leaf('of SOPS', 'db:password:'),
    ALSO_SOPS: leaf('of SOPS too', 'db:user:'),
  };
  await aws.reset();
  const all = 'const all = await baker.secrets(); print(Object.getOwnPropertyNames(all).map((name) => all[name]));';
  const expected = ['of the config', 'of the file of 2016', 'of the credential', 'of SOPS', 'of SOPS too'];
  assert.deepEqual(await runFresh(all, { cwd: folderWith({ [FILE]: bundle }), env: env() }), expected);
  assert.equal((await aws.calls()).length, 4);
});

test('opens what stands in variables, bound to the name of the function or to nothing', async () => {
  const id = await aws.createKey();
  const { arn } = await dataKeyOf(id, 32);
  const entry = {
    source: 'kms',
    key: arn,
    ciphertext: await encrypted(id, 'of the entry', { app: 'shop' }),
    context: { app: 'shop' },
  };
  const variables = {
    ENTRY: `secret-baker:${JSON.stringify(entry)}`,
    CONSOLE: await encrypted(id, 'of the console', { LambdaFunctionName: 'shop-prod' }),
    BARE: await encrypted(id, 'of the command line'),
    AWS_REGION: region,
    AWS_LAMBDA_FUNCTION_NAME: 'shop-prod',
  };
  const all = "print(await Promise.all(['ENTRY', 'CONSOLE', 'BARE'].map((name) => baker.secretFromEnv(name))))";
  const expected = ['of the entry', 'of the console', 'of the command line'];
  assert.deepEqual(await runFresh(all, { env: env(variables) }), expected);
  const elsewhere = "print(await baker.secretFromEnv('CONSOLE').catch(({ code }) => code))";
  const asOther = env({ ...variables, AWS_LAMBDA_FUNCTION_NAME: 'shop-dev' });
  assert.equal(await runFresh(elsewhere, { env: asOther }), 'SECRET_BAKER_WRONG_CONTEXT');
});

test('over TLS, with the authority of NODE_EXTRA_CA_CERTS or AWS_CA_BUNDLE', async () => {
  const tls = env({ AWS_ENDPOINT_URL: String(aws.tlsEndpoint) });
  for (const variable of ['NODE_EXTRA_CA_CERTS', 'AWS_CA_BUNDLE']) {
    assert.deepEqual(await runFresh(open, { cwd, env: { ...tls, [variable]: String(aws.ca) } }), values, variable);
  }
  const outcome = "print(await baker.secret('STANDARD').catch(({ code, message }) => ({ code, message })))";
  const untrusted = await runFresh(outcome, { cwd, env: tls });
  assert.equal(untrusted.code, 'SECRET_BAKER_UNREACHABLE');
  assert.match(
    untrusted.message,
    /UNABLE_TO_VERIFY_LEAF_SIGNATURE\n {2}hint: .*set AWS_CA_BUNDLE to a PEM file with its certificate/,
  );
  const front = await startFront(Number(new URL(String(aws.tlsEndpoint)).port));
  try {
    const asked = await runFresh(outcome, { cwd, env: env({ AWS_ENDPOINT_URL: front.endpoint }) });
    assert.match(asked.message, /hint: the server's certificate is signed by nobody who is trusted/);
    assert.equal(front.connections(), 1, 'another attempt meets the same certificate');
  } finally {
    front.stop();
  }
  const unreadable = await runFresh(outcome, { cwd, env: { ...tls, AWS_CA_BUNDLE: '/none/ca.pem' } });
  assert.match(
    unreadable.message,
    /the file \/none\/ca\.pem, which AWS_CA_BUNDLE names, cannot be read: ENOENT\n {2}hint: set AWS_CA_BUNDLE/,
  );
  const pem = readFileSync(String(aws.ca), 'latin1');
  const der = Buffer.from(pem.replace(/-----.*-----|\s/g, ''), 'base64');
  const files = folderWith({ empty: '', der, broken: pem.replace(/[A-Z]{4}/, '****'), mark: `\ufeff${pem}${pem}` });
  for (const name of ['empty', 'der', 'broken', 'mark', '']) {
    const { code, message } = await runFresh(outcome, { cwd, env: { ...tls, AWS_CA_BUNDLE: join(files, name) } });
    assert.equal(code, 'SECRET_BAKER_UNREACHABLE');
    assert.match(message, name ? /AWS_CA_BUNDLE names, holds no certificate in PEM form/ : /cannot be read: it is no file/);
  }
  const endless = await runFresh(outcome, { cwd, env: { ...tls, AWS_CA_BUNDLE: '/dev/zero' } });
  assert.match(endless.message, /cannot be read: it is no file/);
});

test('over TLS, with one reading of the roots for connections that begin at once', async () => {
  const counted = `
    const tls = process.getBuiltinModule('node:tls');
    const { createSecureContext } = tls;
    let made = 0;
    tls.createSecureContext = (...options) => {
      made++;
      return createSecureContext(...options);
    };`;
  const tls = env({ AWS_ENDPOINT_URL: String(aws.tlsEndpoint), NODE_EXTRA_CA_CERTS: String(aws.ca) });
  assert.equal(await runFresh(`${counted} ${open} print(made);`, { cwd, env: tls }), 1);
  const agent = "baker.configure({ agent: new (process.getBuiltinModule('node:https').Agent)() });";
  assert.equal(await runFresh(`${counted} ${agent} ${open} print(made);`, { cwd, env: tls }), 2);
});

/** Counts the connections to a port of this machine. @param {number} port */
async function startFront(port) {
  let connections = 0;
  /** @type {net.Socket[]} */
  const sockets = [];
  const server = net.createServer((socket) => {
    connections++;
    const other = net.connect(port, '127.0.0.1');
    for (const each of [socket, other]) sockets.push(each.on('error', () => {}));
    socket.pipe(other).pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = /** @type {net.AddressInfo} */ (server.address());
  const stop = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { endpoint: `https://127.0.0.1:${address.port}`, connections: () => connections, stop };
}

test('through its faults', async () => {
  const target = 'TrentService.Decrypt';
  await aws.faults([
    { target, every: 2, times: 2, drop: true },
    { target, every: 3, times: 3, error: 'ThrottlingException' },
  ]);
  try {
    assert.deepEqual(await runFresh(open, { cwd, env: env() }), values);
  } finally {
    await aws.reset();
  }
});
