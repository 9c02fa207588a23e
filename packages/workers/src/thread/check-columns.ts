import { CHECK_CODES, CHECK_PASS, checkCode } from '../check-ends.ts'
import type { PartChecks } from '../outcome-columns.ts'
import { NO_VERDICT } from '../outcome-columns.ts'
import { zeros } from './zeros.ts'

const FIRST_ROWS = 64

/** The checks of a part's outcomes, in the order in which these are written: a row for each that has not simply passed. */
export class CheckColumns {
  readonly perTask: number
  #outcomes = 0
  #rows = 0
  #ordinals = new Uint32Array(0)
  #codes = new Uint8Array(0)
  #durations = new Float32Array(0)
  /** Of checks that simply pass, as they were timed last. */
  #ofPasses: readonly number[] = []
  #counts: number[]
  /** Outcomes that are not in the counts yet: all of their checks have passed. */
  #passes = 0

  constructor(perTask: number) {
    this.perTask = perTask
    this.#counts = zeros(perTask * CHECK_CODES)
  }

  /** All checks of the next outcome have simply passed, and are too cheap to be timed each. */
  passed(durations: readonly number[]): void {
    this.#outcomes++
    this.#passes++
    this.#ofPasses = durations
  }

  /** The checks of the next outcome. */
  row(codes: readonly number[], durations: readonly number[]): void {
    const from = this.#next()
    for (let i = 0; i < this.perTask; i++) {
      const code = codes[i]!
      this.#codes[from + i] = code
      this.#durations[from + i] = durations[i]!
      this.#counts[i * CHECK_CODES + code]!++
    }
  }

  /** Outcomes up to this one that were not told of: all their checks ended as the task did, before they began. */
  fillTo(outcomes: number, status: number): void {
    const code = checkCode(status, NO_VERDICT)
    while (this.#outcomes < outcomes) {
      const from = this.#next()
      for (let i = 0; i < this.perTask; i++) {
        this.#codes[from + i] = code
        this.#durations[from + i] = 0
        this.#counts[i * CHECK_CODES + code]!++
      }
    }
  }

  /** Counts by check and code, since they were last taken. */
  takeCounts(): readonly number[] {
    const counts = this.#counts
    for (let i = 0; i < this.perTask; i++) counts[i * CHECK_CODES + CHECK_PASS]! += this.#passes
    this.#passes = 0
    this.#counts = zeros(this.perTask * CHECK_CODES)
    return counts
  }

  take(): PartChecks {
    const { perTask } = this
    const rows = this.#rows
    const ofPasses = new Float32Array(perTask)
    for (let i = 0; i < this.#ofPasses.length; i++) ofPasses[i] = this.#ofPasses[i]!
    this.#outcomes = this.#rows = 0
    return {
      perTask,
      ordinals: this.#ordinals.slice(0, rows),
      codes: this.#codes.slice(0, rows * perTask),
      durations: this.#durations.slice(0, rows * perTask),
      ofPasses,
    }
  }

  /** Where the next row begins. */
  #next(): number {
    const row = this.#rows++
    if (row === this.#ordinals.length) this.#grow(Math.max(FIRST_ROWS, row * 2))
    this.#ordinals[row] = this.#outcomes++
    return row * this.perTask
  }

  #grow(rows: number): void {
    const ordinals = new Uint32Array(rows)
    const codes = new Uint8Array(rows * this.perTask)
    const durations = new Float32Array(rows * this.perTask)
    ordinals.set(this.#ordinals)
    codes.set(this.#codes)
    durations.set(this.#durations)
    this.#ordinals = ordinals
    this.#codes = codes
    this.#durations = durations
  }
}
