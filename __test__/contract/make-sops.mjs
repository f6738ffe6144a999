// Writes __test__/vectors/sops anew: its `plain` files, encrypted by two programs of others against the stand-in, and what each leaf is.
//
//     node __test__/contract/make-sops.mjs <the program sops of Go, 3.11>
//
// Each run makes other keys, IVs and data keys, so it is run only to add a file. Every leaf is compared with what the program that
// wrote it decrypts.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createCipheriv, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { python, root } from '../aws/python.mjs';
import { credentials, region, startStandIn } from '../aws/stand-in.mjs';
import { ofYaml, openedLeaf, readSopsFile } from './sops-file.mjs';

const FOLDER = join(root, '__test__/vectors/sops');
const CONTEXT = 'app:shop,stage:prod';
const AGE = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';

/**
 * @typedef {object} Order
 * @property {string} file what it is called once it is encrypted
 * @property {string} plain
 * @property {'go' | 'python'} writer
 * @property {string[]} options
 * @property {string} what
 * @property {string} [config] `.sops.yaml`
 * @property {string} [refused] why nobody can bake it; then no leaves are told
 */

/** @param {string[]} keys ARNs @returns {Order[]} */
function orders([here, far, third]) {
  const [one, two] = [`${here}`, `${here},${far}`];
  const go = (
    /** @type {string} */ file,
    /** @type {string} */ plain,
    /** @type {string} */ what,
    /** @type {string[]} */ ...options
  ) => /** @type {Order} */ ({ file: `go-${file}`, plain, writer: 'go', what, options });
  const old = (/** @type {string} */ file, /** @type {string} */ what, /** @type {string[]} */ ...options) =>
    /** @type {Order} */ ({ file: `python-${file}`, plain: file, writer: 'python', what, options });
  const groups = `creation_rules:\n  - shamir_threshold: 2\n    key_groups:\n      - kms: [{arn: "${here}"}]\n      - kms: [{arn: "${far}"}]\n`;
  const macOnly = `creation_rules:\n  - kms: "${here}"\n    mac_only_encrypted: true\n    unencrypted_suffix: _plain\n`;
  return [
    go('values.yaml', 'values.yaml', 'values of every kind, two keys, a context', '--kms', two, '--encryption-context', CONTEXT),
    go('values.json', 'values.json', 'JSON, three keys', '--kms', `${two},${third}`),
    go('values.env', 'values.env', 'dotenv', '--kms', one),
    go('context.env', 'values.env', 'dotenv, two keys, a context', '--kms', two, '--encryption-context', CONTEXT),
    go('values.bin', 'values.bin', 'binary: its type is str, and it is no UTF-8', '--kms', one),
    go('values.txt', 'values.txt', 'binary: a text', '--kms', one),
    go('documents.yaml', 'documents.yaml', 'two documents, each with the metadata', '--kms', one),
    go('anchors.yaml', 'anchors.yaml', 'anchors are written out, a merged mapping stays one of the key `<<`', '--kms', one),
    go('same-path.yaml', 'same-path.yaml', 'two leaves have the path `a.b`', '--kms', one),
    go('suffix.yaml', 'small.yaml', 'an `unencrypted_suffix` of its own', '--kms', one, '--unencrypted-suffix', '_plain'),
    go('encrypted-suffix.yaml', 'small.yaml', 'an `encrypted_suffix`', '--kms', one, '--encrypted-suffix', 'word'),
    go('encrypted-regex.yaml', 'small.yaml', 'an `encrypted_regex`', '--kms', one, '--encrypted-regex', '^password$'),
    { ...go('mac-only.yaml', 'small.yaml', '`mac_only_encrypted`'), config: macOnly },
    go('age-and-kms.yaml', 'small.yaml', 'an age recipient beside the key', '--kms', one, '--age', AGE),
    { ...go('age.yaml', 'small.yaml', 'an age recipient alone', '--age', AGE), refused: 'it has no key of KMS' },
    { ...go('values.ini', 'values.ini', 'INI', '--kms', one), refused: 'its format is not read' },
    {
      ...go('shamir.yaml', 'small.yaml', 'two key groups of which both are needed'),
      config: groups,
      refused: 'no single key opens it',
    },
    old(
      'values.yaml',
      'values of every kind, two keys; the second context is an alias of the first',
      '-k',
      two,
      '--encryption-context',
      CONTEXT,
    ),
    old('values.json', 'JSON', '-k', one),
    old('values.bin', 'binary: its type is bytes', '-k', one),
    old('values.txt', 'binary: a text', '-k', one),
  ];
}

const standIn = await startStandIn();

/** @param {string} at */
async function arnOfNewKey(at) {
  const { KeyMetadata } = await standIn.kms('CreateKey', {}, { region: at });
  return KeyMetadata.Arn;
}

