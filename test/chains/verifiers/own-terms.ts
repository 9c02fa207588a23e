import { appendFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { chain, check, defineVerifier, flag, pass } from '@fanfold/workers'
import type { VerifyContext } from '@fanfold/workers'

interface Task {
  readonly n: number
  readonly hangs?: boolean
  readonly spins?: boolean
  readonly throws?: number
}

/** Each check with terms of its own: a timeout, retries, a setup, a prefetch, dependencies by name. */
export default chain<Task, { log?: string }>({
  quick: check(
    async ({ hangs, spins }: Task, { signal }: VerifyContext) => {
      if (spins === true) for (;;);
      if (hangs === true) await delay(1e9, undefined, { ref: false, signal })
      return pass()
    },
    { timeoutMs: 150, goOnAfter: ['pass', 'timedOut'] },
  ),
  stubborn: check(
    ({ n, throws = 0 }: Task, { attempt }: VerifyContext) => {
      if (attempt <= throws) throw new Error(`attempt ${attempt} of ${n}`)
      return pass(attempt)
    },
    { retry: { retries: 3 } },
  ),
  known: check(
    defineVerifier<Task, { log?: string }, { opened: string }, unknown, object, ReadonlySet<number>>({
      setup: ({ config }) => ({ opened: config.log ?? 'none' }),
      prefetchSize: 4,
      prefetch: (tasks, { state }) => {
        if (state.opened !== 'none') appendFileSync(state.opened, `prefetch ${tasks.map(({ n }) => n).join(' ')}\n`)
        return new Set(tasks.map(({ n }) => n))
      },
      verify: ({ n }, { prefetched, checks }) =>
        prefetched.has(n) && checks['quick'] !== undefined && checks['stubborn'] === undefined
          ? pass()
          : flag('unknown'),
      teardown: ({ opened }) => (opened === 'none' ? undefined : appendFileSync(opened, 'torn\n')),
    }),
    { after: ['quick'] },
  ),
  last: check((_task: Task, { checks }: VerifyContext) => pass(Object.keys(checks).sort().join(' ')), {
    after: ['known', 'stubborn'],
  }),
})
