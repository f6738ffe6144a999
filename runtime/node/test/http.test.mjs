// How KMS, or what stands before it, may answer: the cases that every opener reads alike.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { test } from 'node:test';
import { configure, secret } from '../index.mjs';
import { parameter } from './fake-aws.mjs';
import { bundleOf, keys } from './workshop.mjs';

/**
 * @typedef {{text: string} | {base64: string} | {repeat: string, times: number} | {body: true}} Piece
 * @typedef {object} Case
 * @property {string} title
 * @property {Piece[]} answer
 * @property {'close' | 'open'} end
 * @property {{opens?: true, fails?: string}} expect
 * @property {number} [attempts]
 * @property {number} [withinMs]
 */

const path = new URL('../../../__test__/vectors/http.json', import.meta.url);
/** @type {{body: string, cases: Case[]}} */
const { body, cases } = JSON.parse(readFileSync(path, 'utf8'));
const plaintext = Buffer.from(JSON.parse(body).Plaintext, 'base64').toString();
const file = bundleOf({ A: parameter('/http/a', plaintext).entry });

/** @param {Piece} piece */
const bytesOf = (piece) => {
  if ('text' in piece) return piece.text;
  if ('base64' in piece) return Buffer.from(piece.base64, 'base64');
  return 'repeat' in piece ? piece.repeat.repeat(piece.times) : body;
};

/**
 * Answers each request as the case says.
 * @param {import('node:test').TestContext} t
 * @param {Case} found
 */
async function startFront(t, { answer, end }) {
  let requests = 0;
  const server = net.createServer((socket) => {
    let seen = '';
    socket.setNoDelay(true).on('error', () => {});
    socket.on('data', (chunk) => {
      seen += chunk.toString('latin1');
      const [, head = '', length] = /^([\s\S]*content-length: (\d+)[\s\S]*?\r\n\r\n)/i.exec(seen) ?? [];
      if (head === '' || seen.length < head.length + Number(length)) return;
      seen = '';
      requests++;
      for (const piece of answer) socket.write(bytesOf(piece));
      if (end === 'close') socket.end();
    });
    t.after(() => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = /** @type {net.AddressInfo} */ (server.address());
  return { endpoint: `http://127.0.0.1:${port}`, requests: () => requests };
}

test('there are cases', () => assert.ok(cases.length > 10));

for (const found of cases) {
  const { title, expect, attempts, withinMs } = found;
  test(title, async (t) => {
    const front = await startFront(t, found);
    // Far more than any answer takes, where none may be waited for; else what a silent server costs the test.
    const times = withinMs ? { attemptTimeout: 20_000, timeout: 90_000 } : { attemptTimeout: 1_000, timeout: 4_000 };
    configure({ file, endpoint: front.endpoint, credentials: keys, ...times });
    const started = performance.now();
    if (expect.opens) assert.equal(await secret('A'), plaintext);
    else await assert.rejects(secret('A'), { name: 'SecretBakerError', code: expect.fails });
    if (withinMs) assert.ok(performance.now() - started < 15_000, 'it waited for its time-out');
    if (attempts) assert.equal(front.requests(), attempts);
  });
}
