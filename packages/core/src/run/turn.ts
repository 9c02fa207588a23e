import { setImmediate as macrotask } from 'node:timers/promises'

/**
 * So long one thing may go on in one turn of the event loop, ms; then everything else has its turn. Without it an array of a
 * million strings would hold the main thread until all that may be held of it is read, some 10 to 60 ms; and outcomes that
 * are there would be taken one after the other by a consumer that never waits.
 */
const TURN_MS = 2
/** When this turn of the event loop was first noted, for whichever run; `undefined`: not yet. */
let notedAt: number | undefined

/** What is about to be done counts towards this turn of the event loop. */
export function noteTurn(): void {
  if (notedAt !== undefined) return
  notedAt = performance.now()
  setImmediate(() => (notedAt = undefined))
}

/** Whether this turn of the event loop has gone on for long, since it was first noted. */
export function isLongTurn(): boolean {
  noteTurn()
  return performance.now() - notedAt! > TURN_MS
}

/** Resolves in the next turn. */
export async function nextTurn(): Promise<void> {
  await macrotask()
}
