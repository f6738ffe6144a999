// Starts serverless-offline on ports that nobody uses.

import net from 'node:net';
import { until } from './harness.mjs';

/** @import { RunOptions, Service } from './harness.mjs' */

/** @returns {Promise<{http: number, args: string[]}>} */
export async function freePorts() {
  const [http, lambda, websocket] = await Promise.all([freePort(), freePort(), freePort()]);
  return { http, args: ['--httpPort', `${http}`, '--lambdaPort', `${lambda}`, '--websocketPort', `${websocket}`] };
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {net.AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}

/**
 * Starts serverless-offline and waits until it serves.
 * @param {Service} service
 * @param {string[]} words `offline` or `offline start`, and more arguments
 * @param {RunOptions} options
 */
export async function startOffline(service, words, options) {
  const { http, args } = await freePorts();
  const running = service.start([...words, ...args], options);
  const { child, said, ended } = running;
  await until('serverless-offline', () => said.output.includes('Server ready') || child.exitCode !== null);
  if (child.exitCode !== null) throw new Error(`serverless-offline has ended: ${said.output}`);
  /** @returns {Promise<any>} */
  const get = async (/** @type {string} */ path) => (await fetch(`http://127.0.0.1:${http}${path}`)).json();
  const getText = async (/** @type {string} */ path) => (await fetch(`http://127.0.0.1:${http}${path}`)).text();
  const stop = (/** @type {NodeJS.Signals} */ signal) => {
    child.kill(signal);
    return ended;
  };
  return { get, getText, stop, said };
}
