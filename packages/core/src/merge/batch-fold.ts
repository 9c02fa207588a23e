import { COMPLETED } from '@fanfold/workers/protocol'
import type { PartAccumulators, PartFold } from '@fanfold/workers/protocol'

/** Outcomes of a batch, by its columns. */
interface Outcomes {
  readonly statuses: Uint8Array
  positionAt(ordinal: number): number
}

/**
 * What was folded of some of a batch's outcomes. An accumulator cannot be taken apart: where it is of others, too, there is
 * none, and these outcomes are folded again.
 */
export function selectFold(
  fold: PartFold | undefined,
  outcomes: Outcomes,
  ordinals: readonly number[],
): PartFold | undefined {
  if (fold === undefined || 'error' in fold) return fold
  const completed = ordinals.filter((i) => outcomes.statuses[i] === COMPLETED)
  if (fold.stretches.length === 0) return completed.length === completedOf(outcomes.statuses) ? fold : undefined
  const positions = new Set(completed.map((i) => outcomes.positionAt(i)))
  const chosen = stretchesOf(fold).filter(({ from, to }) => hasAll(positions, from, to))
  const folded = chosen.reduce((sum, { from, to }) => sum + to - from, 0)
  return folded === completed.length ? chosenOf(fold, chosen) : undefined
}

/** How many tasks have a verdict. */
export function completedOf(statuses: Uint8Array): number {
  let completed = 0
  for (const status of statuses) if (status === COMPLETED) completed++
  return completed
}

/** The same accumulators, in the order of the positions that they are of. */
export function inOrder(fold: PartAccumulators): PartAccumulators {
  const { stretches } = fold
  const isSorted = stretches.every((from, i) => i < 2 || i % 2 === 1 || from > stretches[i - 2]!)
  return isSorted
    ? fold
    : chosenOf(
        fold,
        stretchesOf(fold).sort((a, b) => a.from - b.from),
      )
}

interface FoldedStretch {
  readonly at: number
  readonly from: number
  readonly to: number
}

function stretchesOf({ stretches }: PartAccumulators): FoldedStretch[] {
  return Array.from({ length: stretches.length / 2 }, (_, at) => {
    return { at, from: stretches[2 * at]!, to: stretches[2 * at + 1]! }
  })
}

function hasAll(positions: ReadonlySet<number>, from: number, to: number): boolean {
  for (let position = from; position < to; position++) if (!positions.has(position)) return false
  return true
}

function chosenOf({ ends, bytes }: PartAccumulators, chosen: readonly FoldedStretch[]): PartAccumulators {
  const chunks = chosen.map(({ at }) => bytes.subarray(at === 0 ? 0 : ends[at - 1], ends[at]))
  let end = 0
  return {
    stretches: chosen.flatMap(({ from, to }) => [from, to]),
    ends: chunks.map((chunk) => (end += chunk.length)),
    bytes: new Uint8Array(Buffer.concat(chunks)),
  }
}
