// The benchmark's servers: one handler behind plain HTTP and behind TLS, both on loopback.

import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';

/**
 * @param {http.RequestListener} answer
 * @param {object} options
 * @param {string} options.certificate PEM file
 * @param {string} options.key PEM file
 * @param {() => number} options.latencyMs Before each handshake, which takes one round trip in TLS 1.3
 * @returns {Promise<{endpoint: string, tlsEndpoint: string}>}
 */
export async function listen(answer, { certificate, key, latencyMs }) {
  const plain = http.createServer(answer);
  const secure = https.createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, answer);
  // A client that waits for its bucket must not lose its connections meanwhile.
  for (const server of [plain, secure]) server.keepAliveTimeout = 60_000;
  // Nothing is read before the handshake begins.
  const late = net.createServer({ pauseOnConnect: true, noDelay: true }, (socket) => {
    setTimeout(() => socket.destroyed || secure.emit('connection', socket), latencyMs());
  });
  return { endpoint: `http://${await started(plain)}`, tlsEndpoint: `https://${await started(late)}` };
}

/**
 * @param {net.Server} server
 * @returns {Promise<string>} where it listens
 */
async function started(server) {
  await new Promise((resolve) => server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }, () => resolve(undefined)));
  return `127.0.0.1:${/** @type {net.AddressInfo} */ (server.address()).port}`;
}
