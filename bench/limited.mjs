// The stand-in in the place of the benchmark's own server, where the account's calls a second are what counts.

/** @import { Order, Seen } from './ssm-server.mjs' */
/** @import { Call, StandIn } from '../__test__/aws/stand-in.mjs' */

/** @param {StandIn} standIn which holds the parameters */
export function limited(standIn) {
  return {
    endpoint: standIn.endpoint,
    /** @param {Order} order */
    obey: async ({ latencyMs, bucket }) => {
      await standIn.reset();
      await standIn.faults([{ target: 'AmazonSSM.*', latency_ms: latencyMs, ...bucket }]);
    },
    /** @returns {Promise<Seen>} */
    seen: async () => {
      const calls = (await standIn.calls()).filter(({ target }) => target.startsWith('AmazonSSM.'));
      return {
        endpoint: standIn.endpoint,
        calls: calls.length,
        throttled: calls.filter(({ error }) => error === 'ThrottlingException').length,
        decrypting: calls.filter(({ withDecryption }) => withDecryption).length,
        mostAtOnce: mostAtOnce(calls),
        underWay: calls.filter(({ until }) => until === undefined).length,
      };
    },
  };
}

/** @param {Call[]} calls */
function mostAtOnce(calls) {
  const changes = calls.flatMap(({ t, until = Number.POSITIVE_INFINITY }) => [
    { at: t, by: 1 },
    { at: until, by: -1 },
  ]);
  let [now, most] = [0, 0];
  for (const { by } of changes.sort((a, b) => a.at - b.at)) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
}
