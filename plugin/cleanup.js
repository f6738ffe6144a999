'use strict';

const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * Calls `action` when the process is about to end, by itself or by a signal. How it ends stays as it was: the exit code, and
 * whoever else listens decides first.
 * @param {() => void} action synchronous; may be called twice
 * @returns {() => void} forgets about it
 */
const beforeLeaving = (action) => {
  const listeners = SIGNALS.map((signal) => ({ signal, listener: () => leave(signal, action) }));
  process.on('exit', action);
  // First in the row and once: the listeners of the framework look whether they are alone, and must not see us.
  for (const { signal, listener } of listeners) process.prependOnceListener(signal, listener);
  return () => {
    process.off('exit', action);
    for (const { signal, listener } of listeners) process.off(signal, listener);
  };
};

/**
 * @param {NodeJS.Signals} signal
 * @param {() => void} action
 */
const leave = (signal, action) => {
  action();
  // Nobody else listens: end as if we had not listened either, so that the parent sees the signal.
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
};

module.exports = { SIGNALS, beforeLeaving };