/** @param {Order} order */
async function made({ file, plain, writer, options, what, config, refused }) {
  const run = programs[writer];
  const folder = mkdtempSync(join(tmpdir(), 'sops-'));
  try {
    const input = join(folder, plain);
    writeFileSync(input, readFileSync(join(FOLDER, 'plain', plain)));
    if (config) writeFileSync(join(folder, '.sops.yaml'), config);
    const encrypted = run(writer === 'go' ? ['encrypt', ...options, input] : ['-e', ...options, input], folder);
    writeFileSync(join(FOLDER, file), encrypted);
    const told = { file, plain, writer: writer === 'go' ? 'sops 3.11.0 (Go)' : 'sops 1.18 (Python)', what };
    if (refused) return { ...told, refused };
    const read = readSopsFile(file, encrypted.toString());
    const [{ arn, enc, context = {} }] = /** @type {[import('./sops-file.mjs').Key]} */ (read.keys);
    const blob = { CiphertextBlob: enc, EncryptionContext: context };
    const { Plaintext: dataKey } = await standIn.kms('Decrypt', blob, { region: arn.split(':')[3] });
    const leaves = read.leaves.filter(({ sealed }) => sealed).map((leaf) => toldOf(leaf, Buffer.from(dataKey, 'base64')));
    const theirs = run([writer === 'go' ? 'decrypt' : '-d', join(FOLDER, file)], folder);
    compare(file, leaves, theirs);
    const open = read.leaves.filter(({ sealed }) => !sealed).map(({ field }) => field);
    return { ...told, dataKey, keys: read.keys.map(({ arn, enc, context }) => ({ arn, enc, context })), leaves, plaintext: open };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * A file of our own, with IVs of lengths that no program writes today: readers take any.
 * @param {string} arn
 */
async function ours(arn) {
  const dataKey = randomBytes(32);
  const at = arn.split(':')[3];
  const { CiphertextBlob: enc } = await standIn.kms(
    'Encrypt',
    { KeyId: arn, Plaintext: dataKey.toString('base64') },
    { region: at },
  );
  const lines = [12, 13, 16, 32].map((length) => {
    const iv = randomBytes(length);
    const cipher = createCipheriv('aes-256-gcm', dataKey, iv).setAAD(Buffer.from(`iv${length}:`));
    const data = Buffer.concat([cipher.update('correct horse battery staple'), cipher.final()]);
    const [value, vector, tag] = [data, iv, cipher.getAuthTag()].map((bytes) => bytes.toString('base64'));
    return `iv${length}: ENC[AES256_GCM,data:${value},iv:${vector},tag:${tag},type:str]\n`;
  });
  const text = `${lines.join('')}sops:\n    kms:\n        - arn: ${arn}\n          enc: ${enc}\n    version: 3.11.0\n`;
  writeFileSync(join(FOLDER, 'ours-ivs.yaml'), text);
  const { keys, leaves } = readSopsFile('ours-ivs.yaml', text);
  const told = { file: 'ours-ivs.yaml', writer: 'ours', what: 'IVs of 12, 13, 16 and 32 bytes' };
  return {
    ...told,
    dataKey: dataKey.toString('base64'),
    keys,
    leaves: leaves.map((leaf) => toldOf(leaf, dataKey)),
    plaintext: [],
  };
}

/**
 * @param {import('./sops-file.mjs').Leaf} leaf
 * @param {Buffer} dataKey
 * @returns {{field: string, path: string[], aad: string, type?: string, text?: string, bytes?: string}}
 */
function toldOf(leaf, dataKey) {
  const opened = openedLeaf(leaf, dataKey);
  const isText = Buffer.from(opened.toString()).equals(opened);
  const { field, path, aad, sealed } = leaf;
  return { field, path, aad, ...sealed, ...(isText ? { text: opened.toString() } : { bytes: opened.toString('base64') }) };
}

/**
 * What the program itself decrypts, leaf by leaf.
 * @param {string} file
 * @param {ReturnType<typeof toldOf>[]} leaves
 * @param {Buffer} theirs
 */
function compare(file, leaves, theirs) {
  const [leaf] = leaves;
  if (/\.(bin|txt)$/.test(file)) {
    assert.equal(leaf?.bytes ?? Buffer.from(String(leaf?.text)).toString('base64'), theirs.toString('base64'));
    return;
  }
  if (file.endsWith('.env')) {
    for (const { field, text } of leaves)
      assert.ok(theirs.toString().includes(`${field}=${text?.replaceAll('\n', '\\n')}\n`), field);
    return;
  }
  const documents = ofYaml(theirs.toString());
  for (const { field, path, text, type } of leaves) {
    const found = documents.map((tree) => path.reduce((/** @type {any} */ part, key) => part?.[key], tree));
    // A number is spelled anew when it is decrypted.
    const isSame = (/** @type {string} */ one) => one === text || (type === 'float' && Number(one) === Number(text));
    assert.ok(found.some(isSame), `${file}: ${field}: ${text} is not ${found}`);
  }
}

/** @type {Record<'go' | 'python', (args: string[], folder: string) => Buffer>} */
const programs = {
  go: (args, folder) => execFileSync(String(process.argv[2]), args, settings(folder)),
  python: (args, folder) => execFileSync(python, ['-W', 'ignore', '-c', 'import sops; sops.main()', ...args], settings(folder)),
};

/** @param {string} folder @returns {import('node:child_process').ExecFileSyncOptions & {encoding?: undefined}} */
function settings(folder) {
  const { accessKeyId, secretAccessKey } = credentials;
  const keys = {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
  };
  return { cwd: folder, env: { PATH: process.env.PATH, HOME: folder, AWS_ENDPOINT_URL: standIn.endpoint, ...keys } };
}

try {
  const keys = await Promise.all([region, 'us-east-1', 'ap-southeast-2'].map(arnOfNewKey));
  for (const name of readdirSync(FOLDER)) if (/^(go|python)-/.test(name)) rmSync(join(FOLDER, name));
  /** @type {{file: string, leaves?: unknown[]}[]} */
  const files = [];
  for (const order of orders(keys)) files.push(await made(order));
  files.push(await ours(String(keys[0])));
  writeFileSync(join(FOLDER, 'files.json'), `${JSON.stringify(files, null, 1)}\n`);
  console.log(files.map(({ file, leaves }) => `${file}: ${leaves?.length ?? 'refused'}`).join('\n'));
} finally {
  await standIn.stop();
}
