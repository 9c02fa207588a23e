import { setTimeout as delay } from 'node:timers/promises'
import { defineVerifier, pass } from '@fanfold/workers'

/** What prefetch does when it sees this item. */
export interface Fetched {
  readonly n: number
  readonly prefetch?: 'throw' | 'hang' | 'exit' | 'slow' | 'throwOnce'
  readonly isAsync?: boolean
}

interface Config {
  readonly size?: number
}

let hasThrown = false

/** Answers with what its group was: the numbers in it, and how often it was fetched for them. */
export default defineVerifier<Fetched, Config, undefined, unknown, object, { numbers: number[] }>({
  prefetchSize: 10,
  prefetchTimeoutMs: 400,
  async prefetch(items, { signal }) {
    for (const { prefetch } of items) {
      if (prefetch === 'throw') throw Object.assign(new Error('no such table'), { code: 'OWN' })
      if (prefetch === 'throwOnce' && !hasThrown && items.length === 1) {
        hasThrown = true
        throw new Error('once')
      }
      if (prefetch === 'hang') await delay(1e6, undefined, { signal, ref: false })
      if (prefetch === 'exit') process.exit(4)
      if (prefetch === 'slow') await delay(100)
    }
    return { numbers: items.map(({ n }) => n) }
  },
  verify({ n, isAsync }, { prefetched }) {
    const verdict = pass({ n, group: prefetched.numbers })
    return isAsync === true ? delay(5).then(() => verdict) : verdict
  },
})
