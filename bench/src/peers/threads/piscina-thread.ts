/** What Piscina calls in its threads: `default` for an item, `many` for an array. */
import { workerData } from 'piscina'
import type { Counts } from '../../bench-case.ts'
import { countItems, loadTask } from '../loaded-task.ts'

// piscina.ts gives it.
const task = await loadTask(workerData as string)

export default task
export const many = (items: readonly unknown[]): Promise<Counts> => countItems(items, task)
