import { rm } from 'node:fs/promises'
import { ABORTED } from '@fanfold/workers/protocol'
import { FrameDraft } from './frame-draft.ts'
import type { JournaledBatch } from './frame-draft.ts'
import type { EndedFrame, SettledFrame } from './frames.ts'
import type { JournalWriter } from './journal-writer.ts'
import type { Lock } from './lock.ts'
import type { JournaledOutput } from '../options/journaled-output.ts'

/** Frames are written at least this often, ms. */
const FRAME_EVERY_MS = 200
/** A draft that has grown so large, because the disk does not take the frame before it, is reason to wait. */
const HEAVY_DRAFT = 100_000

/** What a run needs for its journal; made by `openJournal`. */
export interface RunJournalParts {
  readonly writer: JournalWriter
  /** Of a journal that was begun, not resumed: one in which nothing is settled can be removed. */
  readonly path: string | undefined
  readonly lock: Lock
  readonly output: JournaledOutput | undefined
  readonly order: 'arrival' | 'input'
  /** How many tasks are settled, and how many errors told, by what is in the journal. */
  readonly settledTasks: number
  readonly toldErrors: number
  /** Called once when the journal or the output takes nothing any more; nothing is journaled from then on. */
  readonly onFailed: (error: Error) => void
}

/**
 * A run's side of its journal. The run says which batch its consumer has, and when it asks for the next one: it has done
 * with the last one then, so that one is settled for good. In between, with nothing in the consumer's hands, all lines of
 * what is noted and no others have been handed to the output; there, and only there, a frame may name its end.
 *
 * Frames are written in the background. The next one is not begun before the last one is written: a slow disk makes
 * frames larger, not more.
 */
export class RunJournal {
  readonly #writer: JournalWriter
  readonly #path: string | undefined
  readonly #lock: Lock
  readonly #output: JournaledOutput | undefined
  readonly #order: 'arrival' | 'input'
  readonly #onFailed: (error: Error) => void
  #draft = new FrameDraft()
  #given: JournaledBatch[] = []
  #settledTasks: number
  #toldErrors: number
  /** In the order of input, what comes behind an aborted task must be run again with it. */
  #takesNoMore = false
  #lastFrameAt = performance.now()
  #timer: NodeJS.Timeout | undefined
  #inFlight: Promise<void> | undefined
  #failure: Error | undefined

  constructor(parts: RunJournalParts) {
    this.#writer = parts.writer
    this.#path = parts.path
    this.#lock = parts.lock
    this.#output = parts.output
    this.#order = parts.order
    this.#settledTasks = parts.settledTasks
    this.#toldErrors = parts.toldErrors
    this.#onFailed = parts.onFailed
  }

  /** The consumer is about to be given these. */
  given(batch: JournaledBatch): void {
    if (this.#takesNoMore) return
    if (this.#order === 'input' && batch.statuses.includes(ABORTED)) {
      // The last moment at which all that was handed to the output is in order.
      this.#startFrame()
      this.#takesNoMore = true
      return
    }
    this.#given.push(batch)
  }

  /** The consumer asks for more: it has done with all that it was given. */
  askedForNext(): void {
    for (const batch of this.#given.splice(0)) this.#draft.add(batch, this.#toldErrors)
    this.#frameWhenDue()
  }

  /** The consumer leaves in the midst of a batch, and has done with this part of it. */
  left(whole: JournaledBatch, part: JournaledBatch): void {
    const at = this.#given.indexOf(whole)
    if (at >= 0) this.#given[at] = part
    this.askedForNext()
  }

  /** When set, to be awaited before more is given: the disk does not keep up. */
  get ready(): Promise<void> | undefined {
    return this.#draft.weight > HEAVY_DRAFT ? this.#inFlight : undefined
  }

  /**
   * Writes what was noted and that the run has ended, and makes it durable. To be called when the consumer has taken all
   * that it will; what it was given and has not done with is not settled.
   *
   * @param end - `total`: how many tasks the report counts; `isCutShort`: it was cancelled, and its report says so, even
   * if nothing was left to do by then: whoever resumes it wants another one
   */
  async end(
    end: Omit<EndedFrame, 'frame' | 'at' | 'isWhole'> & { readonly total: number; readonly isCutShort?: boolean },
  ): Promise<void> {
    const { total, isCutShort = false, ...rest } = end
    this.#startFrame()
    const isWhole = !isCutShort && this.#settledTasks === total
    await this.#inFlight
    if (this.#failure !== undefined) return
    await this.#writer.append({ frame: 'ended', at: new Date().toISOString(), ...rest, isWhole })
    await this.#writer.sync()
  }

  /** Makes durable what was noted, and lets go of the file and the lock. */
  async close(): Promise<void> {
    this.#startFrame()
    await this.#inFlight
    clearTimeout(this.#timer)
    try {
      await this.#writer.close()
    } finally {
      await this.#lock.release()
    }
  }

  /** The run could not start, or nothing came of it: a journal that was begun for it, and has nothing settled, is removed. */
  async discard(): Promise<void> {
    const path = this.#settledTasks === 0 ? this.#path : undefined
    try {
      if (path !== undefined) await rm(path, { force: true })
    } finally {
      await this.close()
    }
  }

  /** An error of the writer, which the journal is opened with. */
  failed(error: Error): void {
    if (this.#failure !== undefined) return
    this.#failure = error
    clearTimeout(this.#timer)
    this.#onFailed(error)
  }

  #frameWhenDue(): void {
    if (this.#draft.tasks === 0 || this.#inFlight !== undefined) return
    const waitMs = this.#lastFrameAt + FRAME_EVERY_MS - performance.now()
    if (waitMs <= 0) return this.#startFrame()
    // The next batch may be long in coming, or this one the last.
    this.#timer ??= setTimeout(() => this.#startFrame(), waitMs).unref()
  }

  /** Does nothing where no frame may be; the consumer asks for more later, and it is due then. */
  #startFrame(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const isBoundary = this.#output === undefined || this.#given.length === 0
    if (this.#draft.tasks === 0 || !isBoundary || this.#takesNoMore || this.#failure !== undefined) return
    const frame = this.#draft.toFrame(this.#output?.mark())
    this.#settledTasks += this.#draft.tasks
    this.#toldErrors += this.#draft.errorCount
    this.#draft = new FrameDraft()
    this.#lastFrameAt = performance.now()
    this.#follow(this.#inFlight, frame)
  }

  /** Writes a frame behind the one that is on its way. */
  #follow(before: Promise<void> | undefined, frame: SettledFrame): void {
    const written: Promise<void> = Promise.resolve(before)
      .then(() => this.#write(frame))
      .then(() => {
        if (this.#inFlight !== written) return
        this.#inFlight = undefined
        this.#frameWhenDue()
      })
    this.#inFlight = written
  }

  async #write(frame: SettledFrame): Promise<void> {
    if (this.#failure !== undefined) return
    try {
      // First the lines, then the frame that says that they are there.
      await this.#output?.durable()
    } catch (error) {
      return this.failed(error instanceof Error ? error : new Error(String(error)))
    }
    await this.#writer.append(frame)
  }
}
