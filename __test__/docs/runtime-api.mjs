// The part of Lambda's Runtime API that a bootstrap speaks: one event, one answer.

import { spawn } from 'node:child_process';
import http from 'node:http';
import { json } from 'node:stream/consumers';

/**
 * Runs a bootstrap until it has answered one event.
 * @param {string} bootstrap path
 * @param {object} event
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<unknown>}
 */
export async function runBootstrap(bootstrap, event, env) {
  /** @type {(answer: unknown) => void} */
  let answered = () => {};
  const answer = new Promise((resolve) => {
    answered = resolve;
  });
  let asked = 0;
  const server = http.createServer(async (request, response) => {
    if (request.method === 'POST') {
      answered(await json(request));
      response.writeHead(202).end();
    } else if (asked++ === 0) {
      const headers = {
        'lambda-runtime-aws-request-id': '00000000-0000-0000-0000-000000000000',
        'lambda-runtime-deadline-ms': String(Date.now() + 60_000),
        'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:eu-central-1:123456789012:function:hello',
      };
      response.writeHead(200, headers).end(JSON.stringify(event));
    }
    // A second event never comes.
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const child = spawn(bootstrap, [], {
    env: { ...env, AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}` },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`the bootstrap ended with ${code ?? signal}`)));
  });
  try {
    return await Promise.race([answer, ended]);
  } finally {
    ended.catch(() => {});
    child.kill();
    server.closeAllConnections();
    server.close();
  }
}
