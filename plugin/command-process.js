'use strict';

const { SIGNALS } = require('./cleanup.js');
const { loadCore } = require('./core.js');

/** @import { CommandHost, Session } from '../binding.js' */

const STOPPED = 3;

/**
 * Runs a command of the program in this process. A signal while it asks something restores the terminal before anybody else ends the
 * process; one while it writes lets it finish what is being written, and tell.
 * @param {Session} session
 * @param {string[]} words behind the program's name
 * @param {CommandHost} host
 * @returns {Promise<number>} its exit code
 */
const runCommand = async (session, words, host) => {
  const forget = listen();
  try {
    return await session.command(words, host);
  } finally {
    forget();
  }
};

/** @returns {() => void} forgets about signals */
const listen = () => {
  const listeners = SIGNALS.map((signal) => {
    const listener = () => {
      stopAsking();
      // Whoever else listens sees that we do, and leaves the process to us.
      if (loadCore().finishWriting()) return;
      process.off(signal, listener);
      // Nobody else listens: end as if we had not listened either, so that the parent sees the signal.
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
    };
    return { signal, listener };
  });
  process.on('exit', stopAsking);
  // First in the row: the listeners of the framework look whether they are alone.
  for (const { signal, listener } of listeners) process.prependListener(signal, listener);
  return () => {
    process.off('exit', stopAsking);
    for (const { signal, listener } of listeners) process.off(signal, listener);
  };
};

const stopAsking = () => {
  if (loadCore().stopAsking()) process.exit(STOPPED);
};

module.exports = { runCommand };
