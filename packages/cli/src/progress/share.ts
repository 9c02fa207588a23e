import type { Progress } from '@fanfold/core'

/** How much of the run is done, 0 to 1; `undefined` when nobody can know, as for a pipe. */
export function shareDone(progress: Progress, limit: number | undefined): number | undefined {
  const { statuses, read, total, bytesRead, bytesTotal, state } = progress
  if (state === 'ended') return 1
  const settled = Object.values(statuses).reduce((sum, count) => sum + count, 0)
  if (total !== undefined) return total === 0 ? 1 : Math.min(1, settled / total)
  const shares: number[] = []
  // Of the bytes, less those that were read ahead and are not settled.
  if (bytesTotal !== undefined)
    shares.push(bytesTotal === 0 ? 1 : read === 0 ? 0 : (bytesRead / bytesTotal) * (settled / read))
  if (limit !== undefined) shares.push(settled / limit)
  return shares.length === 0 ? undefined : Math.min(1, Math.max(...shares))
}
