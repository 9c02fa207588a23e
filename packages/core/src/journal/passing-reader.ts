import { setImmediate as macrotask } from 'node:timers/promises'
import { FanfoldError } from '../errors.ts'
import type { ReadLimits, Shard, ShardReader } from '../sources/shard.ts'
import { sizeOf } from './index-ranges.ts'
import type { IndexRanges } from './index-ranges.ts'
import { SubShard } from './sub-shard.ts'

/** A settled stretch is read in shards as large as these, whatever is asked for: nothing of it is held. */
const PASSING_BYTES = 1024 * 1024
/** After so long without anything to hand out, the event loop gets its turn, ms. */
const LONGEST_STEP_MS = 8

/**
 * Reads a source and passes over the tasks that are settled already: what it hands out are the others, in order, each
 * once. So whoever reads does not know that the run was resumed. The stretches of one shard that are not settled are
 * handed out one by one.
 */
export class PassingReader implements ShardReader {
  readonly #inner: ShardReader
  readonly #settled: IndexRanges
  readonly #limit: number
  /** What was read and is not handed out. */
  #rest: PendingStretches | undefined
  /** Tasks that the source has given. */
  #yielded = 0
  /** What the next task's index will be if there is no gap. */
  #nextIndex = 0
  #reachedLimit = false
  #total: { readonly of: number; readonly pending: number } | undefined
  #isClosed = false

  /** @param limit - how many tasks to read from the source, settled ones included; `Infinity` is all */
  constructor(inner: ShardReader, settled: IndexRanges, limit: number) {
    this.#inner = inner
    this.#settled = settled
    this.#limit = limit
  }

