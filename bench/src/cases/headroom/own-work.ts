import { STEPS_PER_MICROSECOND, isTrue, makeClaim } from '../../fixed-work.ts'
import type { Measures } from '../../bench-case.ts'

/** The main thread has something to do this often. */
const PERIOD_MS = 10

/** Work that a main thread has beside a batch, as a server has requests to answer. */
export interface OwnWork {
  /** Ends it, and says what it was like. */
  stop(): Measures
}

/**
 * Starts to keep the main thread busy: the same work every 10 ms, which takes `share` of them when nothing else wants the
 * core. Fixed work, so that a core that is shared makes it take longer, and never lets it do less.
 */
export function startOwnWork(share: number): OwnWork {
  const claim = makeClaim(1, Math.round(share * PERIOD_MS * 1000 * STEPS_PER_MICROSECOND), true)
  const late: number[] = []
  const took: number[] = []
  const startedAt = performance.now()
  let dueAt = startedAt + PERIOD_MS
  const turn = (): void => {
    const begunAt = performance.now()
    late.push(Math.max(0, begunAt - dueAt))
    if (!isTrue(claim)) throw new Error('the main thread’s own work came to something else')
    const endedAt = performance.now()
    took.push(endedAt - begunAt)
    // What is missed is missed: no turns are made up for.
    dueAt = Math.max(dueAt + PERIOD_MS, endedAt)
    timer = setTimeout(turn, dueAt - endedAt)
  }
  let timer = setTimeout(turn, PERIOD_MS)
  return {
    stop: () => {
      clearTimeout(timer)
      const seconds = (performance.now() - startedAt) / 1000
      return {
        ownLateP99Ms: atShare(late, 0.99),
        ownTookP50Ms: atShare(took, 0.5),
        ownTurnsPerS: took.length / seconds,
      }
    },
  }
}

function atShare(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? NaN
}
