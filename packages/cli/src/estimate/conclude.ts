import type { Range } from './spread.ts'

/** What is to be judged. */
export interface Evidence {
  /** How many times as long one plain loop takes as Fanfold with the recommended settings, start included. */
  readonly gain: Range
  readonly rounds: number
  /** By how much the same side differed between rounds, at its worst: 0.4 is 40%. */
  readonly noise: number
  /** What threads could gain at most by the processor time that they and the loop took, where that is known. */
  readonly mostByCpu?: number | undefined
}

/**
 * `pays`: fan-out is faster by at least a tenth. `loses`: one plain loop is not slower, by any reading. `even`: less
 * than a tenth, either way. `noisy` and `short`: nothing can be concluded, for the machine was too busy, or there was not
 * the time for enough rounds.
 */
export type Conclusion = 'pays' | 'loses' | 'even' | 'noisy' | 'short'

/** Less is not worth a second thought. */
export const LEAST_GAIN = 1.1
/** Of fewer rounds nobody can say how much the machine disturbed them. */
export const LEAST_ROUNDS = 3
/** A range wider than this cannot tell a gain from none. */
const WIDEST = 0.2

/** From which difference between runs of the same side on a machine is taken to be busy with something else. */
export const BUSY = 0.5

/** Processor time of all its threads, a task. */
interface Worked {
  readonly cpuMsPerTask: number
}

/** What threads could gain at most: other programs make a run wait, and hardly make it work more. */
export function mostByCpu(
  loop: Worked,
  threads: readonly (Worked & { readonly threads: number })[],
): number | undefined {
  const most = Math.max(...threads.map((side) => (side.threads * loop.cpuMsPerTask) / side.cpuMsPerTask))
  // That of child processes is not known.
  return Number.isFinite(most) ? most : undefined
}

/** Concludes only what the whole range of the gain says. */
export function conclude({ gain, rounds, noise, mostByCpu = Infinity }: Evidence): Conclusion {
  if (rounds < LEAST_ROUNDS) return 'short'
  if (gain.low >= LEAST_GAIN) return 'pays'
  // Other programs take cores from threads first: a gain is there despite them, and no gain may be because of them.
  // They hardly make them work more, though.
  const isLoss = gain.high <= 1 && mostByCpu < 1 / LEAST_GAIN
  if (noise > BUSY) return isLoss ? 'loses' : 'noisy'
  if (gain.high <= 1) return 'loses'
  const isWide = (gain.high - gain.low) / gain.mid > WIDEST
  // What is certain to be a small gain or a small loss is known well enough, however wide.
  if (gain.high < LEAST_GAIN) return gain.mid < 1 / LEAST_GAIN ? 'loses' : 'even'
  return isWide && noise > WIDEST / 2 ? 'noisy' : 'even'
}

/** From which difference on between runs of the same side predicted times are called rough. */
export const ROUGH = 0.25

/** How one setting compares with the one that would be taken anyway, round by round. */
export interface Alternative {
  /** How many times as fast it was in each round. */
  readonly gains: readonly number[]
}

/** What has to be won before somebody is told to set an option. */
const WORTH_SETTING = 1.03

/** Whether a setting is worth it: in most rounds it was faster by more than 3%, and in hardly any not faster at all. */
export function isWorthSetting({ gains }: Alternative): boolean {
  const sorted = gains.toSorted((a, b) => a - b)
  const lower = sorted[Math.floor(sorted.length / 5)] ?? 0
  const middle = sorted[(sorted.length - 1) >> 1] ?? 0
  return gains.length >= LEAST_ROUNDS && middle > WORTH_SETTING && lower > 1
}
