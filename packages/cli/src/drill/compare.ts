import type { DrillResult } from './drill-run.ts'
import { MEANINGS } from './faults.ts'
import type { Fault } from './faults.ts'

/** What a fault has done to a batch. */
export interface Comparison {
  readonly fault: Fault
  /** How the record ended to which it was done. */
  readonly became: string
  /** It ended as such a fault should end. */
  readonly isContained: boolean
  /** Records that ended as they do without the fault. */
  readonly kept: number
  /** Others, and how they ended, first without the fault, then with it; of a chain, the record's own checks are among them. */
  readonly lost: readonly { readonly index: number; readonly before: string; readonly after: string }[]
  readonly elapsedMs: number
}

const NOTHING = 'no outcome'

/** @param index - of the record to which the fault was done */
export function compare(fault: Fault, index: number, before: DrillResult, after: DrillResult): Comparison {
  const became = after.endings.get(index) ?? NOTHING
  const indices = new Set([...before.endings.keys(), ...after.endings.keys()])
  indices.delete(index)
  const own = { index, before: before.checks.get(index) ?? '', after: after.checks.get(index) ?? '' }
  const lost = [
    ...[...indices].map((each) => ({ index: each, before: whole(before, each), after: whole(after, each) })),
    own,
  ]
    .filter((each) => each.before !== each.after)
    .toSorted((a, b) => a.index - b.index)
  return {
    fault,
    became,
    isContained: MEANINGS[fault].becomes.some((status) => status === became) && after.total === before.total,
    kept: indices.size - lost.filter((each) => each.index !== index).length,
    lost,
    elapsedMs: after.elapsedMs,
  }
}

/** How a record ended, and in which ways its checks did. */
function whole({ endings, checks }: DrillResult, index: number): string {
  const ending = endings.get(index) ?? NOTHING
  const ofChecks = checks.get(index)
  return ofChecks === undefined ? ending : `${ending} (${ofChecks})`
}
