// SOPS files for the benchmark, sealed by Node's own crypto: YAML under one data key, with the IV of 32 bytes that sops writes.

import { createCipheriv, randomBytes } from 'node:crypto';

const KEY_ARN = 'arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555';
const BLOB = Buffer.concat([Buffer.from([1, 2]), Buffer.alloc(150, 7)]).toString('base64');

/** Of text, since the benchmark's KMS answers with texts. */
const DATA_KEY = '0123456789abcdef0123456789abcdef';

/** What KMS must know to open the file: it is bound to nothing. */
export const dataKey = { Name: '', ciphertext: BLOB, plaintext: DATA_KEY, keyId: KEY_ARN };

/**
 * @param {Record<string, string>} values by their keys
 * @returns {string} YAML
 */
export function sopsFile(values) {
  const lines = Object.entries(values).map(([key, value]) => `${key}: ${leaf(key, value)}`);
  const metadata = ['sops:', '    kms:', `        - arn: ${KEY_ARN}`, `          enc: ${BLOB}`, '    version: 3.10.2'];
  return `${[...lines, ...metadata].join('\n')}\n`;
}

/**
 * The bundle of such a file.
 * @param {Record<string, string>} values by their names
 */
export function sopsBundle(values) {
  const keys = [{ arn: KEY_ARN, ciphertext: BLOB }];
  const entries = Object.entries(values).map(([name, value]) => {
    const { data, iv, tag } = sealed(name, value);
    return [name, { source: 'sops', value: data, iv, tag, aad: `${name}:`, type: 'str', keys }];
  });
  return JSON.stringify(Object.fromEntries(entries));
}

/** @param {string} key @param {string} value */
function leaf(key, value) {
  const { data, iv, tag } = sealed(key, value);
  return `ENC[AES256_GCM,data:${data},iv:${iv},tag:${tag},type:str]`;
}

/** In base64. @param {string} key @param {string} value */
function sealed(key, value) {
  const iv = randomBytes(32);
  const cipher = createCipheriv('aes-256-gcm', DATA_KEY, iv);
  cipher.setAAD(Buffer.from(`${key}:`));
  const data = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
  return { data: data.toString('base64'), iv: iv.toString('base64'), tag: cipher.getAuthTag().toString('base64') };
}
