// Starts the stand-in for AWS and speaks to it, without any SDK: what is tested must not test itself.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import http from 'node:http';
import { createInterface } from 'node:readline';
import { python, testFolder } from './python.mjs';

export const credentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
export const region = 'eu-central-1';
export const account = '123456789012';

/**
 * @typedef {Record<string, unknown>} Fault see `faults.py`
 *
 * @typedef {object} Call
 * @property {string} target
 * @property {string | null} service such as `dynamodb`
 * @property {string | null} action such as `Query`
 * @property {number} t seconds since 1970
 * @property {number} [until] when it was answered; absent while it is under way
 * @property {string | null} [error] with which a rule has answered
 * @property {string | null} region
 * @property {string | null} accessKeyId
 * @property {boolean} [withDecryption]
 * @property {string} [table] of DynamoDB
 * @property {string | null} [versionId] of Secrets Manager
 * @property {string} [range] of what is fetched in parts
 * @property {string[]} names
 *
 * @typedef {{accessKeyId: string, action: string, resource: string, context: Record<string, string[]>, allowed: boolean}} Asked
 *
 * @typedef {{keyId?: string, tier?: 'Standard' | 'Advanced', type?: 'SecureString' | 'String' | 'StringList', region?: string}} Kept
 */

/**
 * Starts a stand-in of its own, on a free port of loopback. It ends with `stop`, and with this process.
 * @param {{tls?: boolean}} [options] `tls` serves https too, under an authority whose PEM file is `ca`
 */
