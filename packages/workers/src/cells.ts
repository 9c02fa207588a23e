/**
 * The shared cells of one thread (int32), through which the main thread can see and stop it while its event loop is
 * blocked.
 *
 * **The gate.** Tasks are started in the order of their positions, and each start passes the assignment's gate: the thread
 * replaces `position + 1` of the task before by its own, with a compare-and-exchange. To stop the assignment, the main
 * thread sets the bit STOPPED in the same cell (`Atomics.or`) and gets what was there. Both are single operations on one
 * cell, so one comes first: either the start does, and the main thread sees it, or the bit does, and the exchange fails.
 * Hence what was there is, exactly, the first position that was not started and never will be; the thread keeps what it has
 * started, and the rest is the main thread's, at once, whatever the thread is doing.
 *
 * A second assignment may wait in the thread, so there are two gates. Whoever has not been begun has a gate at 0.
 *
 * **What runs.** A sync task runs while RESTING is 0; it is the last that passed the gate. Async ones have a slot each from
 * when they have returned a promise until they are settled. Of a chain every check has one, also while it is sync, for the
 * gate tells the task only. What is in a slot is a *mark*: a task's position; of a check, how many checks are before it in
 * the shard. The thread stores the number of the assignment that it begins
 * into CURRENT before anything else: it may have gone on to the next one before the main thread hears of the first one's
 * end, and what runs then is not of the one that the main thread asks about.
 */

/** Counted up by the thread whenever its loop turns or an async task starts or settles; compared, never ordered. */
export const BEAT = 0
/** One gate … */
export const EVEN_GATE = 1
/** Tasks settled over their head that have not ended yet. */
export const ABANDONED = 2
/** The assignment that the thread is about (modulo 2³¹). */
export const CURRENT = 3
/** 1 while no sync task, nor the sync part of an async one, is running. */
export const RESTING = 4
/** … and the other. */
export const ODD_GATE = 5
/** From here on: one slot for each async task, or check of a chain, that may be running: `mark + 1`, or 0 when idle. */
export const FIRST_SLOT = 8

/** A thread with so many tasks that never ended takes no more work, and is started anew. */
export const MAX_ABANDONED = 16
/** The most tasks that can be running in one thread at once. */
export const MAX_SLOTS = 4096
/** The bit of a gate that is closed; no position reaches it. */
export const STOPPED: number = 1 << 30

/** Cells for one session of one thread. */
export function createCells(): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer((FIRST_SLOT + MAX_SLOTS) * Int32Array.BYTES_PER_ELEMENT)
  new Int32Array(buffer)[RESTING] = 1
  return buffer
}

/** As it is kept in CURRENT. */
export function cellOf(assignment: number): number {
  return assignment % 2 ** 31
}
