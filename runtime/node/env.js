'use strict';

// Modules that are imported beside this one do not wait for a promise of it, and `require` waits for none. So a thread opens the
// secrets, and this one stands still until it has.
const { loadEnv, SecretBakerError } = require('./index.js');
const { limits } = require('./lib/contract.js');
const threads = process.getBuiltinModule('node:worker_threads');

const MARK = 'secret-baker/env';
const THREAD_STARTS_WITHIN_MS = 10_000;
const SLICE_MS = 100;

/** @param {{port: import('node:worker_threads').MessagePort, done: Int32Array}} own */
const openInThread = async ({ port, done }) => {
  try {
    await loadEnv();
    port.postMessage({});
  } catch (/** @type {any} */ { code, message, secret, problems }) {
    port.postMessage({ failure: { code, message, secret, problems } });
  }
  Atomics.store(done, 0, 1);
  Atomics.notify(done, 0);
};

const openAndWait = () => {
  if (typeof __filename !== 'string' || !/[\\/]env\.js$/.test(__filename)) {
    throw new TypeError('secret-baker/env cannot be packed into a bundle: keep secret-baker out of it, or await loadEnv()');
  }
  const { port1, port2 } = new threads.MessageChannel();
  const done = new Int32Array(new SharedArrayBuffer(4));
  const workerData = { mark: MARK, port: port2, done };
  // Without the options of this process, which may import this module again.
  const options = { workerData, transferList: [port2], env: /** @type {any} */ (threads.SHARE_ENV), execArgv: [] };
  const thread = new threads.Worker(__filename, options).on('error', () => {});
  // In slices: a freeze counts as one of them.
  for (let left = limits.budgetMs + THREAD_STARTS_WITHIN_MS; left > 0 && Atomics.load(done, 0) === 0; left -= SLICE_MS) {
    Atomics.wait(done, 0, 0, SLICE_MS);
  }
  const { failure } = threads.receiveMessageOnPort(port1)?.message ?? { failure: SILENT };
  port1.close();
  thread.terminate();
  if (failure) throw new SecretBakerError(failure.code, failure.message, failure);
};

const SILENT = {
  code: 'SECRET_BAKER_UNREACHABLE',
  message: 'the thread that opens the secrets does not answer\n  hint: await loadEnv()',
};

if (threads.workerData?.mark === MARK) openInThread(threads.workerData);
else openAndWait();
