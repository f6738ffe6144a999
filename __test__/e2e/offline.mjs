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
  const getText = async (/** @type {string} */ path, seconds = 60) => {
    const signal = AbortSignal.timeout(seconds * 1000);
    return (await fetch(`http://127.0.0.1:${http}${path}`, { signal })).text();
  };
  /** @returns {Promise<any>} */
  const get = async (/** @type {string} */ path, seconds = 60) => JSON.parse(await getText(path, seconds));
  /**
   * The first answer that fits. A request that meets a half-written build may fail, or never be answered.
   * @param {string} path
   * @param {(answer: any) => boolean} fits
   * @returns {Promise<any>}
   */
  const getUntil = async (path, fits) => {
    /** @type {any} */
    let answer;
    await until(`an answer from ${path}`, async () => {
      answer = await get(path, 10).catch((error) => {
        if (child.exitCode !== null || child.signalCode !== null) throw error;
      });
      return answer !== undefined && fits(answer);
    });
    return answer;
  };
  const stop = (/** @type {NodeJS.Signals} */ signal) => {
    child.kill(signal);
    return ended;
  };
  return { get, getText, getUntil, stop, said };
}
