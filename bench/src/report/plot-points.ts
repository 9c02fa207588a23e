import type { BarPlot, LinePlot } from '../bench-case.ts'
import { spreadOfFigure } from '../figures.ts'
import type { Spread } from '../ratios.ts'
import type { SampledCase } from '../samples.ts'
import { sampledSides } from '../tables.ts'

export interface Line {
  readonly name: string
  readonly points: readonly { readonly x: number; readonly spread: Spread }[]
}

export interface Bar {
  readonly name: string
  readonly spread: Spread
}

/** A plot's lines, as far as there are samples: points by their x, lines as they first occur. */
export function linesOf(plot: LinePlot, { samples }: SampledCase): Line[] {
  const lines = new Map<string, { x: number; spread: Spread }[]>()
  for (const { line, x, side, measure, against } of plot.points) {
    const spread = spreadOfFigure(samples.rounds, { side, measure, against })
    if (spread === undefined) continue
    const points = lines.get(line) ?? []
    points.push({ x, spread })
    lines.set(line, points)
  }
  return [...lines].map(([name, points]) => ({ name, points: points.toSorted((a, b) => a.x - b.x) }))
}

/** A plot's bars, in the order of the case's sides; those without the measure are left out. */
export function barsOf({ measure, against }: BarPlot, sampled: SampledCase): Bar[] {
  return sampledSides(sampled).flatMap((name) => {
    const spread = spreadOfFigure(sampled.samples.rounds, { side: name, measure, against })
    return spread === undefined ? [] : [{ name, spread }]
  })
}
