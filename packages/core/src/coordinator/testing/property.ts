import { drawScenario } from './scenario.ts'
import { play } from './simulation.ts'
import type { PlayOptions } from './simulation.ts'

export interface Failure {
  readonly seed: number
  readonly size: number
  readonly error: Error
  readonly story: readonly string[]
}

export interface Tried {
  readonly schedules: number
  readonly steps: number
  readonly failure: Failure | undefined
}

export interface TryOptions {
  readonly seed: number
  readonly schedules: number
  /** One in so many is played with every invariant checked after every event. */
  readonly checkedEvery: number
  readonly play?: Omit<PlayOptions, 'isChecked' | 'log'>
}

const LARGEST = 10
/** How many seeds are tried for a smaller failure of the same kind. */
const SHRINKING = 500

/** Plays schedules until one fails, and then looks for a smaller one that fails too. */
export function trySchedules({ seed, schedules, checkedEvery, play: how }: TryOptions): Tried {
  let steps = 0
  for (let i = 0; i < schedules; i++) {
    const size = 1 + (i % LARGEST)
    const options = { ...how, isChecked: i % checkedEvery === 0 }
    try {
      steps += play(drawScenario(seed + i, size), options)
    } catch {
      return { schedules: i + 1, steps, failure: smallest(seed + i, size, options) }
    }
  }
  return { schedules, steps, failure: undefined }
}

function smallest(seed: number, size: number, options: PlayOptions): Failure {
  let best: Failure = fail(seed, size, options)!
  for (let smaller = 1; smaller < size; smaller++) {
    for (let i = 0; i < SHRINKING; i++) {
      const failure = fail(seed + i, smaller, options)
      if (failure !== undefined && failure.story.length < best.story.length) best = failure
    }
    if (best.size === smaller) break
  }
  return best
}

/** Plays it once more and listens. */
function fail(seed: number, size: number, options: PlayOptions): Failure | undefined {
  const story: string[] = []
  try {
    play(drawScenario(seed, size), { ...options, log: (line) => story.push(line) })
    return undefined
  } catch (error) {
    return { seed, size, error: error as Error, story }
  }
}

export function report({ seed, size, error, story }: Failure): string {
  return [`schedule ${seed} of size ${size}: ${error.message}`, ...story.slice(-120), error.stack].join('\n')
}
