import type { Progress } from '@fanfold/core'
import type { Display, Subject } from './display.ts'
import { lineText } from './line-text.ts'

const LINE_EVERY_MS = 5_000
const JSON_EVERY_MS = 500

/** A line now and then, for logs: a short run has none. */
export class LineDisplay implements Display {
  readonly #subject: Subject
  #timer: NodeJS.Timeout | undefined

  constructor(subject: Subject) {
    this.#subject = subject
  }

  start(read: () => Progress | undefined): void {
    this.#timer = setInterval(() => process.stderr.write(`${lineText(read(), this.#subject)}\n`), LINE_EVERY_MS)
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}

/** Every progress as one line of JSON, for programs; the last one says `"state":"ended"`. */
export class JsonDisplay implements Display {
  #timer: NodeJS.Timeout | undefined
  #read: (() => Progress | undefined) | undefined

  start(read: () => Progress | undefined): void {
    this.#read = read
    this.#write()
    this.#timer = setInterval(() => this.#write(), JSON_EVERY_MS)
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#write(true)
    this.#read = undefined
  }

  #write(isLast: boolean = false): void {
    // A program that does not read would have us keep every line; it misses some instead, and the latest tells all.
    if (process.stderr.writableNeedDrain && !isLast) return
    const progress = this.#read?.()
    if (progress !== undefined) process.stderr.write(`${JSON.stringify(progress)}\n`)
  }
}
