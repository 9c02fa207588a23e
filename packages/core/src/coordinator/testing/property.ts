import type { PlayOptions } from './machine.ts'
import { drawScenario } from './scenario.ts'
import { play } from './simulation.ts'

export interface Tried {
  readonly schedules: number
  readonly steps: number
  readonly failure: Failure | undefined
}

export interface Failure {
  /** Of the schedule that failed. */
  readonly seed: number
  /** The smallest like it that was found. */
  readonly smallest: Replay
}

interface Replay {
  readonly seed: number
  readonly size: number
  readonly error: Error
  /** Events, and indented below each the commands that it led to. */
  readonly story: readonly string[]
}

export interface TryOptions {
  readonly seed: number
  readonly schedules: number
  /** Goes on beyond `schedules` until so much time has passed. */
  readonly atLeastMs?: number
  /** One in so many is played with every invariant checked after every event. */
  readonly checkedEvery: number
  readonly play?: Omit<PlayOptions, 'isChecked' | 'log'>
}

const LARGEST = 10
/** How many seeds are tried for a smaller failure. */
const SHRINKING = 500

/** Plays schedules until one fails, and then looks for a smaller one that fails too. */
export function trySchedules({ seed: first, schedules, atLeastMs = 0, checkedEvery, play: how }: TryOptions): Tried {
  const until = performance.now() + atLeastMs
  let steps = 0
  let i = 0
  const { stackTraceLimit } = Error
  for (; i < schedules || performance.now() < until; i++) {
    const seed = first + i
    const options = { ...how, isChecked: i % checkedEvery === 0 }
    try {
      Error.stackTraceLimit = 0 // a third of the time went into stacks of simulated errors
      steps += play(drawScenario(seed, sizeOf(seed)), options)
    } catch {
      Error.stackTraceLimit = stackTraceLimit
      return { schedules: i + 1, steps, failure: { seed, smallest: findSmallest(seed, options) } }
    } finally {
      Error.stackTraceLimit = stackTraceLimit
    }
  }
  return { schedules: i, steps, failure: undefined }
}

/** Small ones too: what fails there can be read. */
function sizeOf(seed: number): number {
  return 1 + (seed % LARGEST)
}

function findSmallest(seed: number, options: PlayOptions): Replay {
  let smallest = replay(seed, sizeOf(seed), options)!
  for (let size = 1; size < sizeOf(seed); size++) {
    for (let i = 0; i < SHRINKING; i++) {
      const failed = replay(seed + i, size, options)
      if (failed !== undefined && failed.story.length < smallest.story.length) smallest = failed
    }
    if (smallest.size === size) break
  }
  return smallest
}

/** Plays it once more and listens. */
function replay(seed: number, size: number, options: PlayOptions): Replay | undefined {
  const story: string[] = []
  try {
    play(drawScenario(seed, size), { ...options, log: (line) => story.push(line) })
    return undefined
  } catch (error) {
    return { seed, size, error: error as Error, story } // nothing here throws anything else
  }
}

/** For a person: how to see it again, and what happened. */
export function describeFailure({ seed, smallest }: Failure): string {
  const { error, size, story } = smallest
  return [
    `FANFOLD_SEED=${seed} FANFOLD_SCHEDULES=1 shows it again. The smallest like it (seed ${smallest.seed}, size ${size}):`,
    ...story.slice(-150),
    error.stack,
  ].join('\n')
}