export async function startStandIn({ tls = false } = {}) {
  if (!existsSync(python)) throw new Error('the stand-in needs its Python environment: run `npm run setup` first');
  const child = spawn(python, ['-m', 'aws', ...(tls ? ['--tls'] : [])], { cwd: testFolder, stdio: ['pipe', 'pipe', 'inherit'] });
  /** @type {{endpoint: string, pid: number, tlsEndpoint?: string, ca?: string}} */
  const ready = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the stand-in ended with ${code} before it was ready`)));
    createInterface({ input: child.stdout }).once('line', (line) => resolve(JSON.parse(line)));
  });
  // Neither the process nor its pipes keep the one that forgot to stop it.
  child.unref();
  for (const stream of [child.stdin, child.stdout]) /** @type {any} */ (stream).unref();
  return new StandIn(ready, child);
}

export class StandIn {
  #child;
  /** @type {string | undefined} */
  #key;

  /**
   * @param {{endpoint: string, pid: number, tlsEndpoint?: string, ca?: string}} ready
   * @param {import('node:child_process').ChildProcess} child
   */
  constructor({ endpoint, tlsEndpoint, ca }, child) {
    this.endpoint = endpoint;
    this.tlsEndpoint = tlsEndpoint;
    this.ca = ca;
    this.#child = child;
  }

  async stop() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.ref();
    this.#child.kill('SIGTERM');
    await gone;
  }

  /**
   * Replaces all faults; without an argument there are none.
   * @param {Fault[]} [rules]
   */
  faults(rules = []) {
    return this.#control({ rules });
  }

  /** Forgets all calls and faults. */
  reset() {
    return this.#control({ rules: [], reset: true });
  }

  /** @returns {Promise<Call[]>} all calls since the last reset */
  async calls() {
    const { calls } = JSON.parse(await send(`${this.endpoint}/__faults`, 'GET', {}, ''));
    return calls;
  }

  /**
   * Binds access keys by policies; without an argument none is bound.
   * @param {Record<string, object[]>} [policies] by access key id
   */
  async enforce(policies = {}) {
    await send(`${this.endpoint}/__policies`, 'PUT', {}, JSON.stringify(policies));
  }

  /** @returns {Promise<Asked[]>} what the bound keys have asked of IAM since the last `enforce` */
  async asked() {
    return JSON.parse(await send(`${this.endpoint}/__policies`, 'GET', {}, ''));
  }

  /** @param {object} order */
  async #control(order) {
    await send(`${this.endpoint}/__faults`, 'PUT', {}, JSON.stringify(order));
  }

  /**
   * @param {string} operation such as `PutParameter`
   * @param {object} body
   * @param {{region?: string}} [at]
   */
  ssm(operation, body, at) {
    return this.#call('ssm', `AmazonSSM.${operation}`, body, at);
  }

  /**
   * @param {string} operation such as `Decrypt`
   * @param {object} body
   * @param {{region?: string}} [at]
   */
  kms(operation, body, at) {
    return this.#call('kms', `TrentService.${operation}`, body, at);
  }

  /**
   * @param {string} operation such as `PutItem`
   * @param {object} body
   * @param {{region?: string}} [at]
   */
  dynamoDb(operation, body, at) {
    return this.#call('dynamodb', `DynamoDB_20120810.${operation}`, body, at);
  }

  /**
   * @param {string} operation such as `CreateSecret`
   * @param {object} body
   * @param {{region?: string}} [at]
   */
  secretsManager(operation, body, at) {
    return this.#call('secretsmanager', `secretsmanager.${operation}`, body, at);
  }

  /**
   * IAM, in its own protocol.
   * @param {string} operation such as `CreateRole`
   * @param {Record<string, unknown>} body lists are written as `member`s
   * @returns {Promise<any>} what stands in the answer's result
   */
  async iam(operation, body) {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', authorization: signature('us-east-1', 'iam') };
    const parameters = new URLSearchParams({ Action: operation, Version: '2010-05-08', ContentType: 'JSON' });
    for (const [key, value] of queried(body)) parameters.set(key, value);
    const answer = JSON.parse(await send(`${this.endpoint}/`, 'POST', headers, String(parameters)));
    return answer[`${operation}Response`]?.[`${operation}Result`] ?? {};
  }

  /**
   * A role with one policy.
   * @param {string} name
   * @param {object[]} statements
   * @returns {Promise<string>} its ARN
   */
  async createRole(name, statements) {
    const trust = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } };
    await this.iam('CreateRole', { RoleName: name, AssumeRolePolicyDocument: policy([trust]) });
    await this.iam('PutRolePolicy', { RoleName: name, PolicyName: 'own', PolicyDocument: policy(statements) });
    return `arn:aws:iam::${account}:role/${name}`;
  }

  /**
   * Whether policies allow an action, as IAM decides.
   * @param {object[]} statements
   * @param {string} action such as `kms:Decrypt`
   * @param {string} resource its ARN, or `*`
   * @param {Record<string, string | string[]>} [context] by condition key
   * @returns {Promise<boolean>}
   */
  async allows(statements, action, resource, context = {}) {
    const entries = Object.entries(context).map(([key, value]) => ({
      ContextKeyName: key,
      ContextKeyType: Array.isArray(value) ? 'stringList' : 'string',
      ContextKeyValues: [value].flat(),
    }));
    const { EvaluationResults } = await this.iam('SimulateCustomPolicy', {
      PolicyInputList: [policy(statements)],
      ActionNames: [action],
      ResourceArns: [resource],
      ContextEntries: entries,
    });
    return EvaluationResults[0].EvalDecision === 'allowed';
  }

  /**
   * @param {string} service
   * @param {string} target
   * @param {object} body
   * @param {{region?: string}} [at]
   * @returns {Promise<any>}
   */
  async #call(service, target, body, at) {
    const headers = {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': target,
      authorization: signature(at?.region ?? region, service),
    };
    return JSON.parse(await send(this.endpoint, 'POST', headers, JSON.stringify(body)));
  }

  /**
   * @param {{region?: string}} [at]
   * @returns {Promise<string>} the id of a new customer managed key
   */
  async createKey(at) {
    const { KeyMetadata } = await this.kms('CreateKey', { Description: 'Secret Baker' }, at);
    return KeyMetadata.KeyId;
  }

  /**
   * @param {string} name
   * @returns {Promise<any>} the parameter's present version, decrypted
   */
  async parameter(name) {
    return (await this.ssm('GetParameter', { Name: name, WithDecryption: true })).Parameter;
  }

  /**
   * Stores a parameter, as a SecureString under a customer managed key unless told otherwise.
   * @param {string} name
   * @param {string} value
   * @param {Kept} [kept]
   * @returns {Promise<{version: number}>}
   */
  async putSecret(name, value, { keyId, tier = 'Standard', type = 'SecureString', region: at } = {}) {
    const key = type === 'SecureString' ? { KeyId: keyId ?? (await this.#keyIn(at)) } : {};
    const body = { Name: name, Value: value, Type: type, Tier: tier, Overwrite: true, ...key };
    const { Version } = await this.ssm('PutParameter', body, { region: at });
    return { version: Version };
  }

  /** @param {string | undefined} at */
  async #keyIn(at) {
    if (at !== undefined && at !== region) return this.createKey({ region: at });
    this.#key ??= await this.createKey();
    return this.#key;
  }

  /**
   * Opens a standard-tier ciphertext as a function would.
   * @param {string} ciphertext base64
   * @param {string} arn the parameter's, whose region is asked
   * @returns {Promise<string>}
   */
  async decrypt(ciphertext, arn) {
    const body = { CiphertextBlob: ciphertext, EncryptionContext: { PARAMETER_ARN: arn } };
    const { Plaintext } = await this.kms('Decrypt', body, { region: arn.split(':')[3] });
    return Buffer.from(Plaintext, 'base64').toString('utf8');
  }
}

/**
 * @param {string} at
 * @param {string} service
 */
function signature(at, service) {
  const scope = `20260101/${at}/${service}/aws4_request`;
  return `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=host, Signature=0`;
}

/** @param {object[]} statements */
function policy(statements) {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

/**
 * Names and values as the query protocol has them.
 * @param {unknown} value
 * @param {string} [name]
 * @returns {[string, string][]}
 */
function queried(value, name = '') {
  if (typeof value !== 'object' || value === null) return [[name, String(value)]];
  const inner = name && `${name}.`;
  if (Array.isArray(value)) return value.flatMap((item, index) => queried(item, `${inner}member.${index + 1}`));
  return Object.entries(value).flatMap(([key, item]) => queried(item, `${inner}${key}`));
}

/** An answer that is not 200. */
export class AwsError extends Error {
  /** @param {string} body */
  constructor(body) {
    const { __type = body, message, Message = message ?? '' } = parsed(body);
    super(`${__type}: ${Message}`);
    this.code = String(__type).split('#').at(-1);
  }
}

/** @param {string} body */
function parsed(body) {
  try {
    return JSON.parse(body);
  } catch {
    return {};
  }
}

/**
 * @param {string} url
 * @param {string} method
 * @param {Record<string, string>} headers
 * @param {string} body
 * @returns {Promise<string>}
 */
function send(url, method, headers, body) {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method, headers, agent: false }, (response) => {
      const chunks = /** @type {Buffer[]} */ ([]);
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        if (response.statusCode === 200) resolve(text);
        else reject(new AwsError(text));
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}
