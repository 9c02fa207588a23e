import { valueBytesOf } from '../outcome-columns.ts'
import type { OutcomePart } from '../outcome-columns.ts'
import type { PartWriter } from './part-writer.ts'
import { clockMs, startTimer, stopTimer } from './clock.ts'

/** Outcomes wait this long to be posted with others, ms: a message costs both sides some 50 µs, a thread that dies what it has not posted. */
const POST_EVERY_MS = 16
/** Values are posted at once when they are this large together, bytes. */
const POST_VALUE_BYTES = 1 << 20

/** Posts what is written, neither one by one nor late. */
export class OutcomeStream {
  readonly writer: PartWriter
  readonly #post: (part: OutcomePart) => void
  #lastPost = clockMs()
  #timer: NodeJS.Timeout | undefined
  /** Values that were posted, bytes. */
  postedBytes = 0

  constructor(writer: PartWriter, post: (part: OutcomePart) => void) {
    this.writer = writer
    this.#post = post
  }

  post(now: number): void {
    stopTimer(this.#timer)
    this.#timer = undefined
    this.#lastPost = now
    if (this.writer.count === 0) return
    const part = this.writer.take()
    this.postedBytes += valueBytesOf(part)
    this.#post(part)
  }

  /** What was not posted: it goes with the shard's end. */
  takeRest(): OutcomePart | undefined {
    stopTimer(this.#timer)
    this.#timer = undefined
    return this.writer.count === 0 ? undefined : this.writer.take()
  }

  postIfDue(now: number): void {
    if (now - this.#lastPost >= POST_EVERY_MS || this.writer.valueBytes >= POST_VALUE_BYTES) this.post(now)
  }

  /** The thread is about to wait: what lies here is posted now or in a few milliseconds. */
  postSoon(now: number): void {
    if (this.writer.count === 0) return
    if (now - this.#lastPost >= POST_EVERY_MS) this.post(now)
    else this.#timer ??= startTimer(() => this.post(clockMs()), POST_EVERY_MS)
  }
}
