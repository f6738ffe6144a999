// What Secret Baker is to reach, and whether it did.

import { worstAgainstCopy, worstMemory } from './artefacts.mjs';
import { underBucket } from './bucket.mjs';
import { coldStartGoals } from './cold-tables.mjs';
import { commandsGoals } from './commands.mjs';
import { mb, ms } from './numbers.mjs';
import { sourcesGoals } from './sources.mjs';
import { largest, ratiosOf } from './speed.mjs';

/** @import { Measured } from './report.mjs' */

const met = (/** @type {boolean} */ is) => (is ? 'met' : 'NOT met');

/**
 * @param {Measured} measured
 * @returns {string[]} lines of a list
 */
export function goals({ speed, bucket, sources, commands, loading, artefacts }) {
  const { many } = largest(speed);
  const { againstOld } = ratiosOf(many);
  const addon = loading.probes.get('addon')?.ms ?? Number.NaN;
  const { memory, allowed } = worstMemory(artefacts);
  return [
    ...paceGoals({ speed, bucket }),
    `- ${many.count} secrets at ${many.latencyMs} ms at least 70 times as fast as 2.1.0: ${againstOld.toFixed(0)} times, ${met(againstOld >= 70)}`,
    ...goalsOfSources({ sources }),
    ...goalsOfCommands({ commands }),
    `- the addon loads within 5 ms: ${ms(addon)}, ${met(addon <= 5)}`,
    `- the bundle is put into an artefact, or another one replaced, in at most 1.5 times a plain copy: ${worstAgainstCopy(artefacts).toFixed(2)}, ${met(worstAgainstCopy(artefacts) <= 1.5)}`,
    `- no more memory for it than three central directories and 8 MB: ${mb(memory)} of ${mb(allowed)}, ${met(memory <= allowed)}`,
    `- the addon has at most 10 MB: ${mb(loading.addonBytes)}, ${met(loading.addonBytes <= 10e6)}`,
  ];
}

/**
 * Those of sources that are asked.
 * @param {Pick<Measured, 'sources'>} measured
 */
export const goalsOfSources = ({ sources }) => sourcesGoals(sources, met);

/**
 * Those of commands.
 * @param {Pick<Measured, 'commands'>} measured
 */
export const goalsOfCommands = ({ commands }) => commandsGoals(commands, met);

/**
 * Those of cold starts.
 * @param {Pick<Measured, 'coldStart'>} measured
 */
export const goalsOfColdStarts = ({ coldStart }) => coldStartGoals(coldStart, met);

/**
 * Those of the calls' pace.
 * @param {Pick<Measured, 'speed' | 'bucket'>} measured
 * @returns {string[]} lines of a list
 */
export function paceGoals({ speed, bucket }) {
  const { many, most } = largest(speed);
  const trips = { many: ratiosOf(many).roundTrips, most: ratiosOf(most).roundTrips };
  const { calls, throttled, overLimit } = underBucket(bucket);
  return [
    `- ${many.count} secrets at ${many.latencyMs} ms in at most 1.6 round trips: ${trips.many.toFixed(2)}, ${met(trips.many <= 1.6)}`,
    `- ${most.count} secrets at ${most.latencyMs} ms in at most 4.5 round trips, where nothing throttles: ${trips.most.toFixed(2)}, ${met(trips.most <= 4.5)}`,
    `- under the bucket no more throttled calls than 18 of 118: ${throttled} of ${calls}, ${met(throttled <= 18)}`,
    `- under the bucket no bake fails, in at most 1.3 of its limit: ${overLimit.toFixed(2)}, ${met(overLimit <= 1.3)}`,
  ];
}
