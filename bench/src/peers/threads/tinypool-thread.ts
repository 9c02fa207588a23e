/** What Tinypool calls in its threads: `default` for an item, `many` for an array. */
import { Tinypool } from 'tinypool'
import type { Counts } from '../../bench-case.ts'
import { countItems, loadTask } from '../loaded-task.ts'

// tinypool.ts gives it.
const task = await loadTask(Tinypool.workerData as string)

export default task
export const many = (items: readonly unknown[]): Promise<Counts> => countItems(items, task)
