import { threadId } from 'node:worker_threads'
import { defineReducer } from '@fanfold/workers'

/** What the tests look at. */
export interface Summary {
  readonly count: number
  readonly indices: number[]
  readonly threads: number[]
}

export default defineReducer<unknown, unknown, Summary, object>({
  init: () => ({ count: 0, indices: [], threads: [] }),
  step: (acc, { index }) => {
    acc.indices.push(index)
    if (!acc.threads.includes(threadId)) acc.threads.push(threadId)
    return { ...acc, count: acc.count + 1 }
  },
  combine: (a, b) => ({ count: a.count + b.count, indices: [...a.indices, ...b.indices], threads: [...new Set([...a.threads, ...b.threads])] }),
})
