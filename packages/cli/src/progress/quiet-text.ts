import type { Progress } from '@fanfold/core'
import { counted, time } from '../figures.ts'

/** So long nothing has to happen before anybody wonders, ms. */
const QUIET_MS = 10_000
const MOST_THREADS = 4

/** What each thread is about when no record has come to its end for a while; `undefined` when some have. */
export function quietText({ state, quietMs, lanes, limits = {}, waiting }: Progress): string | undefined {
  if ((state !== 'running' && state !== 'ending') || quietMs < QUIET_MS) return undefined
  const threads = lanes.slice(0, MOST_THREADS).map(({ thread, index, busyMs }) => {
    const what = index === undefined ? 'between two records' : `at index ${index}`
    return `thread ${thread} is ${what}, busy for ${time(busyMs)}`
  })
  if (lanes.length > MOST_THREADS) threads.push(`${lanes.length - MOST_THREADS} more threads`)
  const calls = Object.entries(limits).flatMap(([name, limit]) =>
    limit.waiting > 0 ? [`${counted(limit.waiting, 'call')} waiting for '${name}'`] : [],
  )
  const tried = waiting > 0 ? [`${counted(waiting, 'record')} waiting for another attempt`] : []
  const what = [...threads, ...calls, ...tried]
  return `no record has come to its end for ${time(quietMs)}: ${what.length === 0 ? 'no thread has any' : what.join('; ')}`
}
