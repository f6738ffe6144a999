// Lambda's Runtime API on loopback: it hands a function its invocations in order, takes its answers, and notes when each came.
// It knows no client; `clients.mjs` starts them. Only Node's own modules.

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';

/** @import { AddressInfo } from 'node:net' */
/** @import { IncomingMessage, ServerResponse } from 'node:http' */

/**
 * @typedef {object} Answer
 * @property {'response' | 'error'} kind
 * @property {string} requestId
 * @property {Buffer} body
 * @property {string | undefined} contentType
 * @property {string | undefined} errorType what the function calls its error; for a stream, how it broke off
 * @property {any} error what an error says, parsed; for a stream, what it says of how it broke off
 * @property {boolean} streamed whether the function has asked for a response stream
 * @property {number} given when the function was handed the invocation, by `performance.now()`
 * @property {number} begun when the first byte of the answer was there
 *
 * @typedef {object} Failure of an init or a restore
 * @property {string | undefined} errorType
 * @property {any} error
 *
 * @typedef {object} Post whatever the function has sent
 * @property {string} path
 * @property {IncomingMessage['headers']} headers
 * @property {Buffer} body
 *
 * @typedef {{event: unknown, requestId: string, given: number, settle: Settle}} Invocation
 * @typedef {{resolve: (answer: any) => void, reject: (error: Error) => void}} Settle
 */

/** A failed init, as a function has posted it. */
export class InitError extends Error {
  /** @param {Failure} failure */
  constructor({ errorType, error }) {
    super(`the init failed: ${error?.errorMessage ?? errorType}`);
    this.errorType = errorType;
    this.error = error;
  }
}

/**
 * What a function has answered, from JSON.
 * @param {Answer} answer
 * @returns {any}
 * @throws {Error} with what it says, if that is an error
 */
export function answerOf({ kind, body, error }) {
  const text = body.toString('utf8');
  if (kind === 'error' || error) throw new Error(`the function answered with an error: ${JSON.stringify(error)}`);
  return JSON.parse(text);
}

/**
 * Starts a Runtime API on a free port of loopback, for one function: what its process has sent before it was killed must not count
 * for the next.
 * @param {{patience?: number}} [options] `patience`: milliseconds after which any wait of a test ends
 */
export async function startRuntimeApi({ patience = 60_000 } = {}) {
  const api = new RuntimeApi(patience);
  await api.listen();
  return api;
}

/** What one process does from its start to its end. All times are those of `performance.now()`, in milliseconds. */
export class RuntimeApi {
  #server = http.createServer((request, response) => {
    this.#serve(request, response).catch((error) => response.destroy(error));
  });
  /** @type {Invocation[]} */
  #queue = [];
  /** @type {Map<string, Invocation>} handed out, and not answered */
  #handed = new Map();
  /** @type {ServerResponse | undefined} of the request that waits for the next invocation */
  #waiting;
  /** @type {ServerResponse | undefined} of the request that waits for the restore */
  #restoring;
  /** @type {string | undefined} */
  #over;
  /** @type {(() => void)[]} those who wait for what happens next */
  #listeners = [];

  /** @param {number} patience milliseconds */
  constructor(patience) {
    this.patience = patience;
    this.address = '';
    /** When the process was started; `clients.mjs` sets it. */
    this.started = 0;
    /** @type {number | undefined} when the function was ready: it asked for an invocation, or for its restore */
    this.ready = undefined;
    /** @type {Failure | undefined} */
    this.initError = undefined;
    /** @type {Failure | undefined} */
    this.restoreError = undefined;
    /** @type {Post[]} */
    this.posts = [];
    /** @type {string[]} requests that Lambda would have refused */
    this.refused = [];
  }

  async listen() {
    // No connection is closed while a function is frozen.
    this.#server.keepAliveTimeout = 0;
    this.#server.listen(0, '127.0.0.1').unref();
    await once(this.#server, 'listening');
    this.address = `127.0.0.1:${/** @type {AddressInfo} */ (this.#server.address()).port}`;
  }

  /**
   * Waits until the function asks for its first invocation, or its restore.
   * @returns {Promise<number>} milliseconds since its start
   * @throws {InitError} if that is what it posts
   */
  async initialised() {
    await this.#until('the function is ready', () => this.ready !== undefined || this.initError !== undefined);
    if (this.initError) throw new InitError(this.initError);
    return Number(this.ready) - this.started;
  }

  /**
   * Hands the function an event, after those that were handed before, and waits for its answer.
   * @param {unknown} [event]
   * @returns {Promise<Answer>}
   */
  invoke(event = {}) {
    /** @type {Settle} */
    let settle = { resolve: () => {}, reject: () => {} };
    /** @type {Promise<Answer>} */
    const answered = new Promise((resolve, reject) => {
      settle = { resolve, reject };
    });
    if (this.#over) settle.reject(new Error(`there is no function to invoke: ${this.#over}`));
    else this.#queue.push({ event, requestId: randomUUID(), given: 0, settle: endingAfter(settle, this.patience, 'an answer') });
    this.#hand();
    return answered;
  }

  /** Lets a function that was taken as a snapshot go on; it must have asked for that. */
  async restore() {
    await this.#until('the function asks for its restore', () => this.#restoring !== undefined);
    this.#restoring?.writeHead(200).end();
    this.#restoring = undefined;
  }

  /**
   * The function is gone: nobody waits for it any longer.
   * @param {string} why
   */
  stop(why) {
    if (this.#over) return;
    this.#over = why;
    this.#server.close();
    this.#server.closeAllConnections();
    for (const { settle } of [...this.#queue, ...this.#handed.values()]) settle.reject(new Error(why));
    this.#queue = [];
    this.#handed.clear();
    this.#happened();
  }

  /**
   * @param {IncomingMessage} request
   * @param {ServerResponse} response
   */
  async #serve(request, response) {
    const { method, url = '' } = request;
    const path = url.replace('/2018-06-01/runtime/', '');
    if (method === 'GET' && path === 'invocation/next') return this.#next(response);
    if (method === 'GET' && path === 'restore/next') return this.#askForRestore(response);
    const post = await this.#read(request, path);
    if (path === 'init/error' && this.ready === undefined) this.initError = failure(post);
    else if (path === 'restore/error') this.restoreError = failure(post);
    else {
      const [, id = '', kind] = /^invocation\/([^/]+)\/(response|error)$/.exec(path) ?? [];
      const invocation = this.#handed.get(decodeURIComponent(id));
      if (!invocation) return this.#refuse(response, 400, `${method} ${url}`);
      this.#handed.delete(invocation.requestId);
      invocation.settle.resolve(answer(invocation, /** @type {Answer['kind']} */ (kind), post));
    }
    response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"OK"}');
    this.#happened();
  }

  /** @param {ServerResponse} response */
  #next(response) {
    this.#becomeReady();
    this.#waiting = response;
    this.#hand();
  }

  /** @param {ServerResponse} response */
  #askForRestore(response) {
    this.#becomeReady();
    this.#restoring = response;
    this.#happened();
  }

  #becomeReady() {
    this.ready ??= performance.now();
    this.#happened();
  }

  #hand() {
    const invocation = this.#waiting && this.#queue.shift();
    if (!this.#waiting || !invocation) return;
    this.#handed.set(invocation.requestId, invocation);
    invocation.given = performance.now();
    this.#waiting.writeHead(200, headersOf(invocation, Date.now() + this.patience)).end(JSON.stringify(invocation.event));
    this.#waiting = undefined;
  }

  /**
   * @param {IncomingMessage} request
   * @param {string} path
   */
  async #read(request, path) {
    const chunks = /** @type {Buffer[]} */ ([]);
    let begun = performance.now();
    for await (const chunk of request) {
      if (chunks.length === 0) begun = performance.now();
      chunks.push(chunk);
    }
    const body = Buffer.concat(chunks);
    this.posts.push({ path, headers: { ...request.headers, ...lowered(request.trailers) }, body });
    return { headers: request.headers, trailers: request.trailers, body, begun };
  }

  /**
   * @param {ServerResponse} response
   * @param {number} status
   * @param {string} what
   */
  #refuse(response, status, what) {
    this.refused.push(what);
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end('{"errorMessage":"refused","errorType":"InvalidStateTransition"}');
  }

  #happened() {
    for (const listener of this.#listeners.splice(0)) listener();
  }

  /**
   * @param {string} what
   * @param {() => boolean} holds
   */
  async #until(what, holds) {
    const end = performance.now() + this.patience;
    while (!holds()) {
      if (this.#over) throw new Error(`waited until ${what}, but ${this.#over}`);
      const left = end - performance.now();
      if (left <= 0) throw new Error(`waited ${this.patience} ms until ${what}`);
      await this.#anything(left);
    }
  }

  /** @param {number} ms after which nothing has happened */
  #anything(ms) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#listeners.push(() => {
        clearTimeout(timer);
        resolve(undefined);
      });
    });
  }
}

