// SOPS files for the benchmark: flat YAML whose data key the benchmark's KMS knows.

import { encrypted, sealed } from '../scripts/sops-file.mjs';

export const KEY_ARN = 'arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555';
/** The header of a ciphertext of KMS, and no more: nobody opens it here. */
export const BLOB = Buffer.concat([Buffer.from([1, 2]), Buffer.alloc(150, 7)]).toString('base64');

/** Of text, since the benchmark's KMS answers with texts. */
const DATA_KEY = '0123456789abcdef0123456789abcdef';

/** What KMS must know to open the file: it is bound to nothing. */
export const dataKey = { Name: '', ciphertext: BLOB, plaintext: DATA_KEY, keyId: KEY_ARN };

/**
 * @param {Record<string, string>} values by their keys
 * @returns {string} YAML
 */
export function sopsFile(values) {
  const key = Buffer.from(DATA_KEY);
  const lines = Object.entries(values).map(([name, value]) => `${name}: ${encrypted(key, value, `${name}:`)}`);
  const metadata = ['sops:', '    kms:', `        - arn: ${KEY_ARN}`, `          enc: ${BLOB}`, '    version: 3.11.0'];
  return `${[...lines, ...metadata].join('\n')}\n`;
}

/**
 * The bundle of such a file.
 * @param {Record<string, string>} values by their names
 */
export function sopsBundle(values) {
  const keys = [{ arn: KEY_ARN, ciphertext: BLOB }];
  const entries = Object.entries(values).map(([name, value]) => {
    const { data, iv, tag } = sealed(Buffer.from(DATA_KEY), value, `${name}:`);
    return [name, { source: 'sops', value: data, iv, tag, aad: `${name}:`, type: 'str', keys }];
  });
  return JSON.stringify(Object.fromEntries(entries));
}
