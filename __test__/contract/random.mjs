// Random numbers that are the same at each run with the same seed.

/** @param {number} seed */
export function randomOf(seed) {
  let state = seed >>> 0;
  // mulberry32
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  /** A whole number from 0, below `end`. @param {number} end */
  const below = (end) => next() % Math.max(1, end);
  /** @template T @param {readonly T[]} list @returns {T} */
  const oneOf = (list) => /** @type {T} */ (list[below(list.length)]);
  return { below, oneOf };
}

/** @typedef {ReturnType<typeof randomOf>} Random */
