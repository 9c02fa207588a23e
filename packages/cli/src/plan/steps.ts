/** What follows from which check waits for which. Checks go by their places; those that one waits for have lower ones. */
import type { CheckDeclaration } from '@fanfold/core'

export interface Step {
  readonly name: string
  readonly after: readonly number[]
  readonly barriers: number
}

/** The longest way through a chain. */
export interface CriticalPath {
  readonly ms: number
  readonly places: readonly number[]
}

export function stepsOf(checks: readonly CheckDeclaration[]): readonly Step[] {
  const places = new Map(checks.map(({ name }, place) => [name, place]))
  return checks.map(({ name, after, barriers }) => ({
    name,
    after: after.map((other) => places.get(other)!),
    barriers,
  }))
}

/** Each check in the first stage in which all that it waits for is done. */
export function stagesOf(steps: readonly Step[]): readonly (readonly number[])[] {
  const stages: number[][] = []
  const stageOf: number[] = []
  for (const [place, { after }] of steps.entries()) {
    const stage = Math.max(-1, ...after.map((other) => stageOf[other]!)) + 1
    stageOf.push(stage)
    ;(stages[stage] ??= []).push(place)
  }
  return stages
}

/** For each check, those that it neither waits for nor keeps waiting, over others or not: they may run beside it. */
export function independence(steps: readonly Step[]): readonly (readonly number[])[] {
  const before: Set<number>[] = []
  for (const { after } of steps) before.push(new Set(after.flatMap((other) => [other, ...before[other]!])))
  return steps.map((_, place) =>
    [...steps.keys()].filter((other) => other !== place && !before[place]!.has(other) && !before[other]!.has(place)),
  )
}

/** @param durations - ms, by place */
export function criticalPath(steps: readonly Step[], durations: ArrayLike<number>): CriticalPath {
  const ends: number[] = []
  const cameFrom: (number | undefined)[] = []
  for (const [place, { after }] of steps.entries()) {
    const last = after.toSorted((a, b) => ends[b]! - ends[a]!)[0]
    cameFrom.push(last)
    ends.push((last === undefined ? 0 : ends[last]!) + durations[place]!)
  }
  const ms = Math.max(0, ...ends)
  const places: number[] = []
  for (let at: number | undefined = ends.indexOf(ms); at !== undefined && at >= 0; at = cameFrom[at]) places.unshift(at)
  return { ms, places }
}
