import { isMainThread, threadId } from 'node:worker_threads'
import { defineReducer } from '@fanfold/workers'

/** What tasks come to. */
export interface Summary {
  readonly sum: number
  /** In the order in which they were folded. */
  readonly indices: readonly number[]
  /** Where that was: `pid/thread`. */
  readonly places: readonly string[]
  /** What `combine` was called with stays in its place. */
  readonly extra?: unknown
}

/** How the reducer misbehaves for an item. */
export interface Folded {
  readonly n?: number
  readonly step?: keyof typeof MISTAKES
}

/** How it misbehaves for all. */
export interface Reducing {
  readonly init?: 'same'
  readonly combine?: 'throw' | 'hang' | 'exit'
  readonly result?: 'function'
}

const MISTAKES = {
  throw: () => {
    throw new RangeError('too much of it')
  },
  hang: () => {
    for (;;);
  },
  exit: () => process.exit(7),
  nothing: () => undefined as never,
  promise: () => Promise.resolve(0) as never,
  function: () => ({ sum: 0, indices: [], places: [], extra: () => 0 }),
} satisfies Record<string, () => Summary>

const EMPTY: Summary = { sum: 0, indices: [], places: [] }

export default defineReducer<Folded, unknown, Summary, Reducing>({
  init: ({ config }) => (config.init === 'same' ? EMPTY : { ...EMPTY }),
  step: (summary, { index, item }) => {
    if (isMainThread) throw new Error('a reducer is loaded in threads only')
    if (item.step !== undefined) return MISTAKES[item.step]()
    const place = `${process.pid}/${threadId}`
    return {
      sum: summary.sum + (item.n ?? 0),
      indices: [...summary.indices, index],
      places: summary.places.includes(place) ? summary.places : [...summary.places, place],
    }
  },
  combine: (left, right, { config }) => {
    if (config.combine !== undefined) MISTAKES[config.combine]()
    return {
      sum: left.sum + right.sum,
      indices: [...left.indices, ...right.indices],
      places: [...new Set([...left.places, ...right.places])],
      ...(config.result === 'function' ? { extra: () => 0 } : {}),
    }
  },
})
