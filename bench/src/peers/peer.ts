import type { Counts } from '../bench-case.ts'

/** What all peers run: a module whose default export says whether one item is valid. Imported once a thread. */
export type Task = (item: unknown) => boolean | Promise<boolean>

interface PeerOptions {
  readonly threads: number
  /** The module whose default export is a `Task`. */
  readonly taskModule: URL
}

/** Another way of fanning out, used as its own documents recommend. */
export interface Peer {
  readonly name: string
  /** Its threads are started and have the task loaded when this resolves. */
  start(options: PeerOptions): Promise<RunningPeer>
}

export interface RunningPeer {
  /** One item by itself, as `pool.run(item)`. */
  one(item: unknown): Promise<boolean>
  /** Every item by itself, so many at once. */
  each(items: readonly unknown[], inFlight: number): Promise<Counts>
  /** Items in arrays of `batchSize`, each checked in a loop in the thread, which answers with counts; so many arrays at once. */
  batches(items: readonly unknown[], batchSize: number, inFlight: number): Promise<Counts>
  close(): Promise<void>
}

/** What a peer itself does; the rest is the same for all of them. */
export interface Calls {
  one(item: unknown): Promise<boolean>
  many(items: readonly unknown[]): Promise<Counts>
  close(): Promise<void>
}

/** A running peer from its calls, warm: each thread has run the task a few times. */
export async function warmPeer(calls: Calls, threads: number): Promise<RunningPeer> {
  // Nothing to check: what is wanted is that every thread is started and has imported the task.
  await Promise.all(Array.from({ length: threads * WARMING_CALLS }, () => calls.many([])))
  return {
    one: (item) => calls.one(item),
    each: (items, inFlight) => countEach(items, inFlight, (item) => calls.one(item)),
    batches: (items, batchSize, inFlight) => countBatches(items, batchSize, inFlight, (batch) => calls.many(batch)),
    close: () => calls.close(),
  }
}

/** So many a thread that none is left out, whichever the pool chooses. */
const WARMING_CALLS = 4

/** Calls `one` for each item, `inFlight` at once. */
async function countEach(
  items: readonly unknown[],
  inFlight: number,
  one: (item: unknown) => Promise<boolean>,
): Promise<Counts> {
  let next = 0
  let pass = 0
  const lane = async (): Promise<void> => {
    while (next < items.length) if (await one(items[next++])) pass++
  }
  await Promise.all(Array.from({ length: Math.min(inFlight, items.length) }, lane))
  return { pass, fail: items.length - pass }
}

async function countBatches(
  items: readonly unknown[],
  batchSize: number,
  inFlight: number,
  many: (items: readonly unknown[]) => Promise<Counts>,
): Promise<Counts> {
  let next = 0
  let pass = 0
  let fail = 0
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const batch = items.slice(next, (next += batchSize))
      const counts = await many(batch)
      pass += counts.pass
      fail += counts.fail
    }
  }
  await Promise.all(Array.from({ length: Math.min(inFlight, Math.ceil(items.length / batchSize)) }, lane))
  return { pass, fail }
}
