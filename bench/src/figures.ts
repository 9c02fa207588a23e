import type { OwnMeasure } from './bench-case.ts'
import type { Measurement } from './measure-side.ts'
import type { Round } from './rounds.ts'
import { spreadOf } from './ratios.ts'
import type { Spread } from './ratios.ts'

/** What is read out of the samples: a measure of one side, alone or compared with another one's. */
export interface Figure {
  readonly measure: string
  readonly side: string
  readonly against?: string | undefined
  readonly compare?: 'ratio' | 'difference' | undefined
}

const OWN: Readonly<Record<OwnMeasure, (measured: Measurement) => number>> = {
  speed: ({ samplesMs, tasks }) => (tasks * 1000) / spreadOf(samplesMs).median,
  microseconds: ({ samplesMs, tasks }) => (spreadOf(samplesMs).median * 1000) / tasks,
  firstMicroseconds: ({ firstMs, tasks }) => (firstMs * 1000) / tasks,
  cpuMicroseconds: ({ cpuMs, tasks }) => (cpuMs * 1000) / tasks,
  stallP99Ms: ({ stallP99Ms }) => stallP99Ms,
}

/** The figure in every round that has it. */
function figuresOf(rounds: readonly Round[], { measure, side, against, compare = 'ratio' }: Figure): number[] {
  return rounds.flatMap((round) => {
    const value = valueOf(round[side], measure)
    if (against === undefined) return value ?? []
    const other = valueOf(round[against], measure)
    if (value === undefined || other === undefined) return []
    return compare === 'ratio' ? value / other : value - other
  })
}

/**
 * Its smallest, middle and largest value over the rounds; none when it was not sampled. A comparison is made within each
 * round: both sides ran within seconds of each other, so what slowed the machine down slowed both.
 */
export function spreadOfFigure(rounds: readonly Round[], figure: Figure): Spread | undefined {
  const figures = figuresOf(rounds, figure)
  return figures.length === 0 ? undefined : spreadOf(figures)
}

function valueOf(measured: Measurement | undefined, measure: string): number | undefined {
  if (measured === undefined) return undefined
  // A name that is not the framework's is the side's own.
  const own = Object.hasOwn(OWN, measure) ? OWN[measure as OwnMeasure] : undefined
  return own === undefined ? measured.measures[measure] : own(measured)
}
