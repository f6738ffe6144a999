// Entries as a bake writes them, each with the rule of AWS that opens it.

import { createCipheriv, createHmac } from 'node:crypto';
import { KEY, opens } from './fake-aws.mjs';

const FIRST_COUNTER = Buffer.from('01'.padStart(32, '0'), 'hex');
const SECRET = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:app-AbCdEf';

/** What stands for a blob of KMS: any text makes another one. */
export const blob = (/** @type {string} */ of) => Buffer.concat([Buffer.from([1, 2]), Buffer.from(of)]).toString('base64');

/** @param {string} plaintext @param {Record<string, string>} [context] */
export function kms(plaintext, context = {}) {
  const ciphertext = blob(plaintext);
  return { entry: { source: 'kms', ciphertext, key: KEY, context }, rule: opens(ciphertext, context, plaintext) };
}

/** @param {string} plaintext @param {Buffer} dataKey */
export function kmsfile(plaintext, dataKey) {
  const contents = createCipheriv('aes-256-ctr', dataKey, FIRST_COUNTER).update(plaintext).toString('base64');
  const key = blob(dataKey.toString('hex'));
  return { entry: { source: 'kmsfile', key, contents, arn: KEY }, rule: opens(key, {}, dataKey) };
}

/** @param {string} plaintext @param {Buffer} dataKey of 64 bytes @param {Record<string, string>} [context] */
export function credstash(plaintext, dataKey, context = {}) {
  const contents = createCipheriv('aes-256-ctr', dataKey.subarray(0, 32), FIRST_COUNTER).update(plaintext);
  const hmac = createHmac('sha256', dataKey.subarray(32)).update(contents).digest('hex');
  const key = blob(dataKey.toString('hex'));
  const rest = { hmac, digest: 'SHA256', context, region: 'eu-central-1', name: 'app.db', version: '0000000000000000001' };
  return {
    entry: { source: 'credstash', key, contents: contents.toString('base64'), ...rest },
    rule: opens(key, context, dataKey),
  };
}

/** A value of a SOPS file whose keys are these. @param {string} plaintext @param {Buffer} dataKey @param {object[]} keys */
export function sops(plaintext, dataKey, keys, aad = 'db:password:') {
  const iv = Buffer.alloc(32, plaintext);
  const cipher = createCipheriv('aes-256-gcm', dataKey, iv).setAAD(Buffer.from(aad));
  const value = Buffer.concat([cipher.update(plaintext), cipher.final()]).toString('base64');
  const tag = cipher.getAuthTag().toString('base64');
  return { source: 'sops', value, iv: iv.toString('base64'), tag, aad, type: 'str', keys };
}

/** @param {string} versionId @param {object} content what its answer has beside its names @param {string} [field] */
export function secretsManager(versionId, content, field) {
  const entry = { source: 'secretsManager', arn: SECRET, versionId, ...(field && { field }) };
  const rule = {
    service: 'secretsmanager',
    target: 'secretsmanager.GetSecretValue',
    region: 'eu-central-1',
    request: { SecretId: SECRET, VersionId: versionId },
    answer: { ARN: SECRET, VersionId: versionId, ...content },
  };
  return { entry, rule };
}
