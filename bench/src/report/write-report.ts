import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plot } from '../bench-case.ts'
import type { SampledCase } from '../samples.ts'
import { barChart } from './bar-chart.ts'
import { lineChart } from './line-chart.ts'
import { barsOf, linesOf } from './plot-points.ts'
import { resultsPage } from './results-page.ts'

/** Writes RESULTS.md and its plots into a folder, from samples alone, and says where. */
export function writeReport(folder: string, sampled: readonly SampledCase[]): string {
  const plots = join(folder, 'plots')
  mkdirSync(plots, { recursive: true })
  const drawn = new Set<string>()
  for (const one of sampled)
    for (const plot of one.benchCase.plots ?? []) {
      const svg = draw(plot, one)
      if (svg === undefined) continue
      writeFileSync(join(plots, `${plot.name}.svg`), svg)
      drawn.add(plot.name)
    }
  const page = join(folder, 'RESULTS.md')
  writeFileSync(page, resultsPage(sampled, drawn))
  return page
}

/** A plot as SVG; none when nothing of it was sampled. */
function draw(plot: Plot, sampled: SampledCase): string | undefined {
  if (plot.kind === 'lines') {
    const lines = linesOf(plot, sampled)
    return lines.length === 0 ? undefined : lineChart(plot, lines)
  }
  const bars = barsOf(plot, sampled)
  return bars.length === 0 ? undefined : barChart(plot, bars)
}
