import { Piscina } from 'piscina'
import type { ReadySide, Side } from '../../bench-case.ts'
import { makeIbans } from '../strings-iban/iban.ts'

/**
 * Piscina for tasks that wait, as its README says: several at once on a thread, and `atomics: 'async'`, so that a thread's
 * event loop turns while it waits for the next task.
 */
export function piscinaAsync(taskModule: URL, concurrency: number): Side {
  return {
    name: 'piscina',
    async setup({ tasks, threads }): Promise<ReadySide> {
      const texts = makeIbans(tasks)
      const pool = new Piscina({
        filename: taskModule.href,
        minThreads: threads,
        maxThreads: threads,
        idleTimeout: Infinity,
        concurrentTasksPerWorker: Math.ceil(concurrency / threads),
        atomics: 'async',
      })
      await Promise.all(Array.from({ length: threads * 4 }, () => pool.run(texts[0])))
      const run = async (): Promise<{ pass: number; fail: number }> => {
        let next = 0
        let pass = 0
        const lane = async (): Promise<void> => {
          while (next < tasks) if ((await pool.run(texts[next++])) === true) pass++
        }
        await Promise.all(Array.from({ length: concurrency }, lane))
        return { pass, fail: tasks - pass }
      }
      return { tasks, run, close: () => pool.destroy() }
    },
  }
}
