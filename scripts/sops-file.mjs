// Writes SOPS files for age recipients, for the demo and the tests: on a machine of one's own `sops encrypt` does that, and much more.

import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { armor, Encrypter } from 'age-encryption';
import yaml from 'js-yaml';

/**
 * A flat map of texts, each encrypted, as YAML.
 * @param {Record<string, string>} values
 * @param {string[]} recipients `age1...`
 * @returns {Promise<string>}
 */
export async function sealForAge(values, recipients) {
  const key = randomBytes(32);
  const texts = Object.entries(values).map(([name, value]) => [name, encrypted(key, value, `${name}:`)]);
  const age = await Promise.all(recipients.map(async (recipient) => ({ recipient, enc: await dataKeyFor(recipient, key) })));
  const lastmodified = `${new Date().toISOString().slice(0, 19)}Z`;
  const hash = createHash('sha512').update(Object.values(values).join('')).digest('hex').toUpperCase();
  const sops = {
    age,
    lastmodified,
    mac: encrypted(key, hash, lastmodified),
    unencrypted_suffix: '_unencrypted',
    version: '3.11.0',
  };
  return yaml.dump({ ...Object.fromEntries(texts), sops }, { lineWidth: -1 });
}

/**
 * What stands in the place of a text.
 * @param {Buffer} key
 * @param {string} value
 * @param {string} bound what it is bound to
 */
export function encrypted(key, value, bound) {
  // SOPS leaves an empty text as it is.
  if (value === '') return '';
  const { data, iv, tag } = sealed(key, value, bound);
  return `ENC[AES256_GCM,data:${data},iv:${iv},tag:${tag},type:str]`;
}

/**
 * Its parts in base64, with the IV of 32 bytes that sops writes.
 * @param {Buffer} key
 * @param {string} value
 * @param {string} bound what it is bound to
 */
export function sealed(key, value, bound) {
  const iv = randomBytes(32);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(bound));
  const data = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
  return { data: data.toString('base64'), iv: iv.toString('base64'), tag: cipher.getAuthTag().toString('base64') };
}

/**
 * @param {string} recipient
 * @param {Buffer} key
 */
async function dataKeyFor(recipient, key) {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return armor.encode(await encrypter.encrypt(key));
}
