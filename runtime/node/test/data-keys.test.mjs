// A data key is wiped as soon as it is no longer needed; the one that sops keeps is an object of Node's, which shows none of it.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { KEY } from './fake-aws.mjs';
import { blob, credstash, kmsfile, sops } from './seal.mjs';

const require = createRequire(import.meta.url);
const { Patience } = require('../lib/patience.js');
const { parse } = require('../lib/source/registry.js');

/** What KMS opened is remembered, to be looked at later. @param {Buffer} dataKey */
function kmsThatOpens(dataKey) {
  /** @type {Buffer[]} */
  const opened = [];
  const aws = async (/** @type {any} */ call) => {
    const plaintext = call.read({ Plaintext: dataKey.toString('base64'), KeyId: KEY });
    assert.deepEqual(plaintext, dataKey);
    opened.push(plaintext);
    return plaintext;
  };
  return { aws: /** @type {import('../lib/aws/call.js').Aws} */ (aws), opened };
}

/** @param {object} entry @param {Buffer} dataKey */
async function opening(entry, dataKey) {
  const { aws, opened } = kmsThatOpens(dataKey);
  const patience = new Patience(60_000);
  const outcome = await parse(entry)
    .open(aws, patience)
    .then(String, ({ kind }) => kind);
  patience.stop();
  assert.ok(opened.length > 0, 'KMS was asked');
  for (const each of opened)
    assert.ok(
      each.every((byte) => byte === 0),
      'the data key is still there',
    );
  return outcome;
}

const [short, long] = [Buffer.alloc(32, 'a data key'), Buffer.alloc(64, 'a data key')];
const keys = [{ arn: KEY, ciphertext: blob('a data key') }];
const sealed = {
  kmsfile: { entry: kmsfile('the value', short).entry, dataKey: short },
  credstash: { entry: credstash('the value', long).entry, dataKey: long },
  sops: { entry: sops('the value', short, keys), dataKey: short },
};

for (const [source, { entry, dataKey }] of Object.entries(sealed)) {
  test(`${source}: it is wiped when the value is open`, async () => {
    assert.equal(await opening(entry, dataKey), 'the value');
  });

  test(`${source}: one of another length is wiped and refused`, async () => {
    assert.equal(await opening(entry, Buffer.alloc(48, 7)), 'TAMPERED');
  });
}

test('credstash: it is wiped where the HMAC does not fit', async () => {
  assert.equal(await opening({ ...sealed.credstash.entry, contents: 'AAAA' }, long), 'TAMPERED');
});
