import { spreadOfFigure } from '../figures.ts'
import { digits, range } from '../formats.ts'
import type { Spread } from '../ratios.ts'
import type { SampledCase } from '../samples.ts'
import { sampledSides } from '../tables.ts'

/** A sentence for each side that did a case's work faster than the best of Fanfold's, as a list in Markdown. */
export function losses(sampled: readonly SampledCase[]): string[] {
  return sampled.flatMap((one) => (one.benchCase.isSweep === true ? sweepLosses(one) : caseLosses(one)))
}

function caseLosses(sampled: SampledCase): string[] {
  const { rounds } = sampled.samples
  const sides = sampledSides(sampled)
  const medianSpeed = (side: string): number => spreadOfFigure(rounds, { measure: 'speed', side })?.median ?? NaN
  const own = sides.filter(isFanfold).toSorted((a, b) => medianSpeed(b) - medianSpeed(a))[0]
  if (own === undefined) return []
  return sides
    .filter((side) => !isFanfold(side))
    .flatMap((side) => {
      const ratio = spreadOfFigure(rounds, { measure: 'speed', side, against: own })
      if (ratio === undefined || ratio.median <= 1) return []
      return [sentence(sampled.benchCase.name, side, own, ratio)]
    })
}

/** Of a sweep, at each place the fastest one that beat Fanfold. */
function sweepLosses(sampled: SampledCase): string[] {
  const { rounds } = sampled.samples
  const sides = sampledSides(sampled)
  const own = sides.find(isFanfold)
  if (own === undefined) return []
  const measures = new Set(rounds.flatMap((round) => Object.keys(round[own]?.measures ?? {})))
  return [...measures]
    .filter((measure) => measure.includes('@'))
    .flatMap((measure) => {
      // Times: how long Fanfold took, divided by how long the other one did.
      const faster = sides
        .filter((side) => !isFanfold(side))
        .map((side) => ({ side, ratio: spreadOfFigure(rounds, { measure, side: own, against: side }) }))
        .toSorted((a, b) => (b.ratio?.median ?? 0) - (a.ratio?.median ?? 0))[0]
      if (faster?.ratio === undefined || faster.ratio.median <= 1) return []
      const place = measure.slice(measure.indexOf('@') + 1)
      const { side, ratio } = faster
      return [sentence(`${sampled.benchCase.name}, ${place}`, side, own, ratio)]
    })
}

function sentence(where: string, side: string, own: string, ratio: Spread): string {
  const how = ratio.min > 1 ? '' : ', but not in every round'
  return `- ${where}: *${side}* was ${digits(ratio.median)} × as fast as *${own}*${how} (${range(ratio)}).`
}

function isFanfold(side: string): boolean {
  return side.startsWith('fanfold')
}
