// Secrets as the tools of each source write them, against the stand-in and without any of its code or ours: what is tested must not test itself.

import { createCipheriv, createHash, createHmac, randomBytes, randomUUID } from 'node:crypto';
import { region } from '../aws/stand-in.mjs';

/** @import { StandIn } from '../aws/stand-in.mjs' */

const TABLE = 'credential-store';

/** Whoever keeps secrets under one key of KMS. */
export class Keeper {
  #standIn;
  #key;

  /**
   * @param {StandIn} standIn
   * @param {string} key its ARN
   */
  constructor(standIn, key) {
    this.#standIn = standIn;
    this.#key = key;
  }

  /** @param {StandIn} standIn */
  static async of(standIn) {
    const { KeyMetadata } = await standIn.kms('CreateKey', {});
    return new Keeper(standIn, KeyMetadata.Arn);
  }

  get key() {
    return this.#key;
  }

  /**
   * As `aws kms encrypt` does.
   * @param {string | Buffer} plaintext
   * @param {Record<string, string>} [context]
   * @returns {Promise<string>} base64
   */
  async encrypt(plaintext, context = {}) {
    const body = { KeyId: this.#key, Plaintext: Buffer.from(plaintext).toString('base64'), EncryptionContext: context };
    return (await this.#standIn.kms('Encrypt', body)).CiphertextBlob;
  }

  /**
   * As serverless-secrets of 2016 wrote a file: AES-256-CTR from the number 1 on.
   * @param {string} plaintext
   * @param {string} file where the contents are to lie
   * @returns {Promise<{text: string, contents: Buffer}>}
   */
  async kmsFile(plaintext, file) {
    const dataKey = randomBytes(32);
    const text = `kmsfile::${this.#key}::${await this.encrypt(dataKey)}::${file}`;
    return { text, contents: inCounterMode(dataKey, plaintext) };
  }

  /**
   * As SOPS writes YAML: values under a data key, each bound to its path, with IVs of 32 bytes, and the MAC over all of them.
   * @param {Record<string, Record<string, [type: string, value: string]>>} tree two levels deep
   */
  async sopsYaml(tree) {
    const dataKey = randomBytes(32);
    const lines = Object.entries(tree).flatMap(([key, values]) => [
      `${key}:`,
      ...Object.entries(values).map(
        ([name, [type, value]]) => `    ${name}: ${sopsValue(dataKey, `${key}:${name}:`, type, value)}`,
      ),
    ]);
    const values = Object.values(tree).flatMap((values) => Object.values(values).map(([, value]) => value));
    const kms = `    kms:\n        - arn: ${this.#key}\n          enc: ${await this.encrypt(dataKey)}\n`;
    const rest = Object.entries(sopsMetadata(dataKey, values)).map(([key, value]) => `    ${key}: ${JSON.stringify(value)}\n`);
    return `${lines.join('\n')}\nsops:\n${kms}${rest.join('')}`;
  }

  /**
   * The same of a file of lines.
   * @param {Record<string, string>} values
   */
  async sopsDotenv(values) {
    const dataKey = randomBytes(32);
    const lines = Object.entries(values).map(([key, value]) => [key, sopsValue(dataKey, `${key}:`, 'str', value)]);
    const metadata = {
      kms__list_0__map_arn: this.#key,
      kms__list_0__map_enc: await this.encrypt(dataKey),
      ...sopsMetadata(dataKey, Object.values(values)),
    };
    const flat = Object.entries(metadata).map(([key, value]) => [`sops_${key}`, value]);
    return [...lines, ...flat].map((pair) => `${pair.join('=')}\n`).join('');
  }

  /**
   * The same of a file that is no text for SOPS.
   * @param {string} value
   */
  async sopsBinary(value) {
    const dataKey = randomBytes(32);
    const kms = [{ arn: this.#key, enc: await this.encrypt(dataKey) }];
    const sops = { kms, ...sopsMetadata(dataKey, [value]) };
    return JSON.stringify({ data: sopsValue(dataKey, 'data:', 'str', value), sops });
  }

  async createTable() {
    const keys = [
      ['name', 'HASH'],
      ['version', 'RANGE'],
    ];
    await this.#standIn.dynamoDb('CreateTable', {
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: keys.map(([AttributeName, KeyType]) => ({ AttributeName, KeyType })),
      AttributeDefinitions: keys.map(([AttributeName]) => ({ AttributeName, AttributeType: 'S' })),
    });
  }

  /**
   * As credstash does: the HMAC is hexadecimal text, kept as bytes.
   * @param {string} name
   * @param {string} value
   * @param {{version?: number, context?: Record<string, string>, without?: string}} [how] `without` leaves an attribute out
   */
  async putCredential(name, value, { version = 1, context = {}, without } = {}) {
    const keys = randomBytes(64);
    const contents = inCounterMode(keys.subarray(0, 32), value);
    const hmac = createHmac('sha256', keys.subarray(32)).update(contents).digest('hex');
    const item = {
      name: { S: name },
      version: { S: String(version).padStart(19, '0') },
      key: { S: await this.encrypt(keys, context) },
      contents: { S: contents.toString('base64') },
      hmac: { B: Buffer.from(hmac).toString('base64') },
      digest: { S: 'SHA256' },
    };
    const Item = Object.fromEntries(Object.entries(item).filter(([attribute]) => attribute !== without));
    await this.#standIn.dynamoDb('PutItem', { TableName: TABLE, Item });
  }

  /**
   * @param {string} name
   * @param {string} value
   * @returns {Promise<{ARN: string, VersionId: string}>}
   */
  createSecret(name, value) {
    const ClientRequestToken = randomUUID();
    return this.#standIn.secretsManager('CreateSecret', {
      Name: name,
      SecretString: value,
      KmsKeyId: this.#key,
      ClientRequestToken,
    });
  }
}

/**
 * @param {Buffer} key
 * @param {string} plaintext
 */
function inCounterMode(key, plaintext) {
  const first = Buffer.alloc(16);
  first[15] = 1;
  return createCipheriv('aes-256-ctr', key, first).update(plaintext);
}

/**
 * @param {Buffer} dataKey
 * @param {string} aad
 * @param {string} type
 * @param {string} value
 */
function sopsValue(dataKey, aad, type, value) {
  const iv = randomBytes(32);
  const cipher = createCipheriv('aes-256-gcm', dataKey, iv).setAAD(Buffer.from(aad));
  const data = Buffer.concat([cipher.update(value), cipher.final()]);
  const [encrypted, vector, tag] = [data, iv, cipher.getAuthTag()].map((bytes) => bytes.toString('base64'));
  return `ENC[AES256_GCM,data:${encrypted},iv:${vector},tag:${tag},type:${type}]`;
}

/**
 * What SOPS writes of a file beside its keys.
 * @param {Buffer} dataKey
 * @param {string[]} values all of them, in their order
 */
function sopsMetadata(dataKey, values) {
  const lastmodified = '2026-11-26T04:21:00Z';
  const digest = createHash('sha512').update(values.join('')).digest('hex').toUpperCase();
  return { lastmodified, mac: sopsValue(dataKey, lastmodified, 'str', digest), version: '3.11.0' };
}

/** A key that nobody has, in the stand-in's region. */
export const NO_KEY = `arn:aws:kms:${region}:123456789012:key/00000000-0000-0000-0000-000000000000`;
