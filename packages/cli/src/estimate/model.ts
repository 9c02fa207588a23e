import { leastSquares } from './least-squares.ts'
import { median, rangeOf } from './spread.ts'
import type { Range } from './spread.ts'

/** One measured run. */
interface Observation {
  /** Cores that worked on it: as many as it had threads, up to those of the machine. */
  readonly cores: number
  readonly tasks: number
  readonly ms: number
}

/**
 * What a run takes, by Amdahl's law: `startMs + tasks × (serialMs + parallelMs / cores)`. The start holds what does not
 * grow with the tasks: messages to and fro, code that is not optimised yet.
 */
export interface Model {
  readonly startMs: number
  /** ms a task that more cores do not shorten. */
  readonly serialMs: number
  /** ms a task that they share. */
  readonly parallelMs: number
}

/** All runs of one round, which were made close to one another. */
export type ObservedRound = readonly Observation[]

/** Of each way to run the median over the rounds, so that one disturbed run does not bend the model. */
export function fitModel(rounds: readonly ObservedRound[]): Model {
  const cells = new Map<string, { readonly cores: number; readonly tasks: number; readonly ms: number[] }>()
  for (const { cores, tasks, ms } of rounds.flat()) {
    const key = `${cores} ${tasks}`
    const cell = cells.get(key) ?? { cores, tasks, ms: [] }
    cell.ms.push(ms)
    cells.set(key, cell)
  }
  const equations = [...cells.values()].map(({ cores, tasks, ms }) => ({
    row: [1, tasks, tasks / cores],
    value: median(ms),
  }))
  const [startMs = 0, serialMs = 0, parallelMs = 0] = leastSquares(equations, 3)
  return { startMs, serialMs, parallelMs }
}

export function modelledMs({ startMs, serialMs, parallelMs }: Model, tasks: number, cores: number): number {
  return startMs + tasks * (serialMs + parallelMs / cores)
}

/** The share of the work that more cores do not shorten, 0 to 1. */
export function serialShare({ serialMs, parallelMs }: Model): number {
  return serialMs + parallelMs === 0 ? 0 : serialMs / (serialMs + parallelMs)
}

const DRAWS = 400

/**
 * How long one run will take. Rounds are drawn again, with repetition (a bootstrap), each time the model is fitted anew,
 * and what it foretells is given the error that it has for one of the measured runs on as many cores: so the range holds
 * the uncertainty of the model, where it does not fit, and what a single run is disturbed by.
 */
export function predict(rounds: readonly ObservedRound[], tasks: number, cores: number): Range {
  const errors = errorsFor(rounds, fitModel(rounds), cores)
  const foretold = resampled(
    rounds,
    (drawn, random) => modelledMs(fitModel(drawn), tasks, cores) * pick(errors, random),
  )
  return rangeOf(foretold)
}

/**
 * How many times as long the one takes as the other, with the same rounds drawn for both. Of the gain itself, not of two
 * single runs: with more rounds its range becomes narrower.
 */
export function predictGain(slow: Foretold, fast: Foretold): Range {
  const [slowly, fastly] = [slow, fast].map(({ rounds, tasks, cores, beforeMs }) =>
    resampled(rounds, (drawn) => {
      const model = fitModel(drawn)
      // Where the model is off for this number of cores, it is off by as much for other numbers of tasks.
      return beforeMs + modelledMs(model, tasks, cores) * median(errorsFor(drawn, model, cores))
    }),
  )
  return rangeOf((slowly ?? []).map((ms, draw) => ms / (fastly?.[draw] ?? NaN)))
}

/** A way to do the work, whose time is foretold. */
export interface Foretold {
  readonly rounds: readonly ObservedRound[]
  readonly tasks: number
  readonly cores: number
  /** Until threads are there and the verifier is set up in them, ms. */
  readonly beforeMs: number
}

/** The same draws for the same number of rounds. */
function resampled(
  rounds: readonly ObservedRound[],
  compute: (drawn: readonly ObservedRound[], random: number) => number,
): number[] {
  if (rounds.length === 0) return []
  const random = seeded(rounds.length)
  return Array.from({ length: DRAWS }, () => {
    const drawn = rounds.map(() => pick(rounds, random()))
    return compute(drawn, random())
  })
}

/** What the runs of the larger sample on so many cores took, each as a multiple of what the model says; 1 of none. */
function errorsFor(rounds: readonly ObservedRound[], model: Model, cores: number): readonly number[] {
  const alike = rounds.flat().filter((observation) => observation.cores === cores)
  const largest = Math.max(...alike.map(({ tasks }) => tasks))
  const errors = alike.filter(({ tasks }) => tasks === largest)
  return errors.length === 0 ? [1] : errors.map(({ tasks, ms }) => ms / modelledMs(model, tasks, cores))
}

/**
 * How far off the model is for a round that it was not fitted to, as a share: the median over all runs when each round
 * in turn is left out. `NaN` of fewer than two rounds.
 */
export function leaveOneOutError(rounds: readonly ObservedRound[]): number {
  if (rounds.length < 2) return NaN
  const errors = rounds.flatMap((round, at) => {
    const model = fitModel(rounds.toSpliced(at, 1))
    return round.map(({ tasks, cores, ms }) => Math.abs(modelledMs(model, tasks, cores) / ms - 1))
  })
  return median(errors)
}

function pick<Item>(items: readonly Item[], random: number): Item {
  return items[Math.floor(random * items.length)]!
}

/** The same numbers each time, 0 to below 1: an estimate is not to change by being looked at again (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