  /** Of the tasks that are to be handed out. Files are counted while they are read, so it may come to be known. */
  get totalTasks(): number | undefined {
    const { totalTasks } = this.#inner
    if (totalTasks === undefined) return undefined
    // Sources that know their number of tasks have no gaps between indices.
    const most = Math.min(totalTasks, this.#limit)
    if (this.#total?.of !== most) this.#total = { of: most, pending: most - this.#settled.countIn(0, most) }
    return this.#total.pending
  }

  get areBytesElsewhere(): boolean {
    return this.#inner.areBytesElsewhere === true
  }
  get totalBytes(): number | undefined {
    return this.#inner.totalBytes
  }
  /** Of what was passed over, too. */
  get bytesRead(): number {
    return this.#inner.bytesRead
  }
  /** Whether it ended because of `limit`, with the rest of the source unread. */
  get reachedLimit(): boolean {
    return this.#reachedLimit
  }

  next(limits: ReadLimits): Shard | undefined | Promise<Shard | undefined> {
    if (this.#rest !== undefined) return this.#handOut(limits.maxTasks)
    const wanted = this.#wanted(limits)
    if (wanted === undefined) return undefined
    const read = this.#inner.next(wanted)
    if (read instanceof Promise) return this.#goOn(read, limits)
    if (read === undefined) return this.#ended()
    if (this.#take(read)) return this.#handOut(limits.maxTasks)
    return this.#goOn(undefined, limits)
  }

  close(): void {
    this.#isClosed = true
    this.#rest = undefined
    this.#inner.close()
  }

  /** Reads on until there is something to hand out. */
  async #goOn(pending: Promise<Shard | undefined> | undefined, limits: ReadLimits): Promise<Shard | undefined> {
    let read = pending
    let since = performance.now()
    for (;;) {
      if (read === undefined && performance.now() - since > LONGEST_STEP_MS) {
        await macrotask()
        since = performance.now()
      }
      const wanted = this.#isClosed ? undefined : this.#wanted(limits)
      if (read === undefined && wanted === undefined) return undefined
      const shard = await (read ?? this.#inner.next(wanted!))
      read = undefined
      if (this.#isClosed) return undefined
      if (shard === undefined) return this.#ended()
      if (this.#take(shard)) return this.#handOut(limits.maxTasks)
    }
  }

  /** @throws {FanfoldError} `FANFOLD_JOURNAL_DIFFERENT` when it ends before tasks that are settled: it is another source */
  #ended(): undefined {
    if (this.#settled.end <= this.#nextIndex) return undefined
    const message = `the source ends after index ${this.#nextIndex - 1}, but the journal has settled index ${this.#settled.end - 1}: it is another source, or only a part of it. Give all of it, and resume.`
    throw new FanfoldError('FANFOLD_JOURNAL_DIFFERENT', message)
  }

  /** How much to ask the source for; `undefined` when no more may be read. */
  #wanted({ maxTasks, maxBytes }: ReadLimits): ReadLimits | undefined {
    const left = this.#limit - this.#yielded
    if (left <= 0) {
      this.#reachedLimit = true
      return undefined
    }
    const passing = this.#settled.endOfRangeAt(this.#nextIndex) - this.#nextIndex
    if (passing <= maxTasks) return { maxTasks: Math.min(left, maxTasks), maxBytes }
    return { maxTasks: Math.min(left, passing), maxBytes: Math.max(maxBytes, PASSING_BYTES) }
  }

  /** @returns whether anything of the shard is to be handed out */
  #take(shard: Shard): boolean {
    this.#nextIndex = shard.indexAt(shard.tasks - 1) + 1
    const taken = Math.min(shard.tasks, this.#limit - this.#yielded)
    this.#yielded += taken
    const ranges = this.#pendingOf(shard, taken)
    if (ranges.length === 0) shard.release()
    else this.#rest = new PendingStretches(shard, ranges)
    return ranges.length > 0
  }

  /** The positions that are not settled, as pairs. Asks for single indices only where settled ranges begin or end. */
  #pendingOf(shard: Shard, tasks: number): number[] {
    const pending: number[] = []
    const from = shard.indexAt(0)
    const ranges = this.#settled.pendingIn(from, shard.indexAt(tasks - 1) + 1)
    let position = 0
    for (let i = 0; i < ranges.length; i += 2) {
      const start = firstAtOrAfter(shard, ranges[i]!, position, tasks)
      position = firstAtOrAfter(shard, ranges[i + 1]!, start, tasks)
      // A range that is a gap of the source has no task.
      if (position > start) pending.push(start, position)
    }
    return pending
  }

  #handOut(maxTasks: number): Shard {
    const rest = this.#rest! // `#take` said that there is one, or `next` looked
    const stretch = rest.take(maxTasks)
    if (rest.isEmpty) this.#rest = undefined
    return stretch
  }
}

/** The first position whose index is at least this, or `to`: binary search, indices ascend. */
function firstAtOrAfter(shard: Shard, index: number, from: number, to: number): number {
  let low = from
  let high = to
  while (low < high) {
    const middle = (low + high) >> 1
    if (shard.indexAt(middle) < index) low = middle + 1
    else high = middle
  }
  return low
}

/** The stretches of a shard that are not settled; the shard is released when all of them are. */
class PendingStretches {
  readonly #shard: Shard
  readonly #ranges: number[]
  readonly #tasks: number
  #at = 0
  #unreleased: number

  constructor(shard: Shard, ranges: number[]) {
    this.#shard = shard
    this.#ranges = ranges
    this.#tasks = sizeOf(ranges)
    this.#unreleased = this.#tasks
  }

  get isEmpty(): boolean {
    return this.#at === this.#ranges.length
  }

  /** The next one, or as much of it as is asked for: while passing over, shards are larger. */
  take(maxTasks: number): Shard {
    const [from, end] = [this.#ranges[this.#at]!, this.#ranges[this.#at + 1]!]
    const to = Math.min(end, from + maxTasks)
    if (to === end) this.#at += 2
    else this.#ranges[this.#at] = to
    if (to - from === this.#shard.tasks) return this.#shard
    // All of the shard is kept, so its stretches have all of its bytes among them.
    const bytes = Math.ceil((this.#shard.bytes * (to - from)) / this.#tasks)
    return new SubShard(this.#shard, from, to - from, bytes, () => {
      this.#unreleased -= to - from
      if (this.#unreleased === 0) this.#shard.release()
    })
  }
}

/** So many tasks as were asked for have been read: that is not the end of the source. */
export function reachedLimit(reader: ShardReader | undefined): boolean {
  return reader instanceof PassingReader && reader.reachedLimit
}
