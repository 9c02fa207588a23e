import type { RecordCutter } from '@fanfold/workers/records'

/** The records that the next shard will have, while they are being cut. */
export class ShardDraft {
  tasks = 0
  /** Where the first record starts, and where what follows the last starts. */
  start = 0
  end = 0
  firstLine = 1
  /** Kept from the first record on which is not on the line that its position says. */
  #lines: number[] | undefined

  /** Adds the record that the cutter has just found. */
  add(cutter: RecordCutter): void {
    if (this.tasks === 0) {
      this.start = cutter.start
      this.firstLine = cutter.line
    }
    const line = cutter.line - this.firstLine
    if (this.#lines === undefined && line !== this.tasks)
      this.#lines = Array.from({ length: this.tasks }, (_, position) => position)
    this.#lines?.push(line)
    this.end = cutter.next
    this.tasks++
  }

  /** Whether records, one a line from here on, go on as those before: then `addLines` may take several at once. */
  goesOnAt(line: number): boolean {
    return this.#lines === undefined && (this.tasks === 0 || line === this.firstLine + this.tasks)
  }

  /** Adds records, one a line, which start at `start` on `line`. */
  addLines(records: number, start: number, line: number, end: number): void {
    if (this.tasks === 0) {
      this.start = start
      this.firstLine = line
    }
    this.end = end
    this.tasks += records
  }

  lines(): Uint32Array | undefined {
    return this.#lines === undefined ? undefined : Uint32Array.from(this.#lines)
  }

  clear(): void {
    this.tasks = 0
    this.#lines = undefined
  }

  shift(delta: number): void {
    this.start += delta
    this.end += delta
  }
}
