/**
 * The shared cells of one thread (int32), through which the main thread can see and stop it while its event loop is
 * blocked. The main thread writes the STOPs, the thread writes the rest.
 *
 * **Stopping.** Before it starts a task, the thread stores `position + 1` into the task's slot and *then* reads its
 * assignment's STOP; it does not start the task when `position >= STOP`. The main thread lowers STOP and *then* reads the
 * slots. Both are sequentially consistent (`Atomics`), so one of the two sees the other: a task that the main thread does
 * not see in a slot after lowering STOP below it will not be started.
 *
 * **How far it has come.** Tasks are started in the order of their positions, so what is behind the last one that was
 * started has not been, and with STOP at 0 never will be: it is the main thread's again. The last one is in a slot as long
 * as tasks are sync. Async ones leave their slots in any order, so with these the thread also keeps LAST, which it stores
 * before it reads STOP, too. Where no slot and no LAST says anything, the thread is between tasks with its loop free, and
 * its word that the assignment has ended follows soon.
 *
 * **Which assignment it is.** A second one may wait in the thread, and be begun before the main thread has heard of the
 * first one's end. So the thread stores the number of the one that it begins into CURRENT before anything else, and
 * the main thread reads CURRENT before *and* after the slots: they are about that assignment only if both agree. Each of
 * the two has a STOP of its own. An assignment that is not CURRENT yet when its STOP is lowered will not start a task.
 */

/** Counted up by the thread whenever its loop turns or an async task starts or settles; compared, never ordered. */
export const BEAT = 0
/** First position that must not be started of every other assignment … */
export const EVEN_STOP = 1
/** Tasks settled over their head that have not ended yet. */
export const ABANDONED = 2
/** The assignment whose tasks are in the slots (modulo 2³¹). */
export const CURRENT = 3
/** Where the verifier is async: `position + 1` of the task that was started last, or 0. */
export const LAST = 4
/** … and of those between. */
export const ODD_STOP = 5
/** From here on: one slot for each task that may be running, `position + 1`, or 0 when idle. */
export const FIRST_SLOT = 8

/** The most tasks that can be running in one thread at once. */
export const MAX_SLOTS = 4096
/** In a STOP: nothing is to be stopped. */
export const NO_STOP = 0x7fffffff

/** Cells for one session of one thread. */
export function createCells(): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer((FIRST_SLOT + MAX_SLOTS) * Int32Array.BYTES_PER_ELEMENT)
  const cells = new Int32Array(buffer)
  cells[EVEN_STOP] = NO_STOP
  cells[ODD_STOP] = NO_STOP
  return buffer
}

/** As it is kept in CURRENT. */
export function cellOf(assignment: number): number {
  return assignment % 2 ** 31
}
