import { whenAborted } from './when-aborted.ts'

/** How long somebody who is waited for may take when the process is to end, ms. */
export const PATIENCE_MS = 1_000

/** The process is to end, and what is waited for does not come: a reader takes nothing. */
export class Stalled extends Error {
  override readonly name: string = 'Stalled'
  constructor() {
    super(`after the interruption, its reader took nothing for ${PATIENCE_MS / 1000} s`)
  }
}

/**
 * Settles as the promise does, however late; once the signal fires, that has {@link PATIENCE_MS} left.
 *
 * @throws {Stalled} when it took longer
 */
export async function withPatience<Value>(waitedFor: Promise<Value>, hurry: AbortSignal): Promise<Value> {
  const { promise: stalled, reject } = Promise.withResolvers<never>()
  let timer: NodeJS.Timeout | undefined
  const forget = whenAborted(hurry, () => {
    timer = setTimeout(() => reject(new Stalled()), PATIENCE_MS)
  })
  try {
    return await Promise.race([waitedFor, stalled])
  } finally {
    clearTimeout(timer)
    forget()
  }
}
