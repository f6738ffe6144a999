// The ways to bake that are compared. Each starts from a loaded framework and ends with the file written.

import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { region } from '../__test__/aws/stand-in.mjs';
import { batches } from './secrets.mjs';

/** @import { Framework } from './framework.mjs' */

/**
 * @typedef {'old' | 'sdk3' | 'sdk3All' | 'ours'} Name of a variant
 *
 * @typedef {object} Baker
 * @property {() => Promise<void>} bake Writes `secret-baker-secrets.json` into the working directory; once only
 * @property {() => Promise<void>} end Removes it; resolves when no call is under way any more
 *
 * @typedef {object} Variant
 * @property {string} title
 * @property {(count: number) => number} calls How many it makes
 * @property {(count: number) => number} rounds How many of them must follow each other, where nothing throttles
 * @property {string} trusts The variable that names a file of certificates for it
 * @property {number} mostAtOnce Each run checks that it makes no more
 * @property {() => ((framework: Framework, endpoint: string, config: Record<string, string>) => Baker)} load
 */

export const FILE = 'secret-baker-secrets.json';

/** As many calls at once as ours begins with. */
const AT_ONCE = 16;
/** While nothing throttles, ours makes twice as many in each further round, up to this many. */
const MOST_AT_ONCE = 64;

/** The default of the SDK for JavaScript. */
const SOCKETS = 50;

const load = createRequire(import.meta.url);
const calls = (/** @type {number} */ count) => Math.ceil(count / 10);

/**
 * Rounds of calls, each twice as wide as the one before.
 * @param {number} count of secrets
 */
function wideningRounds(count) {
  let rounds = 0;
  for (let [left, atOnce] = [calls(count), AT_ONCE]; left > 0; atOnce = Math.min(2 * atOnce, MOST_AT_ONCE)) {
    left -= atOnce;
    rounds += 1;
  }
  return rounds;
}

/** @type {Record<Name, Variant>} */
export const variants = {
  old: {
    title: 'serverless-secret-baker 2.1.0',
    calls: (count) => count,
    rounds: (count) => count,
    trusts: 'NODE_EXTRA_CA_CERTS',
    mostAtOnce: Number.POSITIVE_INFINITY,
    load: () => {
      const Old = load('secret-baker-old');
      return ({ serverless, forget }) => {
        const plugin = new Old(serverless, {});
        const end = async () => {
          plugin.cleanupPackageSecrets();
          forget();
        };
        return { bake: () => plugin.packageSecrets(), end };
      };
    },
  },
  sdk3: {
    title: `AWS SDK v3, tens, ${AT_ONCE} at once`,
    calls,
    rounds: (count) => Math.ceil(calls(count) / AT_ONCE),
    trusts: 'NODE_EXTRA_CA_CERTS',
    mostAtOnce: AT_ONCE,
    load: () => loadSdk3(AT_ONCE),
  },
  sdk3All: {
    title: 'AWS SDK v3, tens, Promise.all',
    calls,
    rounds: (count) => Math.ceil(calls(count) / SOCKETS),
    trusts: 'NODE_EXTRA_CA_CERTS',
    mostAtOnce: SOCKETS,
    load: () => loadSdk3(Number.POSITIVE_INFINITY),
  },
  ours: {
    title: 'Secret Baker',
    calls,
    rounds: wideningRounds,
    trusts: 'AWS_CA_BUNDLE',
    mostAtOnce: MOST_AT_ONCE,
    load: () => {
      const SecretBaker = load('../index.js');
      return ({ serverless, utils }) => {
        const plugin = new SecretBaker(serverless, {}, utils);
        return { bake: () => plugin.hooks['after:package:cleanup'](), end: () => plugin.hooks.finalize() };
      };
    },
  },
};

/**
 * What a careful plugin in plain JavaScript would do: ours without Rust.
 * @param {number} atOnce
 * @returns {ReturnType<Variant['load']>}
 */
function loadSdk3(atOnce) {
  const { SSMClient, GetParametersCommand } = load('@aws-sdk/client-ssm');
  return ({ serverless }, endpoint, config) => {
    const { accessKeyId, secretAccessKey } = serverless.getProvider('aws').getCredentials().credentials;
    /** @type {any} */
    let client;
    /** @type {Promise<unknown> | undefined} */
    let settled;
    const fetch = async (/** @type {string[]} */ Names) => {
      const reply = await client.send(new GetParametersCommand({ Names, WithDecryption: false }));
      return reply.Parameters;
    };
    const bake = async () => {
      // A command bakes once, so that the client is new at each bake, as it is in ours.
      client = new SSMClient({ region, endpoint, credentials: { accessKeyId, secretAccessKey } });
      const fetched = bounded(batches(Object.values(config)), atOnce, fetch);
      settled = fetched.settled;
      const found = await fetched.results;
      const byPath = new Map(found.flat().map((parameter) => [parameter.Name, parameter]));
      const bundle = Object.entries(config).map(([name, path]) => {
        const { Value, ARN, Version } = byPath.get(path);
        return [name, { ciphertext: Value, arn: ARN, version: Version }];
      });
      await writeFile(FILE, JSON.stringify(Object.fromEntries(bundle)));
    };
    // A bake fails with its first call; the others, which go on, would take the next variant's share of the bucket.
    const end = async () => {
      await settled;
      client?.destroy();
    };
    return { bake, end };
  };
}

/**
 * @template T, R
 * @param {T[]} items
 * @param {number} atOnce
 * @param {(item: T) => Promise<R>} act
 * @returns {{results: Promise<R[]>, settled: Promise<unknown>}} `settled` is when nothing is under way any more
 */
function bounded(items, atOnce, act) {
  const results = /** @type {R[]} */ ([]);
  const waiting = items.map((item, index) => ({ item, index }));
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      try {
        results[next.index] = await act(next.item);
      } catch (error) {
        waiting.length = 0;
        throw error;
      }
    }
  };
  const lanes = Array.from({ length: Math.min(atOnce, items.length) }, work);
  return { results: Promise.all(lanes).then(() => results), settled: Promise.allSettled(lanes) };
}
