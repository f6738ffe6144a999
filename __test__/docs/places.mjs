// Puts what a config of a document asks for where it is to be found: into the stand-in, and into files of a service's folder.

import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import yaml from 'js-yaml';

/** @import { StandIn } from '../aws/stand-in.mjs' */

const KEY = 'arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';
/** The header of a ciphertext of KMS, and no more: nobody opens it here. */
const BLOB = Buffer.concat([Buffer.from([1, 2]), Buffer.alloc(150, 7)]).toString('base64');
const SEALED = `ENC[AES256_GCM,data:AAAA,iv:${Buffer.alloc(32).toString('base64')},tag:${Buffer.alloc(16).toString('base64')},type:str]`;

/** A document cuts its ciphertexts short. @param {string} text */
export const whole = (text) => text.replaceAll('AQICAHh...', BLOB);

/** @typedef {Record<string, any>} Entry as an object, whichever way it is written */

/**
 * @param {any} config `custom.secretBaker`
 * @returns {Entry[]}
 */
export function entriesOf(config) {
  const pairs = Array.isArray(config) ? config.map((item) => [undefined, item]) : Object.entries(config);
  return pairs.map(([name, value]) => ({ ...(name && { name }), ...(typeof value === 'string' ? stated(value) : value) }));
}

/** @param {string} text @returns {Entry} */
function stated(text) {
  const [scheme, ...rest] = text.split('::');
  if (scheme === 'credstash') return { credstash: rest[0], version: rest[1] };
  if (scheme === 'kms' || scheme === 'kmsfile') return { [scheme]: text };
  return { path: text };
}

/**
 * @param {StandIn} standIn
 * @param {string} folder of the service
 * @param {Entry[]} entries
 */
export async function store(standIn, folder, entries) {
  for (const entry of entries) {
    if (entry.path) await storeParameter(standIn, entry.path);
    if (entry.credstash) await storeCredential(standIn, entry);
    if (entry.kmsfile) write(folder, String(entry.kmsfile.split('::')[3]), 'contents');
  }
  for (const [name, of] of grouped(entries, 'secretsManager')) await storeSecret(standIn, name, of);
  for (const [file, of] of grouped(entries, 'sops')) write(folder, file, sopsFile(file, of));
}

/** Those that have a key, by its value. @param {Entry[]} entries @param {string} key @returns {Map<string, Entry[]>} */
function grouped(entries, key) {
  const groups = new Map();
  for (const entry of entries.filter((each) => each[key])) groups.set(entry[key], [...(groups.get(entry[key]) ?? []), entry]);
  return groups;
}

/** @param {string} folder @param {string} file @param {string} text */
function write(folder, file, text) {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** A version or label, an ARN, or something below a prefix. @param {StandIn} standIn @param {string} path */
async function storeParameter(standIn, path) {
  const [, home, arnName] = /^arn:aws:ssm:([^:]+):\d+:parameter(.*)$/.exec(path) ?? [];
  const [name = '', selector = ''] = (arnName ?? path.replace('/*', '/below')).split(':');
  const times = /^\d+$/.test(selector) ? Number(selector) : 1;
  for (let version = 0; version < times; version += 1) await standIn.putSecret(name, `the secret of ${name}`, { region: home });
  if (selector && times === 1) await standIn.ssm('LabelParameterVersion', { Name: name, Labels: [selector] });
}

/** @param {StandIn} standIn @param {Entry} entry */
async function storeCredential(standIn, { credstash, version: own, table = 'credential-store', region }) {
  const [, name = credstash, version = own ?? 1] = /^credstash::(.+?)(?:::(.+))?$/.exec(credstash) ?? [];
  const keys = { name: 'HASH', version: 'RANGE' };
  const definition = {
    TableName: table,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: Object.keys(keys).map((key) => ({ AttributeName: key, AttributeType: 'S' })),
    KeySchema: Object.entries(keys).map(([key, type]) => ({ AttributeName: key, KeyType: type })),
  };
  await standIn.dynamoDb('CreateTable', definition, { region }).catch((/** @type {any} */ error) => {
    if (error.code !== 'ResourceInUseException') throw error;
  });
  const text = {
    name,
    version: String(version).padStart(19, '0'),
    key: BLOB,
    contents: 'AAAA',
    hmac: createHash('sha256').digest('hex'),
    digest: 'SHA256',
  };
  const Item = Object.fromEntries(Object.entries(text).map(([key, value]) => [key, { S: value }]));
  await standIn.dynamoDb('PutItem', { TableName: table, Item }, { region });
}

/** With a version of each id that is named, and one before the current one. @param {StandIn} standIn @param {string} name @param {Entry[]} of */
async function storeSecret(standIn, name, of) {
  const ids = of.flatMap(({ versionId }) => versionId ?? []);
  const [first, ...more] = ids.length > 0 ? [undefined, ...ids] : [undefined, undefined];
  const token = (/** @type {string | undefined} */ id) => (id ? { ClientRequestToken: id } : {});
  await standIn.secretsManager('CreateSecret', { Name: name, SecretString: '{}', ...token(first) });
  for (const id of more) await standIn.secretsManager('PutSecretValue', { SecretId: name, SecretString: '{}', ...token(id) });
}

/** With the fields that are asked for, or one where all are. @param {string} file @param {Entry[]} of */
function sopsFile(file, of) {
  const metadata = { kms: [{ arn: KEY, enc: BLOB }], version: '3.11.0' };
  if (/\.(pem|bin)$/.test(file)) return JSON.stringify({ data: SEALED, sops: metadata });
  if (file.endsWith('.env'))
    return `SMTP_PASSWORD=${SEALED}\nsops_kms__list_0__map_arn=${KEY}\nsops_kms__list_0__map_enc=${BLOB}\n`;
  const tree = {};
  for (const { field } of of) put(tree, field.split('.'));
  return yaml.dump({ ...tree, sops: metadata }, { lineWidth: -1 });
}

/** @param {any} tree @param {string[]} path */
function put(tree, [key = '', ...rest]) {
  if (rest.length === 0) tree[key] = SEALED;
  else {
    tree[key] ??= /^\d/.test(rest[0] ?? '') ? [] : {};
    put(tree[key], rest);
  }
}
