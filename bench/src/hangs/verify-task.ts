import type { HangTask } from './hang-task.ts'

/** One task in 10,000 hangs, in the way that it says. */
export default function verify({ hang }: HangTask): boolean | Promise<boolean> {
  if (hang === 'spin') for (;;);
  // Backtracks for longer than anyone will wait.
  if (hang === 'regex') return /^(a+)+$/.test(`${'a'.repeat(40)}b`)
  if (hang === 'never') return new Promise(() => {})
  return true
}
