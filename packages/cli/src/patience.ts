/** How long somebody who reads what is written may take nothing when the process is to end, ms. */
export const PATIENCE_MS = 1_000

/** The process is to end, and a reader takes nothing. */
export class Stalled extends Error {
  override readonly name: string = 'Stalled'
  constructor() {
    super(`after the interruption, its reader took nothing for ${PATIENCE_MS / 1000} s`)
  }
}

/**
 * Settles as the promise does, however late; once interrupted, that has {@link PATIENCE_MS} left.
 *
 * @throws {Stalled} when it took longer
 */
export async function withPatience(writing: Promise<void>, interrupted: AbortSignal): Promise<void> {
  const { promise: stalled, reject } = Promise.withResolvers<never>()
  let timer: NodeJS.Timeout | undefined
  const onAbort = (): void => {
    timer = setTimeout(() => reject(new Stalled()), PATIENCE_MS)
  }
  if (interrupted.aborted) onAbort()
  else interrupted.addEventListener('abort', onAbort, { once: true })
  try {
    await Promise.race([writing, stalled])
  } finally {
    clearTimeout(timer)
    interrupted.removeEventListener('abort', onAbort)
  }
}
