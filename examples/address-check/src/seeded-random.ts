/** Numbers that look random and are the same on every machine and in every run. */
export interface SeededRandom {
  /** A number of at least 0 and below 1. */
  next(): number
  /** A whole number of at least 0 and below `limit`. */
  below(limit: number): number
  /** @throws RangeError when there is nothing to pick from. */
  pick<T>(from: readonly T[]): T
}

/** Mulberry32 (Tommy Ettinger, public domain): 32 bits of state, good enough to scatter defects. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return {
    next,
    below,
    pick(from) {
      if (from.length === 0) throw new RangeError('pick() from an empty list.')
      return from[below(from.length)] as (typeof from)[number]
    },
  }
}
