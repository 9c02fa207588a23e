/** What poolifier calls in its threads: `one` for an item, `many` for an array. */
import { workerData } from 'node:worker_threads'
import { ThreadWorker } from 'poolifier'
import type { Counts } from '../../bench-case.ts'
import { countItems, loadTask } from '../loaded-task.ts'

// poolifier.ts gives it.
const task = await loadTask(workerData as string)

export default new ThreadWorker<unknown, boolean | Counts>({
  // It knows sync and async functions apart by how they are written, so this one is async only if the task is.
  one: task.constructor.name === 'AsyncFunction' ? async (item) => task(item) : (item) => task(item) as boolean,
  // poolifier.ts sends arrays to this one.
  many: async (items) => countItems(items as readonly unknown[], task),
})
