'use strict';

const { beforeLeaving } = require('./cleanup.js');
const { loadCore } = require('./core.js');

/** @import { CommandHost, Session } from '../binding.js' */

const STOPPED = 3;

/**
 * Runs a command of the program in this process. A signal while it asks something restores the terminal before anybody else ends
 * the process.
 * @param {Session} session
 * @param {string[]} words behind the program's name
 * @param {CommandHost} host
 * @returns {Promise<number>} its exit code
 */
const runCommand = async (session, words, host) => {
  const forget = beforeLeaving(() => {
    if (loadCore().stopAsking()) process.exit(STOPPED);
  });
  try {
    return await session.command(words, host);
  } finally {
    forget();
  }
};

module.exports = { runCommand };
