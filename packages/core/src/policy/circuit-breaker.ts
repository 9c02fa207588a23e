/**
 * Stops a run whose threads keep dying while nobody is found to blame: each death is a strike, and is struck out when
 * its culprit is found. Without it such a run would go on for ever, a thread a shard.
 */
export interface CircuitBreaker {
  readonly strikes: number
}

export const CLOSED: CircuitBreaker = { strikes: 0 }

/** A lane's share: a record that cannot even be received costs six deaths before it is alone, and two there. */
const STRIKES_PER_LANE = 8
/** Shards that come to a good end for one strike to be forgiven: at 40 ms each, one death in some 2.5 s of work. */
const SHARDS_PER_STRIKE = 64

export function struck({ strikes }: CircuitBreaker): CircuitBreaker {
  return { strikes: strikes + 1 }
}

/** A culprit was found: it explains so many deaths. */
export function explained({ strikes }: CircuitBreaker, deaths: number): CircuitBreaker {
  return { strikes: Math.max(0, strikes - deaths) }
}

/** A shard has come to its end on a thread that lives on. */
export function worked({ strikes }: CircuitBreaker): CircuitBreaker {
  return strikes === 0 ? CLOSED : { strikes: Math.max(0, strikes - 1 / SHARDS_PER_STRIKE) }
}

/** So many at once can all be under investigation; more than that is a pattern. */
export function isOpen({ strikes }: CircuitBreaker, lanes: number): boolean {
  return strikes >= STRIKES_PER_LANE * (lanes + 1)
}
