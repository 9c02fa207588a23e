/** What workerpool calls in its threads: `one` for an item, `many` for an array. */
import { workerData } from 'node:worker_threads'
import { worker } from 'workerpool'
import { countItems, loadTask } from '../loaded-task.ts'

// workerpool.ts gives it.
const task = await loadTask(workerData as string)

worker({
  one: (item: unknown) => task(item),
  many: (items: readonly unknown[]) => countItems(items, task),
})
