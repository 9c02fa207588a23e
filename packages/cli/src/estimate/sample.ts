import { Buffer } from 'node:buffer'
import type { Source } from '@fanfold/core'
import { cutRecords } from '@fanfold/workers/records'
import type { readRecords } from '@fanfold/workers/records'
import { badUsage } from '../problem.ts'
import { whenAborted } from '../when-aborted.ts'

/** A shard's bytes, as a thread gets them. */
export type TextPayload = Extract<Parameters<typeof readRecords>[0], { readonly kind: 'text' }>
export type SampleFormat = TextPayload['format']

type Reader = Awaited<ReturnType<Source['open']>>

/** Beyond this a sample takes long to copy, and more of it tells nothing more. */
const MOST_BYTES = 64 * 2 ** 20
const SHARD_BYTES = 2 ** 20

/** Whole records as bytes. */
interface Stretch {
  readonly bytes: Buffer
  readonly tasks: number
}

/** The first records of the inputs, in memory; more can be read until the source ends. */
export class Sample {
  readonly #reader: Reader
  readonly #stretches: Stretch[] = []
  #format: SampleFormat | undefined
  #tasks = 0
  #bytes = 0
  #unreadable = 0
  #hasEnded = false

  constructor(reader: Reader) {
    this.#reader = reader
  }

  get tasks(): number {
    return this.#tasks
  }
  /** Of the records, without blank lines before them. */
  get bytes(): number {
    return this.#bytes
  }
  /** Records that are too long, and are in no sample. */
  get unreadable(): number {
    return this.#unreadable
  }
  /** The inputs have no more records than these. */
  get isWhole(): boolean {
    return this.#hasEnded
  }
  /** Of all inputs, where that is known. */
  get totalBytes(): number | undefined {
    return this.#reader.totalBytes
  }

  /** @throws {FanfoldError} when there is no record at all */
  get format(): SampleFormat {
    if (this.#format === undefined) throw badUsage('the inputs have no records, so that nothing can be measured.')
    return this.#format
  }

  /**
   * Reads on until there are so many tasks or bytes, or no more.
   *
   * @param signal - a pipe may give nothing for ever: it is not waited for any longer then
   * @throws {FanfoldError} what is wrong with the source; the signal's reason
   */
  async readTo(tasks: number, signal: AbortSignal, bytes: number = MOST_BYTES): Promise<void> {
    while (!this.#hasEnded && this.#tasks < tasks && this.#bytes < bytes) {
      const next = this.#reader.next({ maxTasks: tasks - this.#tasks, maxBytes: SHARD_BYTES })
      const shard = await unlessAborted(next, signal)
      if (shard === undefined) this.#hasEnded = true
      else if (shard.unreadable !== undefined) this.#unreadable += 1
      else this.#add(shard)
      shard?.release()
    }
  }

  /** Every `step`-th record of the first `tasks`, in pieces of at most about 1 MB. */
  *records(tasks: number, step: number): Generator<Stretch> {
    let position = 0
    for (const stretch of this.#stretches) {
      if (position >= tasks) return
      const { starts, ends, count } = cutRecords(stretch.bytes, this.format)
      const pieces: Buffer[] = []
      for (let ordinal = 0; ordinal < count && position < tasks; ordinal++, position++) {
        if (position % step !== 0) continue
        pieces.push(stretch.bytes.subarray(starts[ordinal], ends[ordinal]), LINE_END)
      }
      if (pieces.length > 0) yield { bytes: Buffer.concat(pieces), tasks: pieces.length / 2 }
    }
  }

  close(): void {
    this.#reader.close()
  }

  #add(shard: NonNullable<Awaited<ReturnType<Reader['next']>>>): void {
    const { payload } = shard.payload(0, shard.tasks)
    if (payload.kind !== 'text') throw badUsage('an estimate can be made of ndjson, csv and lines only.')
    this.#format ??= payload.format
    // A copy: the shard's memory is used again.
    this.#stretches.push({ bytes: Buffer.from(payload.bytes), tasks: shard.tasks })
    this.#tasks += shard.tasks
    this.#bytes += payload.bytes.length
  }
}

const LINE_END = Buffer.from('\n')

/** @throws the signal's reason, at once, whatever becomes of the promise */
async function unlessAborted<Result>(promise: Result | Promise<Result>, signal: AbortSignal): Promise<Result> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const forget = whenAborted(signal, () => reject(signal.reason))
  try {
    return await Promise.race([promise, aborted])
  } finally {
    forget()
  }
}
