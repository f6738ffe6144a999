// A proxy on the way to the stand-in.

import http from 'node:http';
import net from 'node:net';

/** @typedef {Awaited<ReturnType<typeof startProxy>>} Proxy */

/** Starts a forward proxy on loopback that remembers what it was asked for: absolute URLs and tunnels. */
export async function startProxy() {
  const seen = /** @type {{how: string, authorization: string | undefined}[]} */ ([]);
  const server = http.createServer((request, response) => {
    seen.push({ how: `${request.method} ${request.url}`, authorization: request.headers['proxy-authorization'] });
    const onward = http.request(String(request.url), { method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  server.on('connect', (request, client, head) => {
    seen.push({ how: `CONNECT ${request.url}`, authorization: request.headers['proxy-authorization'] });
    const [host, port] = String(request.url).split(':');
    const onward = net.connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      onward.write(head);
      onward.pipe(client).pipe(onward);
    });
    onward.on('error', () => client.destroy());
    client.on('error', () => onward.destroy());
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {net.AddressInfo} */ (server.address());
  const stop = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { seen, port, stop };
}
