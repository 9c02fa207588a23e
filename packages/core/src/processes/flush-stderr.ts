import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises'

/** How long a reader may take for what is left, ms. */
const FLUSH_MS = 1000

/**
 * Resolves when this process has written all that it and its thread have printed, or a reader takes too long for it. A
 * stream to a pipe writes what the pipe has no room for later, and a process that is killed never does (seen: of 3 MB,
 * 64 KB arrived).
 */
export async function flushStderr(): Promise<void> {
  const { stderr } = process
  const late = new AbortController()
  const tooLong = delay(FLUSH_MS, true, { signal: late.signal, ref: false }).catch(() => true)
  // What has been written makes room for more of the thread's: until nothing comes any more.
  for (let before = -1; stderr.bytesWritten !== before;) {
    before = stderr.bytesWritten
    const flushed = new Promise<boolean>((resolve) => stderr.write('', () => resolve(false)))
    if (await Promise.race([flushed, tooLong])) break
    await turn()
    await turn()
  }
  late.abort()
}
