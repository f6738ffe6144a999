// Messages of the Encryption SDK that only one who holds the data key can make, and what KMS does to more than one data key.

import assert from 'node:assert/strict';
import { createCipheriv, hkdfSync } from 'node:crypto';
import { afterEach, beforeEach, test } from 'node:test';
import { configure, secret } from '../index.mjs';
import { KEY, parameter, refuse, startAws } from './fake-aws.mjs';
import { bundleOf, keys } from './workshop.mjs';

const { entry, rule } = parameter('/message/one', Buffer.alloc(32, 7));
const dataKey = Buffer.alloc(32, 7);
const messageId = Buffer.alloc(32, 9);
const suiteId = Buffer.from([0x04, 0x78]);

/** @type {Awaited<ReturnType<typeof startAws>>} */
let kms;
// One for each test, so that none counts the calls of another.
beforeEach(async () => {
  kms = await startAws([rule]);
  configure({ endpoint: kms.endpoint, credentials: keys });
});
afterEach(() => kms.stop());

const derive = (/** @type {Buffer} */ info) => Buffer.from(hkdfSync('sha512', dataKey, messageId, info, 32));
const field = (/** @type {string | Buffer} */ text) => {
  const bytes = Buffer.from(text);
  return Buffer.concat([number(2, bytes.length), bytes]);
};
const number = (/** @type {number} */ size, /** @type {number} */ value) => {
  const bytes = Buffer.alloc(size);
  bytes.writeUIntBE(value, Math.max(0, size - 6), Math.min(size, 6));
  return bytes;
};

/**
 * A message of suite 0478 with one frame, sound but for what is told otherwise.
 * @param {{commitment?: Buffer, dataKeys?: number, type?: number, frameLength?: number, plaintext?: string, keyArn?: string, keyBytes?: Buffer | undefined, context?: [string, string][]}} [otherwise]
 */
function messageWith(otherwise = {}) {
  const { type = 2, frameLength = 64, dataKeys = 1, plaintext = 'of the message' } = otherwise;
  const { commitment = derive(Buffer.from('COMMITKEY')), context = [['PARAMETER_ARN', entry.arn]] } = otherwise;
  const pairs = Buffer.concat([number(2, context.length), ...context.flat().map(field)]);
  const { keyArn = KEY, keyBytes = Buffer.from(entry.ciphertext, 'base64') } = otherwise;
  const one = Buffer.concat([field('aws-kms'), field(keyArn), field(keyBytes)]);
  const header = Buffer.concat([
    Buffer.from([2]),
    suiteId,
    messageId,
    field(pairs),
    number(2, dataKeys),
    ...Array.from({ length: dataKeys }, () => one),
    Buffer.from([type]),
    number(4, frameLength),
    commitment,
  ]);
  const length = Buffer.byteLength(plaintext);
  const place = Buffer.concat([number(4, 1), number(8, length)]);
  const iv = number(12, 1);
  const frame = seal(
    iv,
    Buffer.from(plaintext),
    Buffer.concat([messageId, Buffer.from('AWSKMSEncryptionClient Final Frame'), place]),
  );
  const parts = [
    header,
    seal(Buffer.alloc(12), Buffer.alloc(0), header),
    number(4, 0xffffffff),
    number(4, 1),
    iv,
    number(4, length),
    frame,
  ];
  return bundleOf({ A: { ...entry, ciphertext: Buffer.concat(parts).toString('base64') } });
}

