import type { Counts } from '../../bench-case.ts'
import { STEPS_PER_MICROSECOND, isTrue, makeClaim } from '../../fixed-work.ts'
import type { Claim } from '../../fixed-work.ts'
import { isPlanted } from '../../planted.ts'
import { seededRandom } from '../../seeded-random.ts'

const MEDIAN_STEPS = 50 * STEPS_PER_MICROSECOND
/** Of Pareto's distribution: the longest hundredth of the tasks has a fifth of the work. */
const SHAPE = 1.5
/** The longest task, of which there is one, is this many times the median; none of the others is longer than a tenth of it. */
const LONGEST = 1000

/** Where among the tasks the longest comes: early and late are different problems. */
const SEEDS = [1, 2, 3, 4, 5]

/** How many lists `makeBatches` makes. */
export const BATCHES: number = SEEDS.length

/** One list of claims for each seed. `tasks` is how many they have together. */
export function makeBatches(tasks: number): Claim[][] {
  return SEEDS.map((seed, n) => {
    const random = seededRandom(seed)
    const count = Math.floor((tasks * (n + 1)) / BATCHES) - Math.floor((tasks * n) / BATCHES)
    const first = Math.floor((tasks * n) / BATCHES)
    const longest = Math.floor(random() * count)
    return Array.from({ length: count }, (_, at) => {
      const times = at === longest ? LONGEST : Math.min(LONGEST / 10, timesMedian(random()))
      return makeClaim(first + at + 1, Math.round(MEDIAN_STEPS * times), !isPlanted(first + at))
    })
  })
}

/** @param chance - from 0 to 1 (exclusive), which has 1 as its median's cost at a half */
function timesMedian(chance: number): number {
  return (2 * (1 - chance)) ** (-1 / SHAPE)
}

/** True and false claims of a list. */
export function countClaims(claims: readonly Claim[]): Counts {
  let pass = 0
  for (const claim of claims) if (isTrue(claim)) pass++
  return { pass, fail: claims.length - pass }
}
