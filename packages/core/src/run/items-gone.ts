import type { Dispatch } from '../coordinator/commands.ts'
import type { Unsendable } from '../coordinator/events.ts'
import type { Ranges } from '../coordinator/position-set.ts'
import { FanfoldError } from '../errors.ts'

/** The application took its items away meanwhile, by detaching their buffer: it costs these tasks and no other. */
export function itemsGone({ lane, assignment, ranges }: Dispatch, cause: unknown): Unsendable {
  const why = cause instanceof Error ? cause.message : String(cause)
  const error = new FanfoldError('FANFOLD_NOT_CLONEABLE', `the items are not there any more: ${why}`, { cause })
  return {
    type: 'unsendable',
    lane,
    assignment,
    failures: positionsOf(ranges).map((position) => ({ position, error })),
  }
}

function positionsOf(ranges: Ranges): number[] {
  const positions: number[] = []
  for (let i = 0; i < ranges.length; i += 2) for (let p = ranges[i]!; p < ranges[i + 1]!; p++) positions.push(p)
  return positions
}