/** @param {Buffer} iv @param {Buffer} plaintext @param {Buffer} authenticated */
function seal(iv, plaintext, authenticated) {
  const cipher = createCipheriv('aes-256-gcm', derive(Buffer.concat([suiteId, Buffer.from('DERIVEKEY')])), iv).setAAD(
    authenticated,
  );
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

const fails = async (/** @type {string} */ code, /** @type {RegExp} */ message) =>
  assert.rejects(secret('A'), { code: `SECRET_BAKER_${code}`, message });

test('a sound one opens', async () => {
  configure({ file: messageWith() });
  assert.equal(await secret('A'), 'of the message');
});

test('a data key that is not the committed one is refused, though all tags fit', async () => {
  configure({ file: messageWith({ commitment: Buffer.alloc(32, 1) }) });
  await fails('TAMPERED', /key commitment/);
});

test('a last frame that is longer than a frame is refused, though all tags fit', async () => {
  configure({ file: messageWith({ frameLength: 5 }) });
  await fails('TAMPERED', /frames/);
});

test('a key of the context that comes twice is refused', async () => {
  configure({
    file: messageWith({
      context: [
        ['PARAMETER_ARN', entry.arn],
        ['PARAMETER_ARN', entry.arn],
      ],
    }),
  });
  await fails('TAMPERED', /encryption context/);
  assert.equal(kms.calls.length, 0);
});

test('frames without a frame length are refused', async () => {
  configure({ file: messageWith({ frameLength: 0 }) });
  await fails('TAMPERED', /frame length does not fit/);
  assert.equal(kms.calls.length, 0);
});

test('a data key of another length than the suite has is refused', async () => {
  const short = { ...rule, answer: { ...rule.answer, Plaintext: Buffer.alloc(16, 7).toString('base64') } };
  kms.rules = [short];
  configure({ file: messageWith() });
  await fails('TAMPERED', /data key/);
  kms.rules = [rule];
});

test('more than three data keys are refused, and KMS is not asked', async () => {
  for (const dataKeys of [0, 4, 600]) {
    configure({ file: messageWith({ dataKeys, keyBytes: dataKeys > 4 ? Buffer.alloc(1, 1) : undefined }) });
    await assert.rejects(secret('A'), { code: 'SECRET_BAKER_TAMPERED' });
  }
  assert.equal(kms.calls.length, 0);
});

test('three data keys are tried, as long as there is time', async () => {
  configure({ file: messageWith({ dataKeys: 3 }) });
  kms.behaviour = refuse('AccessDeniedException');
  await fails('ACCESS_DENIED', /AccessDeniedException/);
  assert.equal(kms.calls.length, 3);
});

test('three data keys wait no longer than one', async () => {
  configure({ file: messageWith({ dataKeys: 3 }), timeout: 400 });
  kms.behaviour = (call, response) => setTimeout(() => refuse('AccessDeniedException')(call, response), 250);
  await assert.rejects(secret('A'), { code: 'SECRET_BAKER_UNREACHABLE' });
  assert.ok(kms.calls.length < 3);
  configure({ timeout: undefined });
});

for (const [what, otherwise] of /** @type {[string, Parameters<typeof messageWith>[0]][]} */ ([
  ['that is too long', { keyBytes: Buffer.alloc(6_145, 1) }],
  ['that is empty', { keyBytes: Buffer.alloc(0) }],
  ['that names no key', { keyArn: 'arn:aws:kms:eu-central-1:123456789012:grant/x' }],
  ['that names it with a line end', { keyArn: `${KEY}\n2026 ERROR forged` }],
])) {
  test(`a data key ${what} is refused, and KMS is not asked`, async () => {
    configure({ file: messageWith(otherwise) });
    await fails('TAMPERED', /a data key of KMS/);
    assert.equal(kms.calls.length, 0);
  });
}

test('what KMS opened by another key than the message names is refused', async () => {
  const other = KEY.replace('1111', '9999');
  for (const KeyId of [other, '', undefined]) {
    kms.rules = [{ ...rule, answer: { ...rule.answer, KeyId } }];
    configure({ file: messageWith() });
    await fails('WRONG_CONTEXT', /by another key than the one/);
  }
});

test('an alias does not tell which key it is, so any may open it', async () => {
  configure({ file: messageWith({ keyArn: 'arn:aws:kms:eu-central-1:123456789012:alias/app' }) });
  assert.equal(await secret('A'), 'of the message');
});

test('when KMS refuses the first data key, the second is tried; of two refusals the first is told', async () => {
  configure({ file: messageWith({ dataKeys: 2 }) });
  kms.next(refuse('AccessDeniedException'));
  assert.equal(await secret('A'), 'of the message');
  kms.next(refuse('DisabledException'), refuse('AccessDeniedException'));
  await assert.rejects(secret('A', { fresh: true }), {
    code: 'SECRET_BAKER_KEY_UNUSABLE',
    message: new RegExp(`key ${KEY}\\)`),
  });
});

test('after an outage the second data key is not tried', async () => {
  configure({ file: messageWith({ dataKeys: 2 }) });
  kms.behaviour = refuse('ThrottlingException');
  await fails('THROTTLED', /ThrottlingException/);
  assert.equal(kms.calls.length, 5);
});
