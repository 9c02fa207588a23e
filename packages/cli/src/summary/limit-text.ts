import type { LimitStatus } from '@fanfold/core'
import { counted, short, time, whole } from '../figures.ts'

/** What has happened at a limit, in a line. */
export function limitText({ calls, failed, rejected, refused, waits, waitedMs, path, permits }: LimitStatus): string {
  const parts = [`${counted(calls, 'call')}, ${permitsText(path, permits)}`]
  if (failed > rejected) parts.push(`${short(failed - rejected)} failed`)
  if (rejected > 0) parts.push(`${short(rejected)} rejected`)
  if (refused > 0) parts.push(`${short(refused)} refused by its breaker`)
  if (waits > 0) parts.push(`${short(waits)} waited, ${time(waitedMs / waits)} on average`)
  return parts.join('; ')
}

/** Where it adapted: between what bounds, and where it was in the end. */
function permitsText(path: LimitStatus['path'], permits: number): string {
  const all = path.map((step) => step.permits)
  const least = Math.min(permits, ...all)
  const most = Math.max(permits, ...all)
  if (least === most) return `at most ${whole(most)} at once`
  return `at most ${whole(least)} to ${whole(most)} at once, ${whole(permits)} in the end`
}
