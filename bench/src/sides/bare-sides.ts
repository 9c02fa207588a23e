import { startThreads } from '../bare-threads.ts'
import type { CaseOptions, Counts, Side } from '../bench-case.ts'
import { sumCounts } from '../planted.ts'

/** What a side starts from, made before the clock. */
export type Made<Input> = Promise<Input> | Input

/** One loop in the main thread. */
export function loopSide<Input>(
  name: string,
  make: (options: CaseOptions) => Made<Input>,
  count: (input: Input) => Promise<Counts> | Counts,
): Side {
  return {
    name,
    async setup(options) {
      const input = await make(options)
      return { tasks: options.tasks, run: async () => count(input), close: async () => {} }
    },
  }
}

/** Bare threads that are each sent their whole part in one message, and answer with counts. */
export function splitSide(name: string, thread: URL, make: (options: CaseOptions) => Made<readonly unknown[]>): Side {
  return {
    name,
    async setup(options) {
      const parts = await make(options)
      const started = await startThreads<Counts>(thread, parts.length)
      return {
        tasks: options.tasks,
        run: async () => sumCounts(await Promise.all(started.map((one, n) => one.ask(parts[n])))),
        close: async () => void (await Promise.all(started.map((one) => one.end()))),
      }
    },
  }
}

/** Bare threads that take the next message when they have answered one; `inFlight` of them wait at a thread. */
export function nextFreeSide(
  name: string,
  thread: URL,
  inFlight: number,
  make: (options: CaseOptions) => Made<readonly unknown[]>,
): Side {
  return {
    name,
    async setup(options) {
      const messages = await make(options)
      const started = await startThreads<Counts>(thread, options.threads)
      const lanes = started.flatMap((one) => Array.from({ length: inFlight }, () => one))
      const run = async (): Promise<Counts> => {
        let next = 0
        let pass = 0
        let fail = 0
        await Promise.all(
          lanes.map(async (one) => {
            while (next < messages.length) {
              const counts = await one.ask(messages[next++])
              pass += counts.pass
              fail += counts.fail
            }
          }),
        )
        return { pass, fail }
      }
      return { tasks: options.tasks, run, close: async () => void (await Promise.all(started.map((one) => one.end()))) }
    },
  }
}

/** Cuts a list into as many stretches, of the same length but for rounding. */
export function splitEvenly<Item>(items: readonly Item[], parts: number): Item[][] {
  return Array.from({ length: parts }, (_, part) =>
    items.slice(Math.round((items.length * part) / parts), Math.round((items.length * (part + 1)) / parts)),
  )
}

/** Cuts a list into stretches of `size`, the last of which may be shorter. */
export function cutInto<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size))
}
