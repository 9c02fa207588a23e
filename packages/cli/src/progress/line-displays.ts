import type { Progress } from '@fanfold/core'
import { rate, time, whole } from '../figures.ts'
import type { Display, Subject } from './display.ts'
import { shareDone } from './share.ts'

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

function lineText(progress: Progress | undefined, { verifier }: Subject): string {
  if (progress === undefined) return `fanfold: setting up ${verifier}`
  const { statuses, verdicts, tasksPerSecond, etaMs, state, waiting } = progress
  const share = shareDone(progress)
  const parts = [`${whole(statuses.completed + statuses.errored + statuses.timedOut + statuses.crashed)} done`]
  if (share !== undefined) parts[0] += ` (${Math.floor(share * 100)}%)`
  parts.push(rate(tasksPerSecond))
  const counts = { ...verdicts, errored: statuses.errored, 'timed out': statuses.timedOut, crashed: statuses.crashed }
  for (const [word, count] of Object.entries(counts)) if (count > 0) parts.push(`${whole(count)} ${word}`)
  if (waiting > 0) parts.push(`${whole(waiting)} to be tried again`)
  if (state === 'waiting') parts.push('waits for the reader of --out')
  else if (etaMs !== undefined && state === 'running') parts.push(`${time(Math.max(1000, etaMs))} left`)
  return `fanfold: ${parts.join(', ')}`
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
