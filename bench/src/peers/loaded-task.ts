import type { Counts } from '../bench-case.ts'
import type { Task } from './peer.ts'

/** Imports a task module. */
export async function loadTask(href: string): Promise<Task> {
  // What a peer is started with is such a module.
  const { default: task } = (await import(href)) as { readonly default: Task }
  return task
}

/** Checks items one after the other. A promise is awaited only where the task gives one: most do not. */
export async function countItems(items: readonly unknown[], task: Task): Promise<Counts> {
  let pass = 0
  for (const item of items) {
    const answer = task(item)
    if (typeof answer === 'boolean' ? answer : await answer) pass++
  }
  return { pass, fail: items.length - pass }
}
