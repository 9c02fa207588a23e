import type { Target } from './bench-case.ts'
import { spreadOfFigure } from './figures.ts'
import { digits, range, unitOf } from './formats.ts'
import { spreadOf } from './ratios.ts'
import type { Spread } from './ratios.ts'
import type { SampledCase } from './samples.ts'
import { sampledSides } from './tables.ts'

const STALL_MS = 5

export interface TargetRow {
  readonly id: string
  /** `≥ 0.97 ×`. */
  readonly wanted: string
  readonly unit: string
  readonly measured: Spread | undefined
  /** By the median over the rounds. */
  readonly verdict: 'met' | 'MISSED' | 'not measured'
}

/** Each case's targets beside what was measured, and the one that holds for all cases together. */
export function targetRows(sampled: readonly SampledCase[]): TargetRow[] {
  const rows = sampled.flatMap(({ benchCase, samples }) =>
    benchCase.targets.map((target) => targetRow(target, spreadOfFigure(samples.rounds, target))),
  )
  const stall = worstStall(sampled)
  return stall === undefined ? rows : [...rows, stall]
}

/** The rows as cells, with a heading. */
export function targetCells(rows: readonly TargetRow[]): string[][] {
  return [
    ['target', 'wanted', 'measured', 'min … max', 'verdict'],
    ...rows.map(({ id, wanted, unit, measured, verdict }) => [
      id,
      wanted,
      measured === undefined ? '–' : `${digits(measured.median)} ${unit}`.trimEnd(),
      range(measured),
      verdict,
    ]),
  ]
}

function targetRow(target: Target, measured: Spread | undefined): TargetRow {
  const { id, measure, against, compare = 'ratio', atLeast, atMost } = target
  const unit = against !== undefined && compare === 'ratio' ? '×' : unitOf(measure)
  const wanted = [
    ...(atLeast === undefined ? [] : [`≥ ${atLeast} ${unit}`.trimEnd()]),
    ...(atMost === undefined ? [] : [`≤ ${atMost} ${unit}`.trimEnd()]),
  ].join(', ')
  if (measured === undefined) return { id, wanted, unit, measured, verdict: 'not measured' }
  const isMet = measured.median >= (atLeast ?? -Infinity) && measured.median <= (atMost ?? Infinity)
  return { id, wanted, unit, measured, verdict: isMet ? 'met' : 'MISSED' }
}

/** The Fanfold side whose main thread was held up longest, of all cases that mean to leave it free. */
function worstStall(sampled: readonly SampledCase[]): TargetRow | undefined {
  const stalls = sampled
    .filter(({ benchCase }) => benchCase.mainThread !== 'busy')
    .flatMap((one) =>
      sampledSides(one)
        .filter((side) => side.startsWith('fanfold'))
        .map((side) => {
          const perRound = one.samples.rounds.flatMap((round) => round[side]?.stallP99Ms ?? [])
          return { name: `${one.benchCase.name}, ${side}`, spread: spreadOf(perRound) }
        }),
    )
  const worst = stalls.toSorted((a, b) => b.spread.median - a.spread.median)[0]
  if (worst === undefined) return undefined
  return targetRow(
    { id: `main-thread stall p99, the worst case (${worst.name})`, measure: 'stallP99Ms', side: '', atMost: STALL_MS },
    worst.spread,
  )
}
