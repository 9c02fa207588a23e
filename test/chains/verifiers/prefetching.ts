import { setTimeout as delay } from 'node:timers/promises'
import { chain, check, defineVerifier, fail, pass } from '@fanfold/workers'
import type { Answer, Verifier } from '@fanfold/workers'

export interface Task {
  readonly n: number
  /** Whose prefetch does what when it sees this. */
  readonly first?: 'throw' | 'exit' | 'throwLater'
  readonly second?: 'throw'
  readonly isBad?: boolean
  /** Attempts of `flaky` that fail. */
  readonly failures?: number
}

let seen = 0

function fetching(name: 'first' | 'second', size: number): Verifier<Task, unknown, undefined, string, object, string> {
  return defineVerifier({
    prefetchSize: size,
    async prefetch(tasks: readonly Task[]) {
      for (const task of tasks) {
        if (task[name] === 'exit') process.exit(3)
        if (task[name] === 'throwLater' && tasks.length === 1 && seen++ > 0) throw new Error(`${name}: not again`)
      }
      await delay(1)
      const bad = tasks.find((task) => task[name] === 'throw')
      if (bad !== undefined) throw new Error(`${name} cannot have ${bad.n}`)
      return name
    },
    verify: (_task, { prefetched }) => pass(prefetched),
  })
}

const parse = ({ isBad }: Task): Answer => (isBad === true ? fail('bad') : pass())

async function flaky({ failures = 0 }: Task, { attempt }: { readonly attempt: number }): Promise<Answer> {
  await delay(1)
  if (attempt <= failures) throw new Error(`attempt ${attempt}`)
  return pass()
}

/** Two checks with a prefetch each, in groups of different sizes, and one behind them. */
export default chain<Task>([
  parse,
  { first: fetching('first', 4), second: fetching('second', 3), flaky: check(flaky, { retry: { retries: 2 } }) },
  { last: () => pass('last') },
])
