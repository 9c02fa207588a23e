import { spreadOfFigure } from './figures.ts'
import { digits, range, unitOf } from './formats.ts'
import type { SampledCase } from './samples.ts'

/** The sides that have samples, in the case's order. */
export function sampledSides({ benchCase, samples }: SampledCase): string[] {
  return benchCase.sides.map(({ name }) => name).filter((name) => samples.rounds.some((round) => name in round))
}

/** A case's times: a line a side, speeds given in the first one's. */
function sideRows(sampled: SampledCase): string[][] {
  const { rounds } = sampled.samples
  const base = sampled.benchCase.sides[0].name
  const head = [
    'side',
    'µs a task',
    'tasks/s',
    `speed, × ${base}`,
    'min … max',
    'first run, µs',
    'CPU, µs',
    'stall p99, ms',
  ]
  const rows = sampledSides(sampled).map((side) => {
    const median = (measure: string): string => digits(spreadOfFigure(rounds, { measure, side })?.median)
    const speed = spreadOfFigure(rounds, { measure: 'speed', side, against: base })
    return [
      side,
      median('microseconds'),
      median('speed'),
      digits(speed?.median),
      range(speed),
      median('firstMicroseconds'),
      median('cpuMicroseconds'),
      median('stallP99Ms'),
    ]
  })
  return [head, ...rows]
}

/** What sides measured themselves: a line a side and measure, none if there is nothing. */
function measureRows(sampled: SampledCase): string[][] {
  const { rounds } = sampled.samples
  const rows = sampledSides(sampled).flatMap((side) =>
    measuresOf(sampled, side)
      .filter((measure) => !measure.includes('@'))
      .map((measure) => {
        const spread = spreadOfFigure(rounds, { measure, side })
        return [side, measure, `${digits(spread?.median)} ${unitOf(measure)}`.trimEnd(), range(spread)]
      }),
  )
  return rows.length === 0 ? [] : [['side', 'measure', 'median', 'min … max'], ...rows]
}

/**
 * Measures that were taken at several places (`perTaskUs@10 µs`): a table each, with a column a place, and one that
 * compares them with the first side's: of times, its own is divided by the side's.
 */
function sweepTables(sampled: SampledCase): string[][][] {
  const { rounds } = sampled.samples
  const sides = sampledSides(sampled)
  const base = sampled.benchCase.sides[0].name
  const all = [...new Set(sides.flatMap((side) => measuresOf(sampled, side)))].filter((name) => name.includes('@'))
  return [...Map.groupBy(all, (measure) => measure.split('@')[0])].flatMap(([name = '', measures]) => {
    const places = measures.map((measure) => measure.slice(name.length + 1))
    const table = (head: string, cell: (measure: string, side: string) => string): string[][] => [
      [head, ...places],
      ...sides.map((side) => [side, ...measures.map((measure) => cell(measure, side))]),
    ]
    const times = table(`${unitOf(name)} at`.trim(), (measure, side) =>
      digits(spreadOfFigure(rounds, { measure, side })?.median),
    )
    const speeds = table(`speed, × ${base}, at`, (measure, side) => {
      const ratio = spreadOfFigure(rounds, { measure, side: base, against: side })
      return ratio === undefined ? '–' : `${digits(ratio.median)} (${range(ratio)})`
    })
    return ['µs', 'ms'].includes(unitOf(name)) ? [times, speeds] : [times]
  })
}

/** Every table of a case, in the order in which they are read. */
export function caseTables(sampled: SampledCase): string[][][] {
  const times = sampled.benchCase.isSweep === true ? [] : [sideRows(sampled)]
  return [...times, ...sweepTables(sampled), measureRows(sampled)].filter((rows) => rows.length > 0)
}

function measuresOf({ samples }: SampledCase, side: string): string[] {
  return [...new Set(samples.rounds.flatMap((round) => Object.keys(round[side]?.measures ?? {})))]
}
