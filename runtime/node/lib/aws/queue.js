'use strict';

const { limits } = require('../contract.js');
const { trouble } = require('../error.js');

/** @typedef {import('../patience.js').Patience} Patience */

let free = limits.atOncePerProcess;
/** @type {Set<() => void>} */
const waiting = new Set();

/**
 * Acts as soon as fewer than the limit of this process do. Throws Trouble UNREACHABLE when that is too late.
 * @template Value
 * @param {Patience} patience
 * @param {() => Promise<Value>} act
 * @returns {Promise<Value>}
 */
exports.inTurn = async (patience, act) => {
  if (free > 0) free--;
  else await turn(patience);
  try {
    return await act();
  } finally {
    release();
  }
};

const tooLate = () => trouble('UNREACHABLE', 'the calls before it took all the time that there was', { hint: 'waiting' });
exports.tooLate = tooLate;

const release = () => {
  const [next] = waiting;
  if (next) next();
  else free++;
};

/** @param {Patience} patience */
const turn = async (patience) => {
  let take = () => {};
  const given = new Promise((resolve) => {
    take = () => {
      waiting.delete(take);
      resolve(undefined);
    };
  });
  waiting.add(take);
  try {
    await patience.within(given, tooLate);
  } catch (error) {
    // It may have been given a place that it no longer wants.
    if (!waiting.delete(take)) release();
    throw error;
  }
};
