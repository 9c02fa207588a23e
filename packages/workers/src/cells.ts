/**
 * The shared cells of one thread (int32), through which the main thread can see and stop it while its event loop is
 * blocked. The thread writes BEAT, ABANDONED and the slots; the main thread writes STOP.
 *
 * Before it starts a task, the thread stores `position + 1` into the task's slot and *then* reads STOP; it does not
 * start the task when `position >= STOP`. The main thread lowers STOP and *then* reads the slots. Both are sequentially
 * consistent (`Atomics`), so one of the two sees the other: a task that the main thread does not see in a slot after
 * lowering STOP below it will not be started.
 */

/** Counted up by the thread whenever its loop turns or an async task starts or settles; compared, never ordered. */
export const BEAT = 0
/** First position of the current shard that must not be started. */
export const STOP = 1
/** Tasks settled over their head that have not ended yet. */
export const ABANDONED = 2
/** From here on: one slot for each task that may be running, `position + 1`, or 0 when idle. */
export const FIRST_SLOT = 8

/** The most tasks that can be running in one thread at once. */
export const MAX_SLOTS = 4096
/** In STOP: nothing is to be stopped. */
export const NO_STOP = 0x7fffffff

/** Cells for one session of one thread. */
export function createCells(): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer((FIRST_SLOT + MAX_SLOTS) * Int32Array.BYTES_PER_ELEMENT)
  new Int32Array(buffer)[STOP] = NO_STOP
  return buffer
}
