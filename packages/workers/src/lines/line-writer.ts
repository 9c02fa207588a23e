import { Buffer } from 'node:buffer'
import { COMPLETED, STATUSES } from '../outcome-columns.ts'
import { VERDICTS } from '../verdict.ts'
import { HeadText } from './head-text.ts'
import { jsonText, stringify } from './json-text.ts'
import { LineBytes } from './line-bytes.ts'

/** Pieces of lines, by code and whole, so that none is put together twice. */
const STATUS_PIECES = STATUSES.map((status) => bytesOf(`,"status":"${status}"`))
const VERDICT_PIECES = VERDICTS.map((verdict) => bytesOf(`,"status":"completed","verdict":"${verdict}"`))
const END = '}\n'

/**
 * Writes the lines of outcomes, each in this order: {@link head}, {@link ending}, what the outcome says (`answer.ts`),
 * {@link account}, the record, {@link end}. Lines of neighbours differ in little; the rest is copied.
 */
export class LineWriter {
  readonly #bytes: LineBytes
  readonly #file: Uint8Array | undefined
  readonly #hasTimings: boolean
  readonly #head = new HeadText()
  /** Put together here, and kept as long as they fit: quick tasks are timed in groups, and have their group's mean. */
  readonly #draft = new LineBytes(256)
  /** Of the last outcome: what it took. */
  #account: Uint8Array = new Uint8Array()
  /** Of the last outcome that says nothing more and has no record: all that follows its head. */
  #plain: Uint8Array = new Uint8Array()
  #attempts = -1
  #durationMs = -1
  #status = -1
  #verdict = -1

  /** @param file - of all of them; `undefined` where they have none, or each its own */
  constructor(bytes: LineBytes, file: string | undefined, hasTimings: boolean) {
    this.#bytes = bytes
    this.#file = file === undefined ? undefined : bytesOf(`,"file":${stringify(file)}`)
    this.#hasTimings = hasTimings
  }

  /** Where it is from. @param file - where each outcome has its own */
  head(index: number, line: number | undefined, id: unknown, file?: string): void {
    this.#head.set(index, line)
    this.#bytes.piece(this.#head.bytes)
    if (this.#file !== undefined) this.#bytes.piece(this.#file)
    else if (file !== undefined) this.#bytes.text(`,"file":${stringify(file)}`)
    if (id !== undefined) this.#bytes.text(`,"id":${jsonText(id)}`)
  }

  /** How it ended. @param status - and `verdict`: codes, as in the columns */
  ending(status: number, verdict: number): void {
    this.#bytes.piece(endingPiece(status, verdict))
  }

  /**
   * What it took.
   *
   * @param durationMs - as a single-precision float has it
   * @param waitMs - for permits; `undefined` when it had none to wait for
   */
  account(attempts: number, durationMs: number, waitMs?: number): void {
    this.#setAccount(attempts, durationMs)
    this.#bytes.piece(this.#account)
    if (waitMs !== undefined && this.#hasTimings) this.#bytes.text(`,"waitMs":${waitMs}`)
  }

  end(): void {
    this.#bytes.ascii(END)
  }

  /** {@link ending}, {@link account} and {@link end} of an outcome that has nothing between and behind them. */
  plain(status: number, verdict: number, attempts: number, durationMs: number): void {
    this.#setAccount(attempts, durationMs)
    if (status !== this.#status || verdict !== this.#verdict) {
      this.#status = status
      this.#verdict = verdict
      this.#draft.piece(endingPiece(status, verdict))
      this.#draft.piece(this.#account)
      this.#draft.ascii(END)
      this.#plain = this.#draft.takeInto(this.#plain)
    }
    this.#bytes.piece(this.#plain)
  }

  #setAccount(attempts: number, durationMs: number): void {
    if (attempts === this.#attempts && durationMs === this.#durationMs) return
    this.#attempts = attempts
    this.#durationMs = durationMs
    this.#status = -1
    const draft = this.#draft
    draft.ascii(',"attempts":')
    draft.whole(attempts)
    if (this.#hasTimings) {
      draft.ascii(',"durationMs":')
      draft.decimal(durationMs)
    }
    this.#account = draft.takeInto(this.#account)
  }
}

function endingPiece(status: number, verdict: number): Uint8Array {
  return status === COMPLETED ? VERDICT_PIECES[verdict]! : STATUS_PIECES[status]!
}

function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text))
}
