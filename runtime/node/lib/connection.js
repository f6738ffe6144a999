'use strict';

const net = process.getBuiltinModule('node:net');
const { trouble } = require('./error.js');

const HEAD = /^HTTP\/1\.(\d) (\d{3}).*\r\n((?:[^:\r\n]+:.*\r\n)*)\r\n/;
const CHUNK = /([\da-f]+).*\r\n/iy;
const TRAILER = /^(?:.+\r\n)*\r\n/;

// HTTP/1.1, one exchange after another. To load Node's own client takes as long as all the rest of a cold start.
exports.Connection = class {
  #received = '';
  #socket;
  /** @type {T.Settle | undefined} */
  #settle;

  /** @param {URL} url @param {() => void} connected */
  constructor({ hostname, origin, port, protocol }, connected) {
    this.origin = origin;
    const secure = protocol === 'https:';
    const host = hostname.replace(/[[\]]/g, '');
    const to = { host, port: Number(port) || (secure ? 443 : 80), noDelay: true };
    this.#socket = secure ? connectSecurely(to) : net.connect(to);
    this.#socket
      .setEncoding('latin1')
      .on('connect', connected)
      .on('data', (piece) => this.#read(`${piece}`))
      .on('end', () => this.#read('', true))
      .on('error', (/** @type {any} */ { code, name }) => this.close(code ?? name))
      .on('close', () => this.close('ECONNRESET'));
  }

  get open() {
    return !this.#socket.destroyed;
  }

  /** @type {T.Send} */
  send({ url, method, headers, body = '' }) {
    const all = Object.entries({ host: url.host, ...headers, 'content-length': Buffer.byteLength(body) });
    const lines = all.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    this.#received = '';
    this.#socket.ref();
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#socket.write(`${method} ${url.pathname}${url.search} HTTP/1.1\r\n${lines}\r\n${body}`);
    });
  }

  // Nothing of what was received gets into an error.
  /** @param {string} why */
  close(why) {
    this.#socket.destroy();
    this.#settle?.reject(new Error(why));
    this.#settle = undefined;
  }

  /** @param {string} piece @param {boolean} [ended] */
  #read(piece, ended) {
    this.#received += piece;
    const answer = this.#settle && parse(this.#received, ended);
    if (!answer) {
      if (ended || answer === null || !this.#settle) this.close(answer === null ? 'its answer is not HTTP' : 'ECONNRESET');
      return;
    }
    this.#settle?.resolve(answer);
    this.#settle = undefined;
    if (answer.reusable) this.#socket.unref();
    else this.#socket.destroy();
  }
};

/** @param {import('node:net').TcpNetConnectOpts} to */
const connectSecurely = (to) => {
  const { AWS_CA_BUNDLE: file } = process.env;
  try {
    const ca = file && process.getBuiltinModule('node:fs').readFileSync(file);
    const servername = net.isIP(`${to.host}`) ? '' : to.host;
    return process.getBuiltinModule('node:tls').connect({ ...to, servername, ...(ca && { ca }) });
  } catch (/** @type {any} */ { code }) {
    throw trouble('UNREACHABLE', `AWS_CA_BUNDLE ${file}: ${code}`);
  }
};

/** @type {T.Parse} */
const parse = (text, ended) => {
  const [head, minor, status, lines = ''] = HEAD.exec(text) ?? [];
  if (!head) return text.includes('\r\n\r\n') ? null : undefined;
  const rest = text.slice(head.length);
  // It only announces the answer.
  if (Number(status) < 200) return parse(rest, ended);
  const named = [...lines.matchAll(/(.+?):(.*)/g)].map(([, name = '', value = '']) => [name.toLowerCase(), value.trim()]);
  const headers = Object.fromEntries(named);
  const { body, size } = contentOf(rest, headers, ended) ?? {};
  if (body === undefined) return undefined;
  const reusable = !ended && size === rest.length && !/close/i.test(headers.connection ?? (minor === '0' && 'close'));
  return { status: Number(status), headers, body: Buffer.from(body, 'latin1').toString(), reusable };
};

/** @type {T.ContentOf} */
const contentOf = (rest, { 'transfer-encoding': coding, 'content-length': length }, ended) => {
  if (coding) return chunks(rest);
  const size = Number(length ?? (ended ? rest.length : Number.NaN));
  return rest.length >= size ? { body: rest.slice(0, size), size } : undefined;
};

/** @type {T.Chunks} */
const chunks = (text) => {
  for (let body = '', at = 0; ; ) {
    CHUNK.lastIndex = at;
    const [line, digits = ''] = CHUNK.exec(text) ?? [];
    if (!line) return undefined;
    at += line.length;
    const size = Number.parseInt(digits, 16);
    if (size === 0) {
      const end = TRAILER.exec(text.slice(at));
      return end ? { body, size: at + end[0].length } : undefined;
    }
    body += text.slice(at, at + size);
    at += size + 2;
  }
};
