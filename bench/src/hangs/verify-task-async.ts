import { setTimeout as delay } from 'node:timers/promises'
import type { HangTask } from './hang-task.ts'

/** Waits twice, as for two queries; the one that hangs does so between them, where no slot says whose turn it is. */
export default async function verify({ hang }: HangTask): Promise<boolean> {
  await delay(1)
  if (hang === 'spin') for (;;);
  await delay(1)
  return true
}
