import type { Measured, Side } from './side.ts'
import { sideKey } from './side.ts'

/** One measurement of a round: which side, on the whole sample or on the small one. */
export interface Measurement {
  readonly side: Side
  readonly size: 'whole' | 'small'
}

/** What all measurements of one round came to. */
export type Round = ReadonlyMap<string, Measured>

export const measurementKey = ({ side, size }: Measurement): string => `${size} ${sideKey(side)}`

export interface RoundsOptions {
  readonly budgetMs: number
  readonly measure: (measurement: Measurement) => Promise<Measured>
  /** Before each measurement: which round it is, from 1, and how far the budget is used up, 0 to 1. */
  readonly onStep: (round: number, measurement: Measurement, share: number) => void
}

/** There is nothing to be learned from more. */
const MOST_ROUNDS = 15
/** As few as can be judged; also when the budget is over. */
const LEAST_ROUNDS = 3
/** How much of the budget more than once may be taken for that. */
const PATIENCE = 3

/**
 * Measures all sides, round after round, as long as the budget lasts. Every other round goes through them backwards, so
 * that none always follows the same neighbour, and what changes slowly (heat, caches, a busy machine) falls on all alike.
 */
export async function runRounds(
  measurements: readonly Measurement[],
  { budgetMs, measure, onStep }: RoundsOptions,
): Promise<readonly Round[]> {
  const startedAt = performance.now()
  const rounds: Round[] = []
  let longestMs = 0
  while (isTimeForMore(rounds.length, performance.now() - startedAt, longestMs, budgetMs)) {
    const roundAt = performance.now()
    const measured = new Map<string, Measured>()
    for (const measurement of rounds.length % 2 === 0 ? measurements : measurements.toReversed()) {
      onStep(rounds.length + 1, measurement, (performance.now() - startedAt) / budgetMs)
      measured.set(measurementKey(measurement), await measure(measurement))
    }
    rounds.push(measured)
    longestMs = Math.max(longestMs, performance.now() - roundAt)
  }
  return rounds
}

/** Pure: whether another round fits. */
export function isTimeForMore(rounds: number, passedMs: number, longestMs: number, budgetMs: number): boolean {
  if (rounds >= MOST_ROUNDS) return false
  const wouldEndMs = passedMs + longestMs
  return wouldEndMs <= (rounds < LEAST_ROUNDS ? budgetMs * PATIENCE : budgetMs)
}