/**
 * @param {Invocation} invocation
 * @param {number} deadline milliseconds since 1970
 * @returns {Record<string, string>}
 */
function headersOf({ requestId }, deadline) {
  return {
    'content-type': 'application/json',
    'lambda-runtime-aws-request-id': requestId,
    'lambda-runtime-deadline-ms': String(deadline),
    'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:eu-central-1:123456789012:function:hello',
    'lambda-runtime-trace-id': 'Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1',
  };
}

/** @typedef {{headers: IncomingMessage['headers'], trailers: IncomingMessage['trailers'], body: Buffer, begun: number}} Received */

/**
 * @param {Invocation} invocation
 * @param {Answer['kind']} kind
 * @param {Received} received
 * @returns {Answer}
 */
function answer({ requestId, given }, kind, { headers, trailers, body, begun }) {
  const ends = lowered(trailers);
  const broken = ends['lambda-runtime-function-error-body'];
  const error = kind === 'error' ? parsed(body) : broken && parsed(Buffer.from(String(broken), 'base64'));
  const errorType = headers['lambda-runtime-function-error-type'] ?? ends['lambda-runtime-function-error-type'];
  return {
    ...{ kind, requestId, body, contentType: headers['content-type'] },
    ...{ errorType: errorType === undefined ? undefined : String(errorType), error: error || undefined },
    ...{ streamed: headers['lambda-runtime-function-response-mode'] === 'streaming' },
    ...{ given, begun },
  };
}

/** @param {{headers: IncomingMessage['headers'], body: Buffer}} post @returns {Failure} */
function failure({ headers, body }) {
  const errorType = headers['lambda-runtime-function-error-type'];
  return { errorType: errorType === undefined ? undefined : String(errorType), error: parsed(body) };
}

/** @param {Buffer} body what is no JSON stays text */
function parsed(body) {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return body.toString('utf8');
  }
}

/** @param {NodeJS.Dict<string>} fields */
function lowered(fields) {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value]));
}

/**
 * @param {Settle} settle
 * @param {number} ms
 * @param {string} what
 * @returns {Settle}
 */
function endingAfter({ resolve, reject }, ms, what) {
  const timer = setTimeout(() => reject(new Error(`waited ${ms} ms for ${what}`)), ms);
  return {
    resolve: (value) => {
      clearTimeout(timer);
      resolve(value);
    },
    reject: (error) => {
      clearTimeout(timer);
      reject(error);
    },
  };
}
