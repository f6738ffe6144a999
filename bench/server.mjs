// Parameter Store for the benchmark: starts `ssm-server.mjs` and measures what it costs by itself.

import http from 'node:http';
import { credentials, region } from '../__test__/aws/stand-in.mjs';
import { startChild } from './child.mjs';
import { median } from './numbers.mjs';

/** @import { Order, Seen } from './ssm-server.mjs' */
/** @import { Parameter } from './secrets.mjs' */

const ROUND_TRIPS = 31;
const CALLS = 500;

/**
 * @param {Parameter[]} parameters
 * @param {string} folder Its working directory
 * @param {import('./certificates.mjs').Certificates} certificates
 */
export async function startServer(parameters, folder, { server, ca }) {
  const child = startChild('ssm-server.mjs', server, folder);
  const { endpoint, tlsEndpoint } = await child.ask({ order: { parameters, latencyMs: 0 } });
  const names = parameters.slice(0, 10).map(({ Name }) => Name);
  const obey = (/** @type {Order} */ order) => child.ask({ order });
  return {
    endpoint,
    tls: { endpoint: tlsEndpoint, ca },
    obey,
    /** @returns {Promise<Seen>} what came since the last order */
    seen: () => child.ask({}),
    roundTrip: async (/** @type {number} */ latencyMs) => {
      await obey({ latencyMs });
      return roundTrip(endpoint, names);
    },
    perCall: async () => {
      await obey({ latencyMs: 0 });
      return perCall(endpoint, names);
    },
    end: child.end,
  };
}

/** @typedef {Awaited<ReturnType<typeof startServer>>} Server */

/**
 * The floor: one call by the plainest client there is, on a connection that is open already.
 * @param {string} endpoint
 * @param {string[]} names
 * @returns {Promise<number>} ms
 */
async function roundTrip(endpoint, names) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  await call(endpoint, names, agent);
  const times = [];
  for (let run = 0; run < ROUND_TRIPS; run += 1) {
    const start = performance.now();
    await call(endpoint, names, agent);
    times.push(performance.now() - start);
  }
  agent.destroy();
  return median(times);
}

/**
 * What the server takes for a call when it never has to wait for one.
 * @param {string} endpoint
 * @param {string[]} names
 * @returns {Promise<number>} ms
 */
async function perCall(endpoint, names) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
  const start = performance.now();
  await Promise.all(Array.from({ length: CALLS }, () => call(endpoint, names, agent)));
  const ms = performance.now() - start;
  agent.destroy();
  return ms / CALLS;
}

/**
 * @param {string} endpoint
 * @param {string[]} Names
 * @param {http.Agent} agent
 */
function call(endpoint, Names, agent) {
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'AmazonSSM.GetParameters',
    authorization: `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/20260101/${region}/ssm/aws4_request`,
  };
  return new Promise((resolve, reject) => {
    const request = http.request(endpoint, { method: 'POST', headers, agent }, (response) => {
      response.resume();
      response.on('error', reject).on('end', () => {
        if (response.statusCode === 200) resolve(undefined);
        else reject(new Error(`the benchmark's server answered ${response.statusCode} to a plain call`));
      });
    });
    request.on('error', reject);
    request.end(JSON.stringify({ Names, WithDecryption: false }));
  });
}
