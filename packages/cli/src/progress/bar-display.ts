import { createLogUpdate } from 'log-update'
import type { Progress } from '@fanfold/core'
import type { Display, Subject } from './display.ts'
import { barText } from './bar-text.ts'

const DRAW_EVERY_MS = 100

/**
 * A bar at the bottom of the terminal. Whatever else is written to stderr meanwhile (a verifier's `console.log`) comes
 * above it, in whole lines.
 */
export class BarDisplay implements Display {
  readonly #subject: Subject
  readonly #draw = createLogUpdate(process.stderr)
  readonly #write = process.stderr.write.bind(process.stderr)
  #timer: NodeJS.Timeout | undefined
  #read: (() => Progress | undefined) | undefined
  #isDrawing = false
  /** The start of a line whose end has not come yet. */
  #unfinished = ''

  constructor(subject: Subject) {
    this.#subject = subject
  }

  start(read: () => Progress | undefined): void {
    this.#read = read
    process.stderr.write = this.#writeAbove.bind(this)
    this.#redraw()
    this.#timer = setInterval(() => this.#redraw(), DRAW_EVERY_MS)
    this.#timer.unref()
  }

  stop(): void {
    if (this.#read === undefined) return
    clearInterval(this.#timer)
    this.#read = undefined
    this.#drawing(() => {
      this.#draw.clear()
      this.#draw.done() // shows the cursor again
    })
    process.stderr.write = this.#write
    if (this.#unfinished !== '') this.#write(`${this.#unfinished}\n`)
  }

  #redraw(): void {
    if (this.#read === undefined) return
    // The last column stays free: a full line makes some terminals go on to the next.
    const text = barText(this.#read(), this.#subject, (process.stderr.columns || 80) - 1)
    this.#drawing(() => this.#draw(text))
  }

  #drawing(draw: () => void): void {
    this.#isDrawing = true
    try {
      draw()
    } finally {
      this.#isDrawing = false
    }
  }

  #writeAbove(chunk: Uint8Array | string, encoding?: unknown, callback?: unknown): boolean {
    // The bar itself comes this way too; log-update knows nothing of this.
    if (this.#isDrawing) return this.#write(chunk)
    const text = this.#unfinished + (typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString())
    const end = text.lastIndexOf('\n') + 1
    this.#unfinished = text.slice(end)
    if (end > 0) {
      this.#drawing(() => this.#draw.clear())
      this.#write(text.slice(0, end))
      this.#redraw()
    }
    const done = typeof encoding === 'function' ? encoding : callback
    if (typeof done === 'function') queueMicrotask(() => done())
    return true
  }
}
