import { STEPS_PER_MICROSECOND, makeClaim } from '../../fixed-work.ts'
import type { Claim } from '../../fixed-work.ts'

/** Tasks of a batch that runs beside requests: 50 µs each. */
const STEPS = 50 * STEPS_PER_MICROSECOND
/** As many of them as a person sends in one message: 5 ms of work, so that requests do not wait for long. */
const ARRAY = 100

/** Tasks without end. */
export function* endlessClaims(): Generator<Claim, never> {
  for (let n = 1; ; n++) yield makeClaim(n, STEPS, true)
}

/** The same in arrays. */
export function* endlessArrays(): Generator<Claim[], never> {
  const claims = endlessClaims()
  for (;;) yield Array.from({ length: ARRAY }, () => claims.next().value)
}
